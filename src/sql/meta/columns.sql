SELECT n.nspname AS "schema", c.relname AS "relation", a.attname AS "column",
       pg_catalog.format_type(a.atttypid, a.atttypmod) AS "type",
       CASE WHEN a.attnotnull THEN 'not null' ELSE '' END AS "nullable",
       pg_catalog.pg_get_expr(d.adbin, d.adrelid) AS "default",
       pg_catalog.col_description(c.oid, a.attnum) AS "description"
  FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
  LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum
 WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f', 'c') AND :matches
 ORDER BY 1, 2, a.attnum
