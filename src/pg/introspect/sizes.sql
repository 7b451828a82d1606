-- How much room each table takes with its indexes and its long values; $1: those of the system too.
SELECT c.oid, pg_catalog.pg_total_relation_size(c.oid)                    AS size
  FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind IN ('r', 'm')
   AND ($1::bool OR n.nspname !~ '^pg_' AND n.nspname <> 'information_schema')
