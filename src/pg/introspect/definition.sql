-- The statement that makes the enum, domain or function of number $1, which $2 says it is.
SELECT CASE $2::pg_catalog.text
       WHEN 'function' THEN
           (SELECT CASE WHEN p.prokind = 'a'
                   THEN pg_catalog.format('-- an aggregate: %s', p.oid::pg_catalog.regprocedure)
                   ELSE pg_catalog.rtrim(pg_catalog.pg_get_functiondef(p.oid), E'\n') || ';' END
              FROM pg_catalog.pg_proc p WHERE p.oid = $1::pg_catalog.oid)
       WHEN 'enum' THEN
           (SELECT pg_catalog.format(E'CREATE TYPE %s AS ENUM (\n    %s\n);', $1::pg_catalog.oid::pg_catalog.regtype,
                       pg_catalog.string_agg(pg_catalog.quote_literal(e.enumlabel), E',\n    ' ORDER BY e.enumsortorder))
              FROM pg_catalog.pg_enum e WHERE e.enumtypid = $1::pg_catalog.oid)
       ELSE
           (SELECT pg_catalog.format('CREATE DOMAIN %s AS %s', t.oid::pg_catalog.regtype,
                       pg_catalog.format_type(t.typbasetype, t.typtypmod))
                   || coalesce(' DEFAULT ' || t.typdefault, '')
                   || CASE WHEN t.typnotnull THEN ' NOT NULL' ELSE '' END
                   || coalesce((SELECT pg_catalog.string_agg(pg_catalog.format(E'\n    CONSTRAINT %I %s', c.conname,
                                           pg_catalog.pg_get_constraintdef(c.oid)), '' ORDER BY c.conname)
                                  FROM pg_catalog.pg_constraint c
                                 WHERE c.contypid = t.oid AND c.contype = 'c'), '') || ';'
              FROM pg_catalog.pg_type t WHERE t.oid = $1::pg_catalog.oid)
       END                                                                AS definition
