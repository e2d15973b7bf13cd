-- oldest: 1
-- A node that settles its own callbacks does not ask for them first. It says what it takes for granted in the batch that ends with the
-- commit, and if that no longer holds, the batch ends here instead.
CREATE FUNCTION hoiam_holds(BOOLEAN) RETURNS VOID LANGUAGE plpgsql AS $$
BEGIN
  IF NOT $1 THEN
    RAISE EXCEPTION 'another node changed a callback meanwhile' USING ERRCODE = 'HA001';
  END IF;
END $$;
