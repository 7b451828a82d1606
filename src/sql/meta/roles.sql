SELECT c.rolname AS "role", c.rolsuper AS "superuser", c.rolcreatedb AS "creates databases",
       c.rolcreaterole AS "creates roles", c.rolcanlogin AS "can log in", c.rolreplication AS "replication",
       ARRAY(SELECT g.rolname FROM pg_catalog.pg_auth_members m JOIN pg_catalog.pg_roles g ON g.oid = m.roleid
              WHERE m.member = c.oid ORDER BY 1) AS "member of"
  FROM pg_catalog.pg_roles c
 WHERE :matches
 ORDER BY 1
