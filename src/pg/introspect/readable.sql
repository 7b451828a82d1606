-- The name of table $1, and of its column that tells people which row is which: a text beside
-- column $2, one that is called so before others.
SELECT n.nspname::pg_catalog.text                                         AS schema,
       c.relname::pg_catalog.text                                         AS name,
       (SELECT a.attname::pg_catalog.text
          FROM pg_catalog.pg_attribute a
          JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
         WHERE a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
           AND t.typcategory = 'S' AND a.attname <> $2::pg_catalog.text
           AND pg_catalog.has_column_privilege(c.oid, a.attnum, 'SELECT')
         ORDER BY a.attname IN ('name', 'title', 'label') DESC, a.attname ~ '(name|title)$' DESC, a.attnum
         LIMIT 1)                                                         AS readable
  FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE c.oid = $1::pg_catalog.oid
