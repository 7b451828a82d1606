-- Tables, views and sequences with their columns: PostgreSQL's own, too.
-- A column that the role has no right on is left out. As in relations.sql, an owner's or a
-- superuser's rights are not looked up table by table; column by column only where the table as a
-- whole is not granted.
WITH schemas AS MATERIALIZED
       (SELECT n.oid, n.nspname
          FROM pg_catalog.pg_namespace n
         WHERE (n.nspname !~ '^pg_(toast|temp_)' OR n.oid = pg_catalog.pg_my_temp_schema())
           AND pg_catalog.has_schema_privilege(n.oid, 'USAGE')),
     me AS MATERIALIZED
       (SELECT pg_catalog.current_setting('is_superuser')::pg_catalog.bool AS super,
               pg_catalog.quote_ident(current_user)::pg_catalog.regrole   AS role),
     relations AS MATERIALIZED
       (SELECT c.oid, n.nspname, c.relname, c.relkind, c.relispartition,
               me.super
               OR c.relacl IS NULL AND c.relowner = me.role
               OR pg_catalog.has_table_privilege(c.oid, 'SELECT, INSERT, UPDATE') AS granted
          FROM pg_catalog.pg_class c
          JOIN schemas n ON n.oid = c.relnamespace
         CROSS JOIN me
         WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'S')),
     columns AS
       (SELECT a.attrelid,
               pg_catalog.array_agg(a.attname::pg_catalog.text ORDER BY a.attnum) AS names,
               pg_catalog.array_agg(a.atttypid ORDER BY a.attnum)         AS types,
               pg_catalog.array_agg(pg_catalog.format_type(a.atttypid, a.atttypmod) ORDER BY a.attnum) AS type_names
          FROM pg_catalog.pg_attribute a
          JOIN relations r ON r.oid = a.attrelid
         WHERE a.attnum > 0 AND NOT a.attisdropped
           AND (r.granted OR pg_catalog.has_column_privilege(a.attrelid, a.attnum, 'SELECT, INSERT, UPDATE'))
         GROUP BY a.attrelid)
SELECT r.nspname::pg_catalog.text                                         AS schema,
       r.relname::pg_catalog.text                                         AS name,
       r.relkind::pg_catalog.text                                         AS relkind,
       r.relispartition                                                   AS is_partition,
       coalesce(c.names, '{}')                                            AS columns,
       coalesce(c.types, '{}')                                            AS types,
       coalesce(c.type_names, '{}')                                       AS type_names
  FROM relations r
  LEFT JOIN columns c ON c.attrelid = r.oid
