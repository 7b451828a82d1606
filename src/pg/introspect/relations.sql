-- Tables, views and sequences; $1: those of the system too.
-- A partition names its parent, and a partitioned table's own reltuples is the sum kept by ANALYZE.
SELECT c.oid,
       n.nspname::text                                                    AS schema,
       c.relname::text                                                    AS name,
       c.relkind::text                                                    AS relkind,
       CASE WHEN c.relispartition THEN
           (SELECT i.inhparent FROM pg_catalog.pg_inherits i WHERE i.inhrelid = c.oid LIMIT 1)
       END                                                                AS parent,
       pg_catalog.has_schema_privilege(n.oid, 'USAGE')
         AND (pg_catalog.has_table_privilege(c.oid, 'SELECT')
              OR pg_catalog.has_any_column_privilege(c.oid, 'SELECT'))    AS readable,
       c.reltuples::int8                                                  AS estimate,
       c.relpages                                                         AS pages
  FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
   AND ($1::bool OR n.nspname !~ '^pg_' AND n.nspname <> 'information_schema')
