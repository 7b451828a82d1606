SELECT pg_catalog.current_database() AS database,
       current_user AS "user",
       session_user AS "session user",
       coalesce(pg_catalog.host(pg_catalog.inet_server_addr()), 'local socket') AS host,
       pg_catalog.current_setting('port') AS port,
       pg_catalog.current_setting('server_version') AS version,
       pg_catalog.pg_backend_pid() AS process,
       (SELECT coalesce(s.version, 'none') FROM pg_catalog.pg_stat_ssl s
         WHERE s.pid = pg_catalog.pg_backend_pid()) AS tls
