-- The columns of the constraint, or the unique index, of relation $1 whose name is $2.
SELECT a.attname::pg_catalog.text                                         AS name
  FROM pg_catalog.pg_attribute a
 WHERE a.attrelid = $1::pg_catalog.oid AND a.attnum > 0
   AND (EXISTS (SELECT FROM pg_catalog.pg_constraint c
                 WHERE c.conrelid = a.attrelid AND c.conname = $2::pg_catalog.text AND a.attnum = ANY (c.conkey))
        OR EXISTS (SELECT FROM pg_catalog.pg_index i
                     JOIN pg_catalog.pg_class ic ON ic.oid = i.indexrelid
                    WHERE i.indrelid = a.attrelid AND ic.relname = $2::pg_catalog.text AND a.attnum = ANY (i.indkey)))
 ORDER BY a.attnum
