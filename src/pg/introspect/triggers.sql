-- The triggers of relation $1 that a person made, and its rules but that of a view.
SELECT t.tgname::pg_catalog.text                                          AS name,
       pg_catalog.pg_get_triggerdef(t.oid, true)                          AS definition,
       CASE t.tgenabled WHEN 'D' THEN 'disabled' WHEN 'R' THEN 'on replicas' WHEN 'A' THEN 'always' ELSE '' END AS note,
       -- What is said of it besides.
       CASE t.tgenabled WHEN 'D' THEN 'DISABLE TRIGGER ' WHEN 'R' THEN 'ENABLE REPLICA TRIGGER '
                        WHEN 'A' THEN 'ENABLE ALWAYS TRIGGER ' END
         || pg_catalog.quote_ident(t.tgname)                              AS state
  FROM pg_catalog.pg_trigger t
 WHERE t.tgrelid = $1::pg_catalog.oid AND NOT t.tgisinternal
 UNION ALL
SELECT r.rulename::pg_catalog.text,
       pg_catalog.rtrim(pg_catalog.pg_get_ruledef(r.oid, true), ';'),
       CASE r.ev_enabled WHEN 'D' THEN 'a rule, disabled' WHEN 'R' THEN 'a rule, on replicas'
                         WHEN 'A' THEN 'a rule, always' ELSE 'a rule' END,
       CASE r.ev_enabled WHEN 'D' THEN 'DISABLE RULE ' WHEN 'R' THEN 'ENABLE REPLICA RULE '
                         WHEN 'A' THEN 'ENABLE ALWAYS RULE ' END
         || pg_catalog.quote_ident(r.rulename)
  FROM pg_catalog.pg_rewrite r
 WHERE r.ev_class = $1::pg_catalog.oid AND r.rulename <> '_RETURN'
 ORDER BY 1
