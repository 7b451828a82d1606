-- The types of the parameters of the statement that was prepared to be asked about.
SELECT p.kind::text
  FROM pg_catalog.pg_prepared_statements s,
       pg_catalog.unnest(s.parameter_types) WITH ORDINALITY AS p (kind, number)
 WHERE s.name = 'dbkeep_asked'
 ORDER BY p.number
