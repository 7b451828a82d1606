SELECT pg_catalog.pg_get_functiondef(:name) AS "definition"
