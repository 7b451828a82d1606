SELECT n.nspname AS "schema", c.relname AS "name",
       CASE c.relkind WHEN 'r' THEN 'table' WHEN 'p' THEN 'partitioned table' WHEN 'v' THEN 'view'
                      WHEN 'm' THEN 'materialized view' WHEN 'i' THEN 'index' WHEN 'I' THEN 'partitioned index'
                      WHEN 'S' THEN 'sequence' WHEN 'f' THEN 'foreign table' END AS "type",
       pg_catalog.pg_get_userbyid(c.relowner) AS "owner",
       i.indrelid::pg_catalog.regclass AS "of table",
       pg_catalog.pg_size_pretty(pg_catalog.pg_total_relation_size(c.oid)) AS "size",
       pg_catalog.obj_description(c.oid, 'pg_class') AS "description"
  FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  LEFT JOIN pg_catalog.pg_index i ON i.indexrelid = c.oid
 WHERE c.relkind::pg_catalog.text = ANY (:kinds::pg_catalog.text[]) AND :matches
 ORDER BY 1, 2
