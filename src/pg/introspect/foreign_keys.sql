-- The foreign keys of relation $1: the numbers of their columns, and the names of those they refer to.
-- A key that refers to a partitioned table has a copy for each of its partitions, which names it.
SELECT f.oid                                                              AS key,
       f.conparentid                                                      AS copy_of,
       pg_catalog.to_json(f.conkey)                                       AS numbers,
       f.confrelid                                                        AS referenced_table,
       pg_catalog.to_json(ARRAY(
             SELECT a.attname
               FROM pg_catalog.pg_attribute a
              WHERE a.attrelid = f.confrelid AND a.attnum = ANY (f.confkey)
              ORDER BY pg_catalog.array_position(f.confkey, a.attnum)))   AS referenced
  FROM pg_catalog.pg_constraint f
 WHERE f.conrelid = $1::oid AND f.contype = 'f'
