-- The type of each column of relation $1, or the one under its domain, as a cast names it; and the schema
-- of what sorts and compares it, where that is not pg_catalog.
WITH RECURSIVE bases AS
       (SELECT a.attnum, t.oid, t.typname, t.typnamespace, t.typtype, t.typbasetype
          FROM pg_catalog.pg_attribute a
          JOIN pg_catalog.pg_type t ON t.oid = a.atttypid
         WHERE a.attrelid = $1::pg_catalog.oid AND a.attnum > 0 AND NOT a.attisdropped
         UNION ALL
        SELECT b.attnum, t.oid, t.typname, t.typnamespace, t.typtype, t.typbasetype
          FROM bases b
          JOIN pg_catalog.pg_type t ON t.oid = b.typbasetype
         WHERE b.typtype = 'd')
SELECT attnum                                                             AS number,
       pg_catalog.format('%s.%I', typnamespace::pg_catalog.regnamespace, typname) AS cast_name,
       -- ORDER BY takes the default btree operator class of the type (always number 403).
       (SELECT n.nspname
          FROM pg_catalog.pg_opclass c
          JOIN pg_catalog.pg_amop p ON p.amopfamily = c.opcfamily AND p.amopstrategy = 5
                                   AND p.amoplefttype = c.opcintype AND p.amoprighttype = c.opcintype
          JOIN pg_catalog.pg_operator o ON o.oid = p.amopopr
          JOIN pg_catalog.pg_namespace n ON n.oid = o.oprnamespace
         WHERE c.opcmethod = 403 AND c.opcdefault AND c.opcintype = bases.oid
           AND n.nspname <> 'pg_catalog')                                 AS operators
  FROM bases
 WHERE typtype <> 'd'
