-- The triggers of relation $1 that a person made.
SELECT t.tgname::pg_catalog.text                                          AS name,
       pg_catalog.pg_get_triggerdef(t.oid, true)                          AS definition,
       CASE t.tgenabled WHEN 'D' THEN 'disabled' WHEN 'R' THEN 'on replicas' WHEN 'A' THEN 'always' ELSE '' END AS note
  FROM pg_catalog.pg_trigger t
 WHERE t.tgrelid = $1::pg_catalog.oid AND NOT t.tgisinternal
 ORDER BY t.tgname
