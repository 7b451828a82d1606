-- Functions and procedures that belong to no extension; $1: those of the system too.
SELECT p.oid,
       n.nspname::pg_catalog.text                                         AS schema,
       p.proname::pg_catalog.text                                         AS name,
       pg_catalog.pg_get_function_identity_arguments(p.oid)               AS detail
  FROM pg_catalog.pg_proc p
  JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
 WHERE $1::pg_catalog.bool
    OR n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
       AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d
                        WHERE d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass
                          AND d.objid = p.oid AND d.deptype = 'e')
