-- Relay mode: sends that were passed on to an upstream and are not settled. State: 0 written down before the call, 1 uncertain,
-- 2 accepted but perhaps not yet told to the caller, 3 accepted with an SMSID that is not known. Settled ones are deleted.
CREATE TABLE relay (
  id INTEGER PRIMARY KEY,
  account INTEGER NOT NULL,
  operation TEXT NOT NULL,
  state INTEGER NOT NULL,
  at INTEGER NOT NULL,
  tries INTEGER NOT NULL,
  repeatable INTEGER NOT NULL,
  sends TEXT NOT NULL,
  detail TEXT,
  answer BLOB
);

-- The RequestIds, the caller's and the hub's own, under which they went to the upstream.
CREATE TABLE relay_key (
  account INTEGER NOT NULL,
  request_id TEXT NOT NULL,
  relay INTEGER NOT NULL,
  PRIMARY KEY (account, request_id, relay)
) WITHOUT ROWID;

CREATE INDEX relay_key_relay ON relay_key (relay);

-- An upstream's callbacks that match no message yet.
CREATE TABLE early_callback (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  account INTEGER NOT NULL,
  sms_id TEXT NOT NULL,
  request_id TEXT NOT NULL,
  facts TEXT NOT NULL,
  meaning INTEGER NOT NULL,
  raw TEXT NOT NULL,
  query TEXT
);

CREATE INDEX early_callback_sms ON early_callback (account, sms_id);

-- What vendors were asked to send, by message and receiver ('' for all at once): written down before each request, so that none is
-- made twice where that would send twice. State: 1 under way, 2 taken, 3 refused, 4 uncertain.
CREATE TABLE submission (
  message INTEGER NOT NULL,
  route TEXT NOT NULL,
  address TEXT NOT NULL,
  state INTEGER NOT NULL,
  at INTEGER NOT NULL,
  referent_id TEXT,
  detail TEXT,
  PRIMARY KEY (message, route, address)
) WITHOUT ROWID;
