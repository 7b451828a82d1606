-- The indexes of relation $1, with size and use.
SELECT ic.relname::pg_catalog.text                                        AS name,
       pg_catalog.pg_get_indexdef(i.indexrelid)                           AS definition,
       EXISTS (SELECT FROM pg_catalog.pg_constraint k
                WHERE k.conindid = i.indexrelid AND k.contype IN ('p', 'u', 'x')) AS of_constraint,
       ic.relispartition                                                  AS of_parent,
       i.indisvalid                                                       AS valid,
       CASE WHEN ic.relkind = 'i' THEN pg_catalog.pg_relation_size(ic.oid) ELSE 0 END AS size,
       COALESCE(s.idx_scan, 0)                                            AS scans
  FROM pg_catalog.pg_index i
  JOIN pg_catalog.pg_class ic ON ic.oid = i.indexrelid
  LEFT JOIN pg_catalog.pg_stat_all_indexes s ON s.indexrelid = i.indexrelid
 WHERE i.indrelid = $1::pg_catalog.oid
 ORDER BY i.indisprimary DESC, ic.relname
