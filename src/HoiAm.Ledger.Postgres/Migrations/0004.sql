-- oldest: 1
-- The last group that each node committed, by its own numbers: a node that lost the answer to a commit reads here whether it was made. The
-- server's own numbers of transactions do not tell that: after a crash it gives those once more that had left nothing in its log.
CREATE TABLE node_group (
  node INTEGER PRIMARY KEY REFERENCES node (number) ON DELETE CASCADE,
  last BIGINT NOT NULL
) WITH (fillfactor = 20);
