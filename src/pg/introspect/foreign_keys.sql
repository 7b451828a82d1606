-- The foreign keys of relation $1: their columns, and those they refer to, by name.
-- A key that refers to a partitioned table has a copy for each of its partitions (conparentid),
-- which is left to it.
SELECT f.conkey                                                           AS numbers,
       f.confrelid                                                        AS referenced_table,
       ARRAY(SELECT a.attname::text
               FROM pg_catalog.unnest(f.conkey) WITH ORDINALITY k (number, place)
               JOIN pg_catalog.pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = k.number
              ORDER BY k.place)                                           AS columns,
       ARRAY(SELECT a.attname::text
               FROM pg_catalog.unnest(f.confkey) WITH ORDINALITY k (number, place)
               JOIN pg_catalog.pg_attribute a ON a.attrelid = f.confrelid AND a.attnum = k.number
              ORDER BY k.place)                                           AS referenced
  FROM pg_catalog.pg_constraint f
 WHERE f.conrelid = $1::oid AND f.contype = 'f'
   AND (f.conparentid = 0
        OR NOT EXISTS (SELECT FROM pg_catalog.pg_inherits i
                         JOIN pg_catalog.pg_constraint p ON p.confrelid = i.inhparent
                        WHERE i.inhrelid = f.confrelid AND p.contype = 'f'
                          AND p.conrelid = f.conrelid AND p.conkey = f.conkey))
 ORDER BY pg_catalog.cardinality(f.conkey), f.conname
