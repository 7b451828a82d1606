-- The facts of the session that the title shows, and the schemas of its search path.
SELECT current_setting('server_version')                                  AS version,
       current_database()                                                 AS database,
       current_user                                                       AS role,
       current_setting('transaction_read_only')::bool                     AS read_only,
       pg_catalog.to_json(pg_catalog.current_schemas(false))              AS path
