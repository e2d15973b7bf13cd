-- Messages whose text could not be masked yet when the masking came by: waiting to be handed over, or with a second leg still open.
CREATE TABLE unmasked (
  message INTEGER PRIMARY KEY
);

-- Where an administrator called from.
ALTER TABLE audit ADD COLUMN source TEXT;
