SELECT c.extname AS "name", c.extversion AS "version", n.nspname AS "schema",
       pg_catalog.obj_description(c.oid, 'pg_extension') AS "description"
  FROM pg_catalog.pg_extension c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.extnamespace
 WHERE :matches
 ORDER BY 1
