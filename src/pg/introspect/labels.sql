-- The labels of column $2 of relation $1 where its type, its domain's or its elements' is an enum.
WITH RECURSIVE base AS
       (SELECT a.atttypid AS oid
          FROM pg_catalog.pg_attribute a WHERE a.attrelid = $1::pg_catalog.oid AND a.attname = $2::pg_catalog.text
         UNION
        SELECT CASE WHEN t.typtype = 'd' THEN t.typbasetype ELSE t.typelem END
          FROM base b
          JOIN pg_catalog.pg_type t ON t.oid = b.oid
         WHERE t.typtype = 'd' OR t.typcategory = 'A')
SELECT e.enumlabel::pg_catalog.text                                       AS value,
       NULL::pg_catalog.int4                                              AS share
  FROM base b
  JOIN pg_catalog.pg_enum e ON e.enumtypid = b.oid
 ORDER BY e.enumsortorder
