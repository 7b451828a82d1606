-- The unique indexes of relation $1 over plain columns and all rows; in no order, as its columns.
SELECT i.indexrelid                                                       AS index,
       pg_catalog.to_json((i.indkey::pg_catalog.int2[])[0:i.indnkeyatts - 1]) AS numbers,
       i.indisprimary                                                     AS is_primary,
       -- A deferrable key may be no key inside a transaction.
       i.indimmediate
         AND COALESCE(pg_catalog.pg_index_column_has_property(i.indexrelid, 1, 'orderable'), false) AS ordered
  FROM pg_catalog.pg_index i
 WHERE i.indrelid = $1::pg_catalog.oid AND i.indisunique AND i.indisvalid
   AND i.indpred IS NULL AND i.indexprs IS NULL
