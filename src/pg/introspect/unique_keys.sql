-- The unique indexes of relation $1 over plain columns and all rows; in no order, as its columns.
SELECT i.indexrelid                                                       AS index,
       (i.indkey::int2[])[0:i.indnkeyatts - 1]                            AS numbers,
       i.indisprimary                                                     AS is_primary,
       -- Only a btree (which is always number 403) keeps an order, and a deferrable key may be no key
       -- inside a transaction.
       i.indimmediate
         AND (SELECT ic.relam = 403 FROM pg_catalog.pg_class ic WHERE ic.oid = i.indexrelid) AS ordered
  FROM pg_catalog.pg_index i
 WHERE i.indrelid = $1::oid AND i.indisunique AND i.indisvalid
   AND i.indpred IS NULL AND i.indexprs IS NULL
