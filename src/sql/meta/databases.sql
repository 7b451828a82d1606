SELECT c.datname AS "name", pg_catalog.pg_get_userbyid(c.datdba) AS "owner",
       pg_catalog.pg_encoding_to_char(c.encoding) AS "encoding", c.datcollate AS "collate",
       CASE WHEN pg_catalog.has_database_privilege(c.oid, 'CONNECT')
            THEN pg_catalog.pg_size_pretty(pg_catalog.pg_database_size(c.oid)) END AS "size"
  FROM pg_catalog.pg_database c
 WHERE :matches
 ORDER BY 1
