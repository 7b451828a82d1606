-- The columns of each foreign key of relation $1.
SELECT f.conkey                                                           AS numbers
  FROM pg_catalog.pg_constraint f
 WHERE f.conrelid = $1::oid AND f.contype = 'f'
