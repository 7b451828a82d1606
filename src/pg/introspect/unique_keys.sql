-- The unique indexes of relation $1 over plain columns and all rows, the primary key first, then
-- those of the fewest columns.
SELECT (i.indkey::int2[])[0:i.indnkeyatts - 1]                            AS numbers,
       i.indisprimary                                                     AS is_primary,
       -- Only a btree keeps an order, and a deferrable key may be no key inside a transaction.
       i.indimmediate
         AND (SELECT m.amname = 'btree'
                FROM pg_catalog.pg_class ic
                JOIN pg_catalog.pg_am m ON m.oid = ic.relam
               WHERE ic.oid = i.indexrelid)                               AS ordered
  FROM pg_catalog.pg_index i
 WHERE i.indrelid = $1::oid AND i.indisunique AND i.indisvalid
   AND i.indpred IS NULL AND i.indexprs IS NULL
 ORDER BY i.indisprimary DESC, i.indnkeyatts, i.indexrelid
