-- oldest: 1
-- A send that is being passed on belongs to the node that wrote it down: when that is dead, and only then, it is uncertain.
ALTER TABLE relay ADD COLUMN owner INTEGER NOT NULL DEFAULT COALESCE(NULLIF(current_setting('hoiam.node', true), ''), '0')::INTEGER;
