SELECT n.nspname AS "name", pg_catalog.pg_get_userbyid(n.nspowner) AS "owner",
       pg_catalog.obj_description(n.oid, 'pg_namespace') AS "description"
  FROM pg_catalog.pg_namespace n
 WHERE :matches
 ORDER BY 1
