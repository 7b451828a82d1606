-- The foreign keys of relation $1: the numbers of their columns and of those they refer to, and the
-- names of the latter in no order: planning one takes a new connection longer than the reader sorting.
-- A key that refers to a partitioned table has a copy for each of its partitions, which names it.
SELECT f.oid                                                              AS key,
       f.conparentid                                                      AS copy_of,
       pg_catalog.to_json(f.conkey)                                       AS numbers,
       f.confrelid                                                        AS referenced_table,
       pg_catalog.to_json(f.confkey)                                      AS referenced,
       pg_catalog.to_json(ARRAY(
             SELECT pg_catalog.json_build_array(a.attnum, a.attname)
               FROM pg_catalog.pg_attribute a
              WHERE a.attrelid = f.confrelid
                AND a.attnum = ANY (f.confkey)))                          AS names_there
  FROM pg_catalog.pg_constraint f
 WHERE f.conrelid = $1::pg_catalog.oid AND f.contype = 'f'
