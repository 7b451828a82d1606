-- Functions and procedures that can be called from SQL.
-- Of PostgreSQL's own, those that stand behind operators, types and indexes are left out: they take
-- or return what SQL cannot write, or their description says so.
SELECT n.nspname::pg_catalog.text                                         AS schema,
       p.proname::pg_catalog.text                                         AS name,
       p.prokind::pg_catalog.text                                         AS prokind,
       p.proretset                                                        AS returns_rows,
       pg_catalog.pg_get_function_arguments(p.oid)                        AS arguments,
       coalesce(pg_catalog.pg_get_function_result(p.oid), '')             AS result
  FROM pg_catalog.pg_proc p
  JOIN pg_catalog.pg_namespace n ON n.oid = p.pronamespace
  LEFT JOIN pg_catalog.pg_description d
         ON d.objoid = p.oid AND d.classoid = 'pg_catalog.pg_proc'::pg_catalog.regclass AND d.objsubid = 0
 WHERE n.nspname !~ '^pg_(toast|temp_)'
   AND pg_catalog.has_schema_privilege(n.oid, 'USAGE')
   AND (p.proacl IS NULL OR pg_catalog.has_function_privilege(p.oid, 'EXECUTE'))
   AND p.prorettype NOT IN ('pg_catalog.internal'::pg_catalog.regtype, 'pg_catalog.cstring'::pg_catalog.regtype,
                            'pg_catalog.trigger'::pg_catalog.regtype, 'pg_catalog.event_trigger'::pg_catalog.regtype)
   AND NOT p.proargtypes::pg_catalog.oid[] && ARRAY['pg_catalog.internal'::pg_catalog.regtype::pg_catalog.oid,
                                         'pg_catalog.cstring'::pg_catalog.regtype::pg_catalog.oid]
   AND (n.nspname <> 'pg_catalog' OR d.description IS NULL OR d.description NOT LIKE 'implementation of %')
