SELECT n.nspname AS "schema", c.relname AS "name",
       CASE c.relkind WHEN 'r' THEN 'table' WHEN 'v' THEN 'view' WHEN 'm' THEN 'materialized view'
                      WHEN 'S' THEN 'sequence' WHEN 'f' THEN 'foreign table' WHEN 'p' THEN 'partitioned table' END AS "type",
       pg_catalog.array_to_string(c.relacl, E'\n') AS "access privileges",
       (SELECT pg_catalog.string_agg(a.attname || ': ' || pg_catalog.array_to_string(a.attacl, ' '), E'\n' ORDER BY a.attnum)
          FROM pg_catalog.pg_attribute a
         WHERE a.attrelid = c.oid AND NOT a.attisdropped AND a.attacl IS NOT NULL) AS "column privileges",
       (SELECT pg_catalog.string_agg(y.polname, ', ' ORDER BY y.polname)
          FROM pg_catalog.pg_policy y WHERE y.polrelid = c.oid) AS "policies"
  FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind IN ('r', 'v', 'm', 'S', 'f', 'p') AND :matches
 ORDER BY 1, 2
