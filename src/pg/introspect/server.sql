-- The facts of the session that the title shows, and the schemas of its search path.
SELECT pg_catalog.current_setting('server_version')                       AS version,
       pg_catalog.current_database()                                      AS database,
       current_user                                                       AS role,
       pg_catalog.current_setting('transaction_read_only')::pg_catalog.bool AS read_only,
       pg_catalog.to_json(pg_catalog.current_schemas(false))              AS path
