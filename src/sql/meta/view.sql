SELECT pg_catalog.concat('CREATE OR REPLACE VIEW ', c.oid::pg_catalog.regclass, E' AS\n',
                         pg_catalog.pg_get_viewdef(c.oid, true)) AS "definition"
  FROM pg_catalog.pg_class c
 WHERE c.oid = :name AND c.relkind = 'v'
