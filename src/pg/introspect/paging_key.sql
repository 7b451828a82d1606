-- The columns of the best unique key of relation $1: its primary key, else the unique index with
-- no NULLs, no condition, no expression and the fewest columns. Only a btree keeps an order.
SELECT k.name
  FROM (SELECT i.indexrelid, i.indkey, i.indnkeyatts, i.indisprimary
          FROM pg_catalog.pg_index i
          JOIN pg_catalog.pg_class ic ON ic.oid = i.indexrelid
          JOIN pg_catalog.pg_am m ON m.oid = ic.relam AND m.amname = 'btree'
         WHERE i.indrelid = $1::oid AND i.indisunique AND i.indisvalid AND i.indimmediate
           AND i.indpred IS NULL AND i.indexprs IS NULL
           AND (SELECT pg_catalog.bool_and(a.attnotnull)
                  FROM pg_catalog.pg_attribute a
                 WHERE a.attrelid = i.indrelid
                   AND a.attnum = ANY ((i.indkey::int2[])[0:i.indnkeyatts - 1]))
         ORDER BY i.indisprimary DESC, i.indnkeyatts, i.indexrelid
         LIMIT 1) best
 CROSS JOIN LATERAL
       (SELECT a.attname::text AS name, place.at
          FROM pg_catalog.generate_series(0, best.indnkeyatts - 1) place(at)
          JOIN pg_catalog.pg_attribute a
            ON a.attrelid = $1::oid AND a.attnum = best.indkey[place.at]) k
 ORDER BY k.at
