-- What was passed on to a customer without belonging to a message (texts to a short code, results of registrations), by a digest of what
-- it says: a repetition causes nothing until the moment when it is forgotten.
CREATE TABLE passed_on (
  account INTEGER NOT NULL,
  said TEXT NOT NULL,
  known_until INTEGER NOT NULL,
  PRIMARY KEY (account, said)
) WITHOUT ROWID;
