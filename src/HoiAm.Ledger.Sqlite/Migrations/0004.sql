-- Messages that were not final when the search for silent ones came past them, and when each is taken for expired; null for never. Small:
-- a message is entered only at an age at which nearly all are final. "after_s" is the account's setting at that time, -1 for never.
CREATE TABLE silent (
  message INTEGER PRIMARY KEY,
  account INTEGER NOT NULL,
  after_s INTEGER NOT NULL,
  expire_at INTEGER
);

CREATE INDEX silent_due ON silent (expire_at) WHERE expire_at IS NOT NULL;
CREATE INDEX silent_account ON silent (account, after_s);

-- Messages that the provider is asked about: when next, how often so far, and in which run last asked and last answered.
-- "zalo" is 1 for the kinds that are asked about in batches, 0 for those that are asked about one by one.
CREATE TABLE asking (
  message INTEGER PRIMARY KEY,
  account INTEGER NOT NULL,
  zalo INTEGER NOT NULL,
  ask_at INTEGER NOT NULL,
  asks INTEGER NOT NULL,
  asked_run INTEGER NOT NULL,
  answered_run INTEGER NOT NULL
);

CREATE INDEX asking_due ON asking (account, zalo, ask_at);

-- One row a run: a night of an edition that has hours, else an hour. Counts are of messages, "requests" of calls.
CREATE TABLE reconciliation (
  id INTEGER PRIMARY KEY,
  account INTEGER NOT NULL,
  edition TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  ended_at INTEGER NOT NULL,
  requests INTEGER NOT NULL,
  asked INTEGER NOT NULL,
  answered INTEGER NOT NULL,
  recovered INTEGER NOT NULL,
  failures INTEGER NOT NULL,
  error TEXT
);

CREATE INDEX reconciliation_account ON reconciliation (account, id);
