-- Messages. Ids carry the second of their making in the upper bits, so that a range of ids is a range of time.
-- The only recipient of a message is kept in the message (r_ columns); several are in "recipient".
CREATE TABLE message (
  id INTEGER PRIMARY KEY,
  smsid TEXT NOT NULL,
  leg INTEGER NOT NULL,
  account INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  vendor INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  request_id TEXT,
  vendor_request_id TEXT,
  referent_id TEXT,
  callback_url TEXT,
  oa_id TEXT,
  temp_id TEXT,
  extra TEXT,
  fingerprint INTEGER NOT NULL,
  total INTEGER NOT NULL,
  state INTEGER NOT NULL,
  finals INTEGER NOT NULL,
  successes INTEGER NOT NULL,
  rejections INTEGER NOT NULL,
  handed_over INTEGER NOT NULL,
  presumed INTEGER NOT NULL,
  contradictions INTEGER NOT NULL,
  charged INTEGER NOT NULL,
  last_report INTEGER NOT NULL,
  last_callback INTEGER NOT NULL,
  r_address TEXT NOT NULL,
  r_state INTEGER NOT NULL,
  r_telco INTEGER NOT NULL,
  r_flags INTEGER NOT NULL,
  r_price INTEGER NOT NULL,
  r_charged INTEGER NOT NULL,
  r_statuses INTEGER NOT NULL,
  r_segments INTEGER NOT NULL,
  r_event_at INTEGER NOT NULL,
  r_partner_id TEXT,
  r_error_info TEXT
);

CREATE TABLE recipient (
  message INTEGER NOT NULL,
  address TEXT NOT NULL,
  idx INTEGER NOT NULL,
  state INTEGER NOT NULL,
  telco INTEGER NOT NULL,
  flags INTEGER NOT NULL,
  price INTEGER NOT NULL,
  charged INTEGER NOT NULL,
  statuses INTEGER NOT NULL,
  segments INTEGER NOT NULL,
  event_at INTEGER NOT NULL,
  partner_id TEXT,
  error_info TEXT,
  PRIMARY KEY (message, address)
) WITHOUT ROWID;

-- Every way to find a message, as a 64-bit key of kind, scope and text; the message's row decides.
CREATE TABLE reference (
  key INTEGER NOT NULL,
  message INTEGER NOT NULL,
  PRIMARY KEY (key, message)
) WITHOUT ROWID;

-- Reports as received; a message's reports are chained from message.last_report through "previous".
CREATE TABLE report (
  id INTEGER PRIMARY KEY,
  message INTEGER NOT NULL,
  previous INTEGER NOT NULL,
  at INTEGER NOT NULL,
  source INTEGER NOT NULL,
  vendor INTEGER NOT NULL,
  status INTEGER,
  effect INTEGER NOT NULL,
  address TEXT NOT NULL,
  raw BLOB NOT NULL
);

CREATE INDEX report_unmapped ON report (id) WHERE effect = 3;

-- Reports that match no message yet.
CREATE TABLE orphan (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  source INTEGER NOT NULL,
  vendor INTEGER NOT NULL,
  address TEXT NOT NULL,
  referent_id TEXT,
  request_id TEXT,
  status_code INTEGER,
  status INTEGER NOT NULL,
  error_info TEXT,
  partner_id TEXT,
  refusal INTEGER NOT NULL,
  telco INTEGER,
  segments INTEGER,
  price INTEGER,
  event_at INTEGER,
  raw BLOB NOT NULL
);

CREATE TABLE orphan_reference (
  key INTEGER NOT NULL,
  orphan INTEGER NOT NULL,
  PRIMARY KEY (key, orphan)
) WITHOUT ROWID;

-- Hooks: one account's URL without its query.
CREATE TABLE hook (
  id INTEGER PRIMARY KEY,
  account INTEGER NOT NULL,
  url TEXT NOT NULL,
  host_key TEXT NOT NULL,
  paused INTEGER NOT NULL DEFAULT 0,
  UNIQUE (account, url)
);

