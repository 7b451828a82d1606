-- The types of a result's columns: $1 their numbers, $2 their modifiers, as a text of numbers parted
-- by commas.
SELECT w.oid                                                              AS oid,
       w.modifier                                                         AS modifier,
       pg_catalog.format_type(t.oid, w.modifier)                          AS type_name,
       pg_catalog.format('%I.%I', n.nspname, t.typname)                   AS cast_name,
       t.typcategory::pg_catalog.text                                     AS category,
       t.typlen = -1                                                      AS varlena
  FROM ROWS FROM (
         pg_catalog.unnest(pg_catalog.string_to_array($1::pg_catalog.text, ',')::pg_catalog.oid[]),
         pg_catalog.unnest(pg_catalog.string_to_array($2::pg_catalog.text, ',')::pg_catalog.int4[])) AS w(oid, modifier)
  JOIN pg_catalog.pg_type t ON t.oid = w.oid
  JOIN pg_catalog.pg_namespace n ON n.oid = t.typnamespace
