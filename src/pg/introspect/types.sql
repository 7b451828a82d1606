-- Enums with their labels and domains with their type; $1: those of the system too.
SELECT t.oid,
       n.nspname::pg_catalog.text                                         AS schema,
       t.typname::pg_catalog.text                                         AS name,
       t.typtype = 'e'                                                    AS is_enum,
       CASE t.typtype
           WHEN 'e' THEN (SELECT pg_catalog.string_agg(e.enumlabel, ', ' ORDER BY e.enumsortorder)
                            FROM pg_catalog.pg_enum e WHERE e.enumtypid = t.oid)
           ELSE pg_catalog.format_type(t.typbasetype, t.typtypmod)
       END                                                                AS detail
  FROM pg_catalog.pg_type t
  JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
 WHERE t.typtype IN ('e', 'd')
   AND ($1::pg_catalog.bool OR n.nspname !~ '^pg_' AND n.nspname <> 'information_schema')
