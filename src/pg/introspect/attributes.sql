-- The columns of relation $1 in words.
SELECT a.attname::text                                                    AS name,
       pg_catalog.format_type(a.atttypid, a.atttypmod)                    AS type_name,
       a.attnotnull                                                       AS not_null,
       pg_catalog.pg_get_expr(d.adbin, d.adrelid)                         AS default_expr,
       CASE a.attidentity WHEN 'a' THEN 'ALWAYS' WHEN 'd' THEN 'BY DEFAULT' END AS identity,
       a.attgenerated <> ''                                               AS generated,
       CASE WHEN a.attcollation <> t.typcollation THEN
           (SELECT pg_catalog.format('%I.%I', cn.nspname, co.collname)
              FROM pg_catalog.pg_collation co
              JOIN pg_catalog.pg_namespace cn ON cn.oid = co.collnamespace
             WHERE co.oid = a.attcollation) END                           AS collation,
       pg_catalog.col_description(a.attrelid, a.attnum)                   AS comment
  FROM pg_catalog.pg_attribute a
  JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
  LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
 WHERE a.attrelid = $1::oid AND a.attnum > 0 AND NOT a.attisdropped
 ORDER BY a.attnum
