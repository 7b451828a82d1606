-- Whether any table may inherit from relation $1 (the mark stays for a while when the last one is
-- gone); and what may be done to its rows: the bits of pg_relation_is_updatable (4 update, 8 insert,
-- 16 delete), and the privileges; and whether anything may be written at all.
SELECT c.relhassubclass                                                   AS may_have_heirs,
       CASE WHEN c.relkind IN ('r', 'p') THEN 28
            WHEN c.relkind IN ('v', 'f') THEN pg_catalog.pg_relation_is_updatable(c.oid, true)
            ELSE 0 END                                                    AS updatable,
       pg_catalog.current_setting('transaction_read_only')::pg_catalog.bool AS read_only,
       pg_catalog.has_any_column_privilege(c.oid, 'INSERT')               AS may_insert,
       pg_catalog.has_any_column_privilege(c.oid, 'UPDATE')               AS may_update,
       pg_catalog.has_table_privilege(c.oid, 'DELETE')                    AS may_delete
  FROM pg_catalog.pg_class c
 WHERE c.oid = $1::pg_catalog.oid
