-- How much room each table takes with its indexes and its long values, a partitioned one that of its
-- partitions; $1: those of the system too.
SELECT c.oid,
       CASE c.relkind
       WHEN 'p' THEN (SELECT coalesce(pg_catalog.sum(pg_catalog.pg_total_relation_size(p.relid)), 0)::pg_catalog.int8
                        FROM pg_catalog.pg_partition_tree(c.oid) p)
       ELSE pg_catalog.pg_total_relation_size(c.oid) END                  AS size
  FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE c.relkind IN ('r', 'm', 'p')
   AND ($1::pg_catalog.bool OR n.nspname !~ '^pg_' AND n.nspname <> 'information_schema')
