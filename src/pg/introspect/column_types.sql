-- The types of the columns of relation $1.
-- The cast names the type without its modifier. Of a domain that is not enough: a cast to it cuts a
-- text to what its own type has, which is asked for where there is one. So is where the operators of an
-- extension's type are; those of arrays and of what people make of such types are pg_catalog's.
SELECT t.oid,
       pg_catalog.format('%s.%I', t.typnamespace::pg_catalog.regnamespace, t.typname) AS cast_name,
       t.typcategory::pg_catalog.text                                     AS category,
       t.typtype = 'd'
         OR t.typtype = 'b' AND t.typcategory <> 'A' AND t.typnamespace <> 11 AS asks_more,
       t.typlen < 0                                                       AS varlena
  FROM pg_catalog.pg_type t
 WHERE t.oid = ANY (ARRAY(SELECT a.atttypid FROM pg_catalog.pg_attribute a WHERE a.attrelid = $1::pg_catalog.oid))
