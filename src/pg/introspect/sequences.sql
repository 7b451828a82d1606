-- The sequence that relation $1 is (number 0), those of its identity columns, and those that its defaults
-- take values from (number -1), each with what differs from what CREATE SEQUENCE would choose by itself.
-- The type of an identity column's sequence is the column's, and must not be said again.
SELECT CASE WHEN d.refobjsubid IS NOT NULL THEN d.refobjsubid
            WHEN s.seqrelid = $1::pg_catalog.oid THEN 0 ELSE -1 END       AS number,
       (SELECT pg_catalog.format('%I.%I', n.nspname, c.relname)
          FROM pg_catalog.pg_class c
          JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
         WHERE c.oid = s.seqrelid)                                        AS name,
       -- The column with which it goes, where that is one of the relation's.
       (SELECT pg_catalog.quote_ident(a.attname)
          FROM pg_catalog.pg_depend o
          JOIN pg_catalog.pg_attribute a ON a.attrelid = o.refobjid AND a.attnum = o.refobjsubid
         WHERE o.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND o.objid = s.seqrelid
           AND o.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND o.refobjid = $1::pg_catalog.oid
           AND o.deptype = 'a')                                           AS owner,
       pg_catalog.concat_ws(' ',
           CASE WHEN d.refobjsubid IS NULL AND s.seqtypid <> 'pg_catalog.int8'::pg_catalog.regtype
                THEN 'AS ' || pg_catalog.format_type(s.seqtypid, NULL) END,
           CASE WHEN s.seqincrement <> 1 THEN 'INCREMENT BY ' || s.seqincrement END,
           CASE WHEN s.seqmin <> b.low THEN 'MINVALUE ' || s.seqmin END,
           CASE WHEN s.seqmax <> b.high THEN 'MAXVALUE ' || s.seqmax END,
           CASE WHEN s.seqstart <> CASE WHEN s.seqincrement > 0 THEN s.seqmin ELSE s.seqmax END
                THEN 'START WITH ' || s.seqstart END,
           CASE WHEN s.seqcache <> 1 THEN 'CACHE ' || s.seqcache END,
           CASE WHEN s.seqcycle THEN 'CYCLE' END)                         AS options
  FROM pg_catalog.pg_sequence s
  LEFT JOIN pg_catalog.pg_depend d
    ON d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.objid = s.seqrelid
   AND d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid = $1::pg_catalog.oid AND d.deptype = 'i'
 CROSS JOIN LATERAL
       (SELECT CASE s.seqtypid WHEN 'pg_catalog.int2'::pg_catalog.regtype THEN 32767
                               WHEN 'pg_catalog.int4'::pg_catalog.regtype THEN 2147483647
                               ELSE 9223372036854775807 END               AS most) t
 CROSS JOIN LATERAL
       (SELECT CASE WHEN s.seqincrement > 0 THEN 1 ELSE -t.most - 1 END   AS low,
               CASE WHEN s.seqincrement > 0 THEN t.most ELSE -1 END       AS high) b
 WHERE s.seqrelid = $1::pg_catalog.oid OR d.refobjid IS NOT NULL
    OR s.seqrelid IN (SELECT u.refobjid
                        FROM pg_catalog.pg_depend u
                        JOIN pg_catalog.pg_attrdef f ON f.oid = u.objid
                       WHERE u.classid = 'pg_catalog.pg_attrdef'::pg_catalog.regclass
                         AND u.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
                         AND f.adrelid = $1::pg_catalog.oid)
 ORDER BY name