-- Callbacks with their exact bytes and their tries. State: 0 live, 1 parked, 2 held, 3 delivered, 4 exhausted, 5 cancelled.
CREATE TABLE callback (
  id INTEGER PRIMARY KEY,
  message INTEGER NOT NULL,
  previous INTEGER NOT NULL,
  account INTEGER NOT NULL,
  hook INTEGER NOT NULL,
  state INTEGER NOT NULL,
  reason INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  event_at INTEGER NOT NULL,
  due_at INTEGER NOT NULL,
  tries INTEGER NOT NULL,
  attempts INTEGER NOT NULL,
  replay INTEGER NOT NULL,
  format INTEGER NOT NULL,
  query TEXT NOT NULL,
  body BLOB,
  log BLOB
);

-- What a start has to take up again: small, because a callback is live only while a lane has it.
CREATE INDEX callback_live ON callback (id) WHERE state = 0;
-- No IN list here: SQLite would build a table for it at every insert and update.
CREATE INDEX callback_unsettled ON callback (state, id) WHERE state <> 0 AND state <> 3;

-- One account's callbacks in their order. It is filled in sorted batches: an index kept row by row would touch a page per account in
-- every commit. What is newer than meta "feed_upto" is found in "callback" itself.
CREATE TABLE feed (
  account INTEGER NOT NULL,
  callback INTEGER NOT NULL,
  PRIMARY KEY (account, callback)
) WITHOUT ROWID;

-- Callbacks that wait on disk, by hook and due time; due 0 goes first (asked for by a person).
CREATE TABLE parked (
  hook INTEGER NOT NULL,
  due_at INTEGER NOT NULL,
  callback INTEGER NOT NULL,
  PRIMARY KEY (hook, due_at, callback)
) WITHOUT ROWID;

-- Callbacks that wait behind another one of the same SMSID.
CREATE TABLE held (
  behind INTEGER PRIMARY KEY,
  callback INTEGER NOT NULL
);

-- Configuration: documents with a number that the hot tables refer to.
CREATE TABLE account (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  created_at INTEGER NOT NULL,
  document TEXT NOT NULL
);

CREATE TABLE vendor (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  created_at INTEGER NOT NULL,
  document TEXT NOT NULL
);

-- Keys and tokens, only as keyed digests.
CREATE TABLE credential (
  number INTEGER PRIMARY KEY,
  id TEXT NOT NULL UNIQUE,
  kind TEXT NOT NULL,
  owner INTEGER NOT NULL,
  digest BLOB NOT NULL,
  secret_digest BLOB,
  name TEXT NOT NULL,
  role TEXT,
  active INTEGER NOT NULL,
  valid_from INTEGER,
  valid_to INTEGER,
  last_used INTEGER,
  created_at INTEGER NOT NULL,
  UNIQUE (kind, digest)
);

CREATE TABLE audit (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  who TEXT NOT NULL,
  role TEXT NOT NULL,
  action TEXT NOT NULL,
  subject TEXT NOT NULL,
  detail TEXT
);

-- Bulk replays, resumable: everything matched up to "cursor" is done.
CREATE TABLE replay (
  id TEXT PRIMARY KEY,
  created_at INTEGER NOT NULL,
  filter TEXT NOT NULL,
  upto INTEGER NOT NULL,
  cursor INTEGER NOT NULL,
  matched INTEGER NOT NULL,
  replayed INTEGER NOT NULL,
  skipped INTEGER NOT NULL,
  state TEXT NOT NULL
);

-- Counters per minute for the charts.
CREATE TABLE stat (
  minute INTEGER NOT NULL,
  series TEXT NOT NULL,
  label TEXT NOT NULL,
  count INTEGER NOT NULL,
  sum_ms INTEGER NOT NULL,
  PRIMARY KEY (minute, series, label)
) WITHOUT ROWID;

-- Small facts of the hub itself, among them what all nodes share.
CREATE TABLE meta (
  name TEXT PRIMARY KEY,
  value TEXT NOT NULL
) WITHOUT ROWID;
