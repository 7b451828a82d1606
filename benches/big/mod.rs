//! The 5,000,000 rows that are measured.

/// A table of them, beside nothing else.
pub const BIG: &str = "
    CREATE TABLE big (id bigint PRIMARY KEY, name text, created timestamptz, payload jsonb, amount numeric);
    INSERT INTO big SELECT i, 'name ' || i, '2020-01-01'::timestamptz + (i || ' s')::interval,
        jsonb_build_object('k', i, 'tag', 't' || (i % 100)), (i % 100000) / 100.0
        FROM generate_series(1, 5000000) i";
