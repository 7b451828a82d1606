SELECT n.nspname AS "schema", c.typname AS "name", pg_catalog.format_type(c.typbasetype, c.typtypmod) AS "type",
       CASE WHEN c.typnotnull THEN 'not null' ELSE '' END AS "nullable", c.typdefault AS "default",
       (SELECT pg_catalog.string_agg(pg_catalog.pg_get_constraintdef(k.oid, true), ' ' ORDER BY k.conname)
          FROM pg_catalog.pg_constraint k WHERE k.contypid = c.oid AND k.contype = 'c') AS "check",
       pg_catalog.obj_description(c.oid, 'pg_type') AS "description"
  FROM pg_catalog.pg_type c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.typnamespace
 WHERE c.typtype = 'd' AND :matches
 ORDER BY 1, 2
