//! The 5,000,000 rows and the 1,000 tables that are measured.

/// A table of them, beside nothing else.
pub const BIG: &str = "
    CREATE TABLE big (id bigint PRIMARY KEY, name text, created timestamptz, payload jsonb, amount numeric);
    INSERT INTO big SELECT i, 'name ' || i, '2020-01-01'::timestamptz + (i || ' s')::interval,
        jsonb_build_object('k', i, 'tag', 't' || (i % 100)), (i % 100000) / 100.0
        FROM generate_series(1, 5000000) i";

/// The tables, of a dozen columns each.
pub const MANY: &str = "
    DO $$ BEGIN FOR i IN 1..1000 LOOP
        EXECUTE format('CREATE TABLE t%s (id bigint PRIMARY KEY, c2 text, c3 int, c4 timestamptz, c5 jsonb, c6 numeric,
            c7 bool, c8 uuid, c9 date, c10 text[], c11 bytea, c12 float8)', lpad(i::text, 4, '0'));
    END LOOP; END $$";
