-- The types of the parameters of the statement that was prepared to be asked about: as people call
-- them, and as a cast names them, without modifiers. A cast to a domain, or to what SQL calls
-- `character` or `bit`, would cut a value silently where a parameter is refused: of a domain it is the
-- type under it, of the others the name in the catalog.
WITH RECURSIVE bases AS
       (SELECT p.number, t.typname, t.typnamespace, t.typtype, t.typbasetype
          FROM pg_catalog.pg_prepared_statements s,
               pg_catalog.unnest(s.parameter_types) WITH ORDINALITY AS p (kind, number),
               pg_catalog.pg_type t
         WHERE s.name = 'dbkeep_asked' AND t.oid = p.kind
         UNION ALL
        SELECT b.number, t.typname, t.typnamespace, t.typtype, t.typbasetype
          FROM bases b
          JOIN pg_catalog.pg_type t ON t.oid = b.typbasetype
         WHERE b.typtype = 'd')
SELECT p.kind::pg_catalog.text                                            AS shown,
       pg_catalog.format('%s.%I', b.typnamespace::pg_catalog.regnamespace, b.typname) AS cast_name
  FROM pg_catalog.pg_prepared_statements s,
       pg_catalog.unnest(s.parameter_types) WITH ORDINALITY AS p (kind, number),
       bases b
 WHERE s.name = 'dbkeep_asked' AND b.number = p.number AND b.typtype <> 'd'
 ORDER BY p.number
