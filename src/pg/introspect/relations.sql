-- Tables, views and sequences; $1: those of the system too.
-- A partition names its parent, and a partitioned table's own reltuples is the sum kept by ANALYZE.
-- Whom an owner's or a superuser's rights answer is not looked up table by table: that is most of
-- the time that a thousand tables take.
WITH schemas AS MATERIALIZED
       (SELECT n.oid, n.nspname, pg_catalog.has_schema_privilege(n.oid, 'USAGE') AS usable
          FROM pg_catalog.pg_namespace n
         WHERE $1::bool OR n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'),
     me AS MATERIALIZED
       (SELECT current_setting('is_superuser')::bool                      AS super,
               pg_catalog.quote_ident(current_user)::pg_catalog.regrole   AS role)
SELECT c.oid,
       n.nspname::text                                                    AS schema,
       c.relname::text                                                    AS name,
       c.relkind::text                                                    AS relkind,
       CASE WHEN c.relispartition THEN
           (SELECT i.inhparent FROM pg_catalog.pg_inherits i WHERE i.inhrelid = c.oid LIMIT 1)
       END                                                                AS parent,
       me.super
       OR n.usable
          AND (c.relacl IS NULL AND c.relowner = me.role
               OR pg_catalog.has_table_privilege(c.oid, 'SELECT')
               OR pg_catalog.has_any_column_privilege(c.oid, 'SELECT'))   AS readable,
       c.reltuples::int8                                                  AS estimate,
       c.relpages                                                         AS pages
  FROM pg_catalog.pg_class c
  JOIN schemas n ON n.oid = c.relnamespace
 CROSS JOIN me
 WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
