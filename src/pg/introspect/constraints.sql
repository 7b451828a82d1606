-- The constraints of relation $1, and the foreign keys of others that point at it.
-- A partition's copy of its parent's foreign key (conparentid) is left to the parent.
SELECT c.conname::pg_catalog.text                                         AS name,
       c.contype::pg_catalog.text                                         AS contype,
       c.confrelid = $1::pg_catalog.oid AND c.conrelid <> $1::pg_catalog.oid AS incoming,
       c.conrelid = $1::pg_catalog.oid AND c.confrelid = $1::pg_catalog.oid AS self,
       NOT c.conislocal OR c.conparentid <> 0                             AS of_parent,
       pg_catalog.pg_get_constraintdef(c.oid, true)                       AS definition,
       (SELECT pg_catalog.format('%I.%I', n.nspname, r.relname)
          FROM pg_catalog.pg_class r JOIN pg_catalog.pg_namespace n ON n.oid = r.relnamespace
         WHERE r.oid = c.conrelid)                                        AS owner
  FROM pg_catalog.pg_constraint c
 WHERE c.conrelid = $1::pg_catalog.oid AND c.contype IN ('p', 'u', 'x', 'f', 'c')
    OR c.confrelid = $1::pg_catalog.oid AND c.contype = 'f' AND c.conparentid = 0
 ORDER BY pg_catalog.array_position(ARRAY['p', 'u', 'x', 'f', 'c'], c.contype::pg_catalog.text), c.conname
