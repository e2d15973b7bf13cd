-- What an account may send with: documents by section (brandnames, oas, templates, prices, settings) and id.
CREATE TABLE catalogue (
  account INTEGER NOT NULL,
  section TEXT NOT NULL,
  id TEXT NOT NULL,
  document TEXT NOT NULL,
  PRIMARY KEY (account, section, id)
) WITHOUT ROWID;

-- Money in 1/10,000 VND. A balance is never below zero; every change of it is a line in "charge".
CREATE TABLE balance (
  account INTEGER PRIMARY KEY,
  amount INTEGER NOT NULL
);

-- Append only. Amounts are signed as they change the balance; reason: charge, refund, hold, release, adjustment.
CREATE TABLE charge (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  account INTEGER NOT NULL,
  vendor INTEGER NOT NULL,
  smsid TEXT NOT NULL,
  leg INTEGER NOT NULL,
  recipient TEXT NOT NULL,
  kind INTEGER NOT NULL,
  telco INTEGER NOT NULL,
  segments INTEGER NOT NULL,
  amount INTEGER NOT NULL,
  balance_after INTEGER NOT NULL,
  reason TEXT NOT NULL,
  note TEXT
);

CREATE INDEX charge_account ON charge (account, at);
CREATE INDEX charge_vendor ON charge (vendor, at);

-- Messages that a route still has to do something for. State: 0 ready, 1 waits for approval before it is handed over, 2 handed over and
-- waits for approval there, 3 approved after it was handed over. "telcos" is a mask of the carriers that this route takes.
CREATE TABLE outbox (
  message INTEGER NOT NULL,
  route TEXT NOT NULL,
  telcos INTEGER NOT NULL,
  due_at INTEGER NOT NULL,
  state INTEGER NOT NULL,
  tries INTEGER NOT NULL,
  detail TEXT,
  PRIMARY KEY (message, route)
) WITHOUT ROWID;

CREATE INDEX outbox_due ON outbox (due_at) WHERE state IN (0, 3);

-- Generated codes; one phone of an account has at most one.
CREATE TABLE otp (
  account INTEGER NOT NULL,
  phone TEXT NOT NULL,
  code TEXT NOT NULL,
  expires_at INTEGER NOT NULL,
  used INTEGER NOT NULL,
  wrong INTEGER NOT NULL,
  PRIMARY KEY (account, phone)
) WITHOUT ROWID;

-- Templates and packages that customers registered. State: 1 received, 2 registered, 0 failed.
CREATE TABLE registration (
  id INTEGER PRIMARY KEY,
  account INTEGER NOT NULL,
  at INTEGER NOT NULL,
  operation TEXT NOT NULL,
  key TEXT NOT NULL,
  document TEXT NOT NULL,
  callback_url TEXT,
  state INTEGER NOT NULL
);

CREATE INDEX registration_open ON registration (account, key) WHERE state = 1;
