-- Types, but not arrays and not the row types of relations; an enum, or a domain over one, with its
-- labels. Pseudotypes only where a function may be declared with them.
WITH RECURSIVE base AS
       (SELECT t.oid, t.oid AS enum, t.typtype, t.typbasetype
          FROM pg_catalog.pg_type t
         WHERE t.typtype IN ('d', 'e')
         UNION ALL
        SELECT b.oid, t.oid, t.typtype, t.typbasetype
          FROM base b
          JOIN pg_catalog.pg_type t ON t.oid = b.typbasetype
         WHERE b.typtype = 'd')
SELECT t.oid,
       n.nspname::pg_catalog.text                                         AS schema,
       t.typname::pg_catalog.text                                         AS name,
       pg_catalog.format_type(t.oid, NULL)                                AS title,
       (SELECT pg_catalog.array_agg(e.enumlabel::pg_catalog.text ORDER BY e.enumsortorder)
          FROM base b
          JOIN pg_catalog.pg_enum e ON e.enumtypid = b.enum
         WHERE b.oid = t.oid)                                             AS labels
  FROM pg_catalog.pg_type t
  JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
  LEFT JOIN pg_catalog.pg_class c ON c.oid = t.typrelid
 WHERE (n.nspname !~ '^pg_(toast|temp_)' OR n.oid = pg_catalog.pg_my_temp_schema())
   AND pg_catalog.has_schema_privilege(n.oid, 'USAGE')
   AND (t.typtype IN ('b', 'd', 'e', 'r', 'm') AND t.typcategory <> 'A'
        OR c.relkind = 'c'
        OR t.typtype = 'p' AND t.typname IN ('void', 'trigger', 'event_trigger', 'record', 'anyelement', 'anyarray'))
