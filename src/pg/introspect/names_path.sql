-- The schemas that are searched, in their order, and those that the role may use.
-- Schemas of other sessions' temporary tables, and of values stored apart, are nobody's to name.
SELECT pg_catalog.current_schemas(true)::pg_catalog.text[]                AS search_path,
       ARRAY(SELECT n.nspname::pg_catalog.text
               FROM pg_catalog.pg_namespace n
              WHERE (n.nspname !~ '^pg_(toast|temp_)' OR n.oid = pg_catalog.pg_my_temp_schema())
                AND pg_catalog.has_schema_privilege(n.oid, 'USAGE'))      AS schemas,
       ARRAY(SELECT s.name FROM pg_catalog.pg_settings s)                 AS settings
