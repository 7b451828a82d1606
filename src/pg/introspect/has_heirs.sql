-- Whether any table inherits from relation $1.
SELECT EXISTS (SELECT FROM pg_catalog.pg_inherits i WHERE i.inhparent = $1::pg_catalog.oid) AS has_heirs
