-- The facts of the session that the title shows, and the schemas in the order of the tree.
SELECT current_setting('server_version')                                  AS version,
       current_database()::text                                           AS database,
       current_user::text                                                 AS role,
       current_setting('transaction_read_only')::bool                     AS read_only,
       ARRAY(SELECT n.nspname::text
               FROM pg_catalog.pg_namespace n
              WHERE $1::bool
                 OR n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
              ORDER BY pg_catalog.array_position(pg_catalog.current_schemas(false), n.nspname) NULLS LAST,
                       n.nspname)                                         AS schemas
