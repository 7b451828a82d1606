 -- The first $1 tables, by name, of the first schema of the search path: an index has them in this order,
 -- and the rest of pg_class, which a new connection takes a while to look at, need not be seen for them.
 WHERE c.relnamespace = (SELECT n.oid FROM pg_catalog.pg_namespace n
                          WHERE n.nspname = (pg_catalog.current_schemas(false))[1])
   AND c.relkind IN ('r', 'p') AND NOT c.relispartition
 ORDER BY c.relname
 LIMIT $1
