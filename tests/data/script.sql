-- A script in which statements are hard to tell apart; it holds no data for COPY and nothing that
-- must stand outside a transaction: the whole of it is one simple query, too.
;; /* nothing ; */ ;
CREATE TABLE notes (id int GENERATED ALWAYS AS IDENTITY, "a;b" text, cost$ numeric); -- ; it's a comment
/* one /* in; the */ other ' " $$ */ CREATE TABLE log (what text, n bigint DEFAULT 1) ;

INSERT INTO notes ("a;b", cost$) VALUES ('a;b', 1.), ('it''s; ', .5), (E'\';\\', 1e3), (E'\\', 0),
    (U&'\003b\0027', NULL), (N'\;', 2), ($$;'$$, 3), ($x$;$$;$y$;$x$, 4), ('go'
    -- it's; going
    ' on;', 5);INSERT INTO notes ("a;b") SELECT $é$;$é$||'-' --;
;
/* A dollar that quotes nothing: */ SELECT 1 AS a$b$, 2 AS c$b$;
COMMENT ON TABLE notes IS 'a; "b"';
COMMENT ON COLUMN notes."a;b" IS $comment$ $1; $other$ ; $comment $ $comment$;

CREATE RULE noted AS ON INSERT TO notes WHERE NEW.cost$ > (SELECT 3) DO ALSO (
    INSERT INTO log VALUES ('rule;', 7); -- ; )
    UPDATE log SET n = n + (1);
);
INSERT INTO notes ("a;b", cost$) VALUES ('ruled', 9);

CREATE FUNCTION quoted(begin int) RETURNS text LANGUAGE plpgsql AS $body$
BEGIN
    -- it's;
    INSERT INTO log VALUES ('quoted;', begin);
    IF begin > 0 THEN RETURN $$;$$ || ';'; END IF;
    RETURN $x$ END; $x$;
END;
$body$;
CREATE OR REPLACE FUNCTION plain(a int) RETURNS int LANGUAGE sql RETURN CASE WHEN a > 0 THEN 1 ELSE 0 END;
create or replace /* ; */ function atomic(a int, "begin atomic" text DEFAULT ';') returns bigint language sql
begin /* ; */ atomic;
    insert into log values ('atomic; end', case when a > 1 then case a when 2 then 3 else 4 end else (case when true then 5 end) end);
    select log.n as end from log where what = 'atomic; end';
end;
CREATE PROCEDURE empty() BEGIN ATOMIC END; CREATE PROCEDURE old(INOUT n int) LANGUAGE plpgsql AS 'BEGIN n := n + 1; END';
SELECT quoted(1), plain(2);SELECT atomic(2);CALL empty();
DO LANGUAGE plpgsql $$ DECLARE n int := 1; BEGIN CALL old(n); INSERT INTO log VALUES ('do;', n); END $$;
CREATE VIEW kept AS (SELECT (ARRAY[1,2,3])[1:2] AS some, 1 <@ANY(ARRAY[int4range(1,3)]) AS within, 5*-1 AS n, 7--/*;
/-2 AS m);
INSERT INTO log SELECT 'last;', count(*) FROM notes -- ended by nothing
