-- Tables, views and sequences, as far as the condition behind this goes.
-- Each is sent with the number of its schema, and joined to that and to its parent by the reader: on a
-- connection that has just been made, planning the joins takes longer than reading all that they join.
-- A partitioned table's own reltuples is the sum kept by ANALYZE.
-- Whom an owner's or a superuser's rights answer is not looked up table by table, which is most of
-- the time that a thousand tables take; for others it is, and of a table that is dropped meanwhile there
-- is no answer.
SELECT c.oid,
       c.relnamespace                                                     AS schema,
       c.relname                                                          AS name,
       c.relkind::pg_catalog.text                                         AS relkind,
       c.relispartition                                                   AS is_partition,
       (SELECT pg_catalog.current_setting('is_superuser')::pg_catalog.bool)
       OR c.relacl IS NULL AND pg_catalog.pg_has_role(c.relowner, 'USAGE')
       OR COALESCE(pg_catalog.has_any_column_privilege(c.oid, 'SELECT'), false) AS readable,
       c.reltuples::pg_catalog.int8                                       AS estimate,
       c.relpages                                                         AS pages
  FROM pg_catalog.pg_class c
