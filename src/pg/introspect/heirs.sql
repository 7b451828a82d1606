-- Whether any table inherits from relation $1, or is a partition of it.
SELECT true AS found FROM pg_catalog.pg_inherits i WHERE i.inhparent = $1::oid LIMIT 1
