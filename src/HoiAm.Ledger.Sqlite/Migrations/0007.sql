-- The counters of the charts, by account, so that a customer's own numbers lie together; account 0 is the whole hub. A minute below zero
-- is an hour: minute -N is hour N since 1970. The first form of the table was never written to.
DROP TABLE stat;

CREATE TABLE stat (
  account INTEGER NOT NULL,
  minute INTEGER NOT NULL,
  series TEXT NOT NULL,
  label TEXT NOT NULL,
  count INTEGER NOT NULL,
  sum_ms INTEGER NOT NULL,
  PRIMARY KEY (account, minute, series, label)
) WITHOUT ROWID;

-- What waits for approval is found without looking at everything else.
CREATE INDEX message_approval ON message (id) WHERE state = 1;
