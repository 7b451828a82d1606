-- The columns of relation $1, each with what the grid must know of its type.
-- In no order: a connection that has just been made takes longer to plan one than the reader to sort.
-- The cast names the type without its modifier. Of a domain that is not enough: a cast to it cuts a
-- text to what its own type has, which is asked for where there is one.
SELECT a.attnum                                                           AS number,
       a.attname                                                          AS name,
       pg_catalog.format_type(a.atttypid, a.atttypmod)                    AS type_name,
       pg_catalog.format('%s.%I', t.typnamespace::pg_catalog.regnamespace, t.typname) AS cast_name,
       CASE WHEN t.typtype = 'd'
           THEN (SELECT bt.typcategory FROM pg_catalog.pg_type bt WHERE bt.oid = t.typbasetype)
           ELSE t.typcategory END::text                                   AS category,
       t.typtype = 'd'                                                    AS is_domain,
       t.typlen < 0                                                       AS varlena,
       a.attnotnull                                                       AS not_null,
       a.attgenerated <> ''                                               AS generated,
       a.attidentity = 'a'                                                AS always,
       a.atthasdef AND a.attgenerated = '' OR a.attidentity <> ''         AS has_default,
       pg_catalog.has_column_privilege(a.attrelid, a.attnum, 'SELECT')    AS readable
  FROM pg_catalog.pg_attribute a
  JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
 WHERE a.attrelid = $1::oid AND a.attnum > 0 AND NOT a.attisdropped
