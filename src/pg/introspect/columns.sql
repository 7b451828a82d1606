-- The columns of relation $1; what the grid must know of their types is in column_types.sql.
-- In no order: a connection that has just been made takes longer to plan one than the reader to sort.
SELECT a.attnum                                                           AS number,
       a.attname                                                          AS name,
       a.atttypid                                                         AS type,
       pg_catalog.format_type(a.atttypid, a.atttypmod)                    AS type_name,
       a.attnotnull                                                       AS not_null,
       a.attgenerated <> ''                                               AS generated,
       a.attidentity = 'a'                                                AS always,
       a.atthasdef AND a.attgenerated = '' OR a.attidentity <> ''         AS has_default,
       pg_catalog.has_column_privilege(a.attrelid, a.attnum, 'SELECT')    AS readable
  FROM pg_catalog.pg_attribute a
 WHERE a.attrelid = $1::pg_catalog.oid AND a.attnum > 0 AND NOT a.attisdropped
