-- Bytes set aside in a message's row for what its first report adds, so that the row stays in its place.
ALTER TABLE message ADD COLUMN room BLOB;
