-- The foreign keys that refer to relation $1, with their columns, the types of these as a cast writes
-- them, and the columns they refer to.
-- The copy that a partition has of its parent's key (conparentid) is left to the parent.
SELECT f.conrelid                                                         AS referring_table,
       n.nspname::pg_catalog.text                                         AS schema,
       c.relname::pg_catalog.text                                         AS name,
       k.columns,
       k.casts,
       ARRAY(SELECT a.attname::pg_catalog.text
               FROM pg_catalog.unnest(f.confkey) WITH ORDINALITY t (number, place)
               JOIN pg_catalog.pg_attribute a ON a.attrelid = f.confrelid AND a.attnum = t.number
              ORDER BY t.place)                                           AS referenced
  FROM pg_catalog.pg_constraint f
  JOIN pg_catalog.pg_class c ON c.oid = f.conrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 CROSS JOIN LATERAL
       (SELECT pg_catalog.array_agg(a.attname::pg_catalog.text ORDER BY t.place) AS columns,
               pg_catalog.array_agg(pg_catalog.format('%s.%I', y.typnamespace::pg_catalog.regnamespace, y.typname)
                                    ORDER BY t.place)                     AS casts
          FROM pg_catalog.unnest(f.conkey) WITH ORDINALITY t (number, place)
          JOIN pg_catalog.pg_attribute a ON a.attrelid = f.conrelid AND a.attnum = t.number
          JOIN pg_catalog.pg_type y ON y.oid = a.atttypid) k
 WHERE f.confrelid = $1::pg_catalog.oid AND f.contype = 'f'
   AND (f.conparentid = 0
        OR NOT EXISTS (SELECT FROM pg_catalog.pg_inherits i
                         JOIN pg_catalog.pg_constraint p ON p.conrelid = i.inhparent
                        WHERE i.inhrelid = f.conrelid AND p.contype = 'f' AND p.confrelid = f.confrelid))
 ORDER BY n.nspname, c.relname, f.conname
