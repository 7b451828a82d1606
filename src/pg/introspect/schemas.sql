-- The schemas, those of the system too. What is in one that may not be used cannot be read.
SELECT n.oid,
       n.nspname                                                          AS name,
       pg_catalog.has_schema_privilege(n.oid, 'USAGE')                    AS usable
  FROM pg_catalog.pg_namespace n
