-- The names of the columns that the foreign keys of relation $1 refer to.
SELECT f.oid                                                              AS key,
       ARRAY(SELECT a.attname::text
               FROM pg_catalog.pg_attribute a
              WHERE a.attrelid = f.confrelid AND a.attnum = ANY (f.confkey)
              ORDER BY pg_catalog.array_position(f.confkey, a.attnum))    AS names
  FROM pg_catalog.pg_constraint f
 WHERE f.conrelid = $1::oid AND f.contype = 'f'
