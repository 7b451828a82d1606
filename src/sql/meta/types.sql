SELECT n.nspname AS "schema", pg_catalog.format_type(c.oid, NULL) AS "name",
       CASE c.typtype WHEN 'e' THEN 'enum' WHEN 'd' THEN 'domain' WHEN 'c' THEN 'composite' WHEN 'r' THEN 'range' ELSE 'base' END AS "kind",
       ARRAY(SELECT e.enumlabel FROM pg_catalog.pg_enum e WHERE e.enumtypid = c.oid ORDER BY e.enumsortorder) AS "labels",
       pg_catalog.obj_description(c.oid, 'pg_type') AS "description"
  FROM pg_catalog.pg_type c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.typnamespace
 WHERE (c.typrelid = 0 OR EXISTS (SELECT FROM pg_catalog.pg_class r WHERE r.oid = c.typrelid AND r.relkind = 'c'))
   AND c.typelem = 0 AND :matches
 ORDER BY 1, 2
