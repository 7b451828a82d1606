-- The foreign keys of relation $1: the numbers of their columns. The names of those they refer to are
-- asked for where there are any.
-- A key that refers to a partitioned table has a copy for each of its partitions, which names it.
SELECT f.oid                                                              AS key,
       f.conparentid                                                      AS copy_of,
       f.conkey                                                           AS numbers,
       f.confrelid                                                        AS referenced_table
  FROM pg_catalog.pg_constraint f
 WHERE f.conrelid = $1::oid AND f.contype = 'f'
