-- What relation $1 is, for the head of its structure.
SELECT n.nspname::pg_catalog.text                                         AS schema,
       c.relname::pg_catalog.text                                         AS name,
       c.relkind::pg_catalog.text                                         AS relkind,
       pg_catalog.format('%I.%I', n.nspname, c.relname)                   AS qualified,
       pg_catalog.pg_get_userbyid(c.relowner)::pg_catalog.text            AS owner,
       pg_catalog.obj_description(c.oid, 'pg_class')                      AS comment,
       CASE WHEN c.relkind IN ('r', 'm', 'p', 'S') THEN pg_catalog.pg_table_size(c.oid) ELSE 0 END AS table_size,
       CASE WHEN c.relkind IN ('r', 'm', 'p') THEN pg_catalog.pg_indexes_size(c.oid) ELSE 0 END AS index_size,
       CASE WHEN c.relkind IN ('r', 'm', 'p', 'S') THEN pg_catalog.pg_total_relation_size(c.oid) ELSE 0 END AS total_size,
       CASE WHEN c.relkind IN ('v', 'm') THEN pg_catalog.pg_get_viewdef(c.oid, true) END AS query,
       CASE WHEN c.relkind = 'p' THEN 'PARTITION BY ' || pg_catalog.pg_get_partkeydef(c.oid) END AS partition_by,
       CASE WHEN c.relispartition THEN
           (SELECT 'PARTITION OF ' || pg_catalog.format('%I.%I', pn.nspname, p.relname) || ' '
                   || pg_catalog.pg_get_expr(c.relpartbound, c.oid)
              FROM pg_catalog.pg_inherits i
              JOIN pg_catalog.pg_class p ON p.oid = i.inhparent
              JOIN pg_catalog.pg_namespace pn ON pn.oid = p.relnamespace
             WHERE i.inhrelid = c.oid LIMIT 1) END                        AS partition_of,
       CASE WHEN NOT c.relispartition THEN
           (SELECT 'INHERITS (' || pg_catalog.string_agg(pg_catalog.format('%I.%I', pn.nspname, p.relname), ', '
                                                         ORDER BY i.inhseqno) || ')'
              FROM pg_catalog.pg_inherits i
              JOIN pg_catalog.pg_class p ON p.oid = i.inhparent
              JOIN pg_catalog.pg_namespace pn ON pn.oid = p.relnamespace
             WHERE i.inhrelid = c.oid) END                                AS inherits,
       (SELECT 'SERVER ' || pg_catalog.quote_ident(s.srvname)
               || COALESCE((SELECT ' OPTIONS (' || pg_catalog.string_agg(pg_catalog.format('%I %L', o.option_name,
                                                                         o.option_value), ', ') || ')'
                              FROM pg_catalog.pg_options_to_table(ft.ftoptions) o), '')
          FROM pg_catalog.pg_foreign_table ft
          JOIN pg_catalog.pg_foreign_server s ON s.oid = ft.ftserver
         WHERE ft.ftrelid = c.oid)                                        AS server,
       c.relrowsecurity                                                   AS row_security,
       c.relforcerowsecurity                                              AS force_row_security,
       c.relpersistence = 'u'                                             AS unlogged,
       (SELECT pg_catalog.string_agg(pg_catalog.format('%s%I=%L', o.prefix, o.option_name, o.option_value), ', ')
          FROM (SELECT '' AS prefix, own.* FROM pg_catalog.pg_options_to_table(c.reloptions) own
                 UNION ALL
                SELECT 'toast.', toast.*
                  FROM pg_catalog.pg_class t, pg_catalog.pg_options_to_table(t.reloptions) toast
                 WHERE t.oid = c.reltoastrelid) o)                        AS options
  FROM pg_catalog.pg_class c
  JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
 WHERE c.oid = $1::pg_catalog.oid
