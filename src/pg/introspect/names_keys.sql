-- Foreign keys, without the copies that name a partition.
SELECT fn.nspname::pg_catalog.text                                        AS from_schema,
       fc.relname::pg_catalog.text                                        AS from_name,
       ARRAY(SELECT a.attname::pg_catalog.text
               FROM pg_catalog.unnest(f.conkey) WITH ORDINALITY AS k(number, place)
               JOIN pg_catalog.pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = k.number
              ORDER BY k.place)                                           AS columns,
       tn.nspname::pg_catalog.text                                        AS to_schema,
       tc.relname::pg_catalog.text                                        AS to_name,
       ARRAY(SELECT a.attname::pg_catalog.text
               FROM pg_catalog.unnest(f.confkey) WITH ORDINALITY AS k(number, place)
               JOIN pg_catalog.pg_attribute a ON a.attrelid = f.confrelid AND a.attnum = k.number
              ORDER BY k.place)                                           AS referenced
  FROM pg_catalog.pg_constraint f
  JOIN pg_catalog.pg_class fc ON fc.oid = f.conrelid
  JOIN pg_catalog.pg_namespace fn ON fn.oid = fc.relnamespace
  JOIN pg_catalog.pg_class tc ON tc.oid = f.confrelid
  JOIN pg_catalog.pg_namespace tn ON tn.oid = tc.relnamespace
 WHERE f.contype = 'f' AND f.conparentid = 0
