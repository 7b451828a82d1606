-- The foreign keys that point to relation $1 and do something when a row of it goes.
SELECT f.conrelid                                                         AS child,
       n.nspname::pg_catalog.text                                         AS schema,
       c.relname::pg_catalog.text                                         AS name,
       f.confdeltype::pg_catalog.text                                     AS action,
       ARRAY(SELECT a.attname::pg_catalog.text
               FROM pg_catalog.unnest(f.conkey) WITH ORDINALITY AS k (number, place)
               JOIN pg_catalog.pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = k.number
              ORDER BY k.place)                                           AS columns,
       ARRAY(SELECT a.attname::pg_catalog.text
               FROM pg_catalog.unnest(f.confkey) WITH ORDINALITY AS k (number, place)
               JOIN pg_catalog.pg_attribute a ON a.attrelid = f.confrelid AND a.attnum = k.number
              ORDER BY k.place)                                           AS referred
  FROM pg_catalog.pg_constraint f
  JOIN pg_catalog.pg_class c ON c.oid = f.conrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 -- The copy that a partition has of its parent's key would be counted twice; what refers to a
 -- partitioned table refers to each of its partitions.
 WHERE f.confrelid = $1::pg_catalog.oid AND f.contype = 'f'
   AND (f.conparentid = 0
        OR NOT EXISTS (SELECT FROM pg_catalog.pg_inherits i
                         JOIN pg_catalog.pg_constraint p ON p.conrelid = i.inhparent
                        WHERE i.inhrelid = f.conrelid AND p.contype = 'f' AND p.confrelid = f.confrelid))
 ORDER BY n.nspname, c.relname, f.conname
