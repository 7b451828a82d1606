-- Which of relations $1 refers to which other of them.
SELECT f.conrelid                                                         AS child,
       f.confrelid                                                        AS parent
  FROM pg_catalog.pg_constraint f
 WHERE f.contype = 'f' AND f.conrelid = ANY ($1::pg_catalog.oid[]) AND f.confrelid = ANY ($1::pg_catalog.oid[])
