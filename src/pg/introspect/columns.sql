-- The columns of relation $1, each with what the grid must know of its type and its keys.
-- The cast names the type without its modifier; an array's cast is its element's with [].
SELECT a.attname::text                                                    AS name,
       pg_catalog.format_type(a.atttypid, a.atttypmod)                    AS type_name,
       pg_catalog.format('%I.%I', tn.nspname, t.typname)                  AS cast_name,
       CASE WHEN t.typtype = 'd' THEN bt.typcategory ELSE t.typcategory END::text AS category,
       t.typlen < 0                                                       AS varlena,
       a.attnotnull                                                       AS not_null,
       a.attgenerated <> ''                                               AS generated,
       EXISTS (SELECT FROM pg_catalog.pg_opclass o
                 JOIN pg_catalog.pg_am m ON m.oid = o.opcmethod
                WHERE m.amname = 'btree' AND o.opcdefault
                  AND (o.opcintype = COALESCE(bt.oid, t.oid)
                       OR o.opcintype = 'anyenum'::pg_catalog.regtype AND COALESCE(bt.typtype, t.typtype) = 'e'
                       OR o.opcintype = 'anyrange'::pg_catalog.regtype AND COALESCE(bt.typtype, t.typtype) = 'r'
                       OR o.opcintype = 'text'::pg_catalog.regtype AND COALESCE(bt.oid, t.oid) = 'varchar'::pg_catalog.regtype)
              )                                                           AS orderable,
       EXISTS (SELECT FROM pg_catalog.pg_index i
                WHERE i.indrelid = a.attrelid AND i.indisprimary
                  AND a.attnum = ANY (i.indkey))                          AS is_primary,
       EXISTS (SELECT FROM pg_catalog.pg_index i
                WHERE i.indrelid = a.attrelid AND i.indisunique AND i.indisvalid
                  AND i.indpred IS NULL AND i.indnkeyatts = 1 AND i.indkey[0] = a.attnum) AS is_unique,
       EXISTS (SELECT FROM pg_catalog.pg_constraint f
                WHERE f.conrelid = a.attrelid AND f.contype = 'f'
                  AND a.attnum = ANY (f.conkey))                          AS is_foreign,
       pg_catalog.has_column_privilege(a.attrelid, a.attnum, 'SELECT')    AS readable
  FROM pg_catalog.pg_attribute a
  JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
  JOIN pg_catalog.pg_namespace tn ON tn.oid = t.typnamespace
  LEFT JOIN pg_catalog.pg_type bt ON t.typtype = 'd' AND bt.oid = t.typbasetype
 WHERE a.attrelid = $1::oid AND a.attnum > 0 AND NOT a.attisdropped
 ORDER BY a.attnum
