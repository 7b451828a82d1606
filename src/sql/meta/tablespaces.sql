SELECT c.spcname AS "name", pg_catalog.pg_get_userbyid(c.spcowner) AS "owner",
       pg_catalog.pg_tablespace_location(c.oid) AS "location",
       CASE WHEN pg_catalog.has_tablespace_privilege(c.oid, 'CREATE')
            THEN pg_catalog.pg_size_pretty(pg_catalog.pg_tablespace_size(c.oid)) END AS "size",
       pg_catalog.shobj_description(c.oid, 'pg_tablespace') AS "description"
  FROM pg_catalog.pg_tablespace c
 WHERE :matches
 ORDER BY 1
