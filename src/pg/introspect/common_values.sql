-- The commonest values of column $2 of relation $1, as ANALYZE found them.
SELECT v.value                                                            AS value,
       (v.share * 1000)::pg_catalog.int4                                  AS share
  FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
  JOIN pg_catalog.pg_stats s ON s.schemaname = n.nspname AND s.tablename = c.relname
 CROSS JOIN LATERAL pg_catalog.unnest(s.most_common_vals::pg_catalog.text::pg_catalog.text[], s.most_common_freqs) AS v (value, share)
 WHERE c.oid = $1::pg_catalog.oid AND s.attname = $2::pg_catalog.text AND s.inherited = (c.relkind = 'p')
 ORDER BY v.share DESC
 LIMIT 50
