-- The columns of relation $1 in words.
-- What an inherited column has of its own is what its parents do not have in the same words.
WITH parents AS
       (SELECT pa.*
          FROM pg_catalog.pg_inherits i JOIN pg_catalog.pg_attribute pa ON pa.attrelid = i.inhparent
         WHERE i.inhrelid = $1::pg_catalog.oid)
SELECT a.attnum::pg_catalog.int4                                          AS number,
       a.attname::pg_catalog.text                                         AS name,
       pg_catalog.format_type(a.atttypid, a.atttypmod)                    AS type_name,
       a.attnotnull                                                       AS not_null,
       pg_catalog.pg_get_expr(d.adbin, d.adrelid)                         AS default_expr,
       CASE a.attidentity WHEN 'a' THEN 'ALWAYS' WHEN 'd' THEN 'BY DEFAULT' END AS identity,
       a.attgenerated <> ''                                               AS generated,
       a.attgenerated = 'v'                                               AS is_virtual,
       (SELECT pg_catalog.string_agg(pg_catalog.format('%I %L', o.option_name, o.option_value), ', ')
          FROM pg_catalog.pg_options_to_table(a.attfdwoptions) o)         AS options,
       CASE WHEN a.attinhcount > 0 AND NOT a.attislocal THEN pg_catalog.array_remove(ARRAY[
           CASE WHEN a.attgenerated = '' AND NOT EXISTS (
                    SELECT FROM parents p JOIN pg_catalog.pg_attrdef pd ON pd.adrelid = p.attrelid AND pd.adnum = p.attnum
                     WHERE p.attname = a.attname
                       AND pg_catalog.pg_get_expr(pd.adbin, pd.adrelid) = pg_catalog.pg_get_expr(d.adbin, d.adrelid))
                THEN 'SET DEFAULT ' || pg_catalog.pg_get_expr(d.adbin, d.adrelid) END,
           CASE WHEN d.adbin IS NULL AND a.attgenerated = '' AND EXISTS (
                    SELECT FROM parents p JOIN pg_catalog.pg_attrdef pd ON pd.adrelid = p.attrelid AND pd.adnum = p.attnum
                     WHERE p.attname = a.attname)
                THEN 'DROP DEFAULT' END,
           CASE WHEN a.attnotnull AND NOT EXISTS (SELECT FROM parents p WHERE p.attname = a.attname AND p.attnotnull)
                THEN 'SET NOT NULL' END], NULL) END                       AS inherited,
       CASE WHEN a.attcollation <> t.typcollation THEN
           (SELECT pg_catalog.format('%I.%I', cn.nspname, co.collname)
              FROM pg_catalog.pg_collation co
              JOIN pg_catalog.pg_namespace cn ON cn.oid = co.collnamespace
             WHERE co.oid = a.attcollation) END                           AS collation,
       pg_catalog.col_description(a.attrelid, a.attnum)                   AS comment
  FROM pg_catalog.pg_attribute a
  JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
  LEFT JOIN pg_catalog.pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
 WHERE a.attrelid = $1::pg_catalog.oid AND a.attnum > 0 AND NOT a.attisdropped
 ORDER BY a.attnum
