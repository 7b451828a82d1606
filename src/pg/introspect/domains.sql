-- The type under the domain of each column of relation $1 that has one, as a cast names it.
WITH RECURSIVE bases AS
       (SELECT a.attnum, t.typname, t.typnamespace, t.typtype, t.typbasetype
          FROM pg_catalog.pg_attribute a
          JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
         WHERE a.attrelid = $1::oid AND a.attnum > 0 AND NOT a.attisdropped
         UNION ALL
        SELECT b.attnum, t.typname, t.typnamespace, t.typtype, t.typbasetype
          FROM bases b
          JOIN pg_catalog.pg_type t ON t.oid = b.typbasetype
         WHERE b.typtype = 'd')
SELECT attnum                                                             AS number,
       pg_catalog.format('%s.%I', typnamespace::pg_catalog.regnamespace, typname) AS cast_name
  FROM bases
 WHERE typtype <> 'd'
