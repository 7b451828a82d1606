SELECT n.nspname AS "schema", c.proname AS "name",
       pg_catalog.pg_get_function_result(c.oid) AS "result",
       pg_catalog.pg_get_function_arguments(c.oid) AS "arguments",
       CASE c.prokind WHEN 'a' THEN 'aggregate' WHEN 'w' THEN 'window' WHEN 'p' THEN 'procedure' ELSE 'function' END AS "kind"
  FROM pg_catalog.pg_proc c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.pronamespace
 WHERE :matches
 ORDER BY 1, 2, 4
