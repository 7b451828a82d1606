-- The partitions of relation $1, or the tables that inherit from it.
SELECT pg_catalog.format('%I.%I', n.nspname, c.relname)                   AS name,
       COALESCE(pg_catalog.pg_get_expr(c.relpartbound, c.oid), 'inherits') AS definition,
       pg_catalog.pg_total_relation_size(c.oid)                           AS size
  FROM pg_catalog.pg_inherits i
  JOIN pg_catalog.pg_class c ON c.oid = i.inhrelid
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE i.inhparent = $1::pg_catalog.oid
 ORDER BY c.relname
