//! Every kind of place, and the first that is offered there.

use super::{chosen, items, labels, shop};
use crate::sql::complete::{Used, complete};

/// Places, some to a subject; `|` is the cursor.
const PLACES: &[(&str, &[&str])] = &[
    (
        "statements",
        &[
            "|",
            "SELECT 1;\n|",
            "sel|",
            "SEL|",
            "i|",
            "EXPLAIN |",
            "EXPLAIN ANALYZE sel|",
            "WITH a AS (|",
            "WITH a AS (SELECT 1) |",
            "SELECT 1 UNION |",
            "(|",
        ],
    ),
    (
        "relations",
        &[
            "SELECT * FROM |",
            "SELECT * FROM ord|",
            "SELECT * FROM archive.|",
            "SELECT * FROM archive.o|",
            "SELECT * FROM old|",
            "SELECT * FROM orders o, |",
            "SELECT * FROM orders o JOIN |",
            "INSERT INTO |",
            "UPDATE |",
            "DELETE FROM |",
            "TABLE |",
            "WITH mine AS (SELECT 1) SELECT * FROM m|",
            "SELECT * FROM pg_|",
            "SELECT * FROM gen|",
            "SELECT * FROM \"Ol|",
            "SELECT * FROM orders WHERE id IN (SELECT id FROM |",
            "MERGE INTO orders USING |",
            "DELETE FROM orders USING |",
            "SELECT * FROM (|",
            "SELECT * FROM ar|",
        ],
    ),
    (
        "definitions",
        &[
            "DROP TABLE |",
            "DROP TABLE IF EXISTS |",
            "DROP VIEW |",
            "DROP SEQUENCE |",
            "REFRESH MATERIALIZED VIEW |",
            "TRUNCATE |",
            "CREATE INDEX ON |",
            "CREATE INDEX ON orders (|",
            "CREATE TABLE a (id |",
            "CREATE TABLE a (id int |",
            "CREATE TABLE a (|",
            "CREATE TABLE a (id int REFERENCES |",
            "CREATE TABLE a (id int REFERENCES customers (|",
            "CREATE TABLE a (b int, c int, PRIMARY KEY (|",
            "ALTER TABLE |",
            "ALTER TABLE orders |",
            "ALTER TABLE orders DROP COLUMN |",
            "ALTER TABLE orders ADD COLUMN x |",
            "ALTER TABLE orders ALTER COLUMN total |",
            "ALTER TABLE orders ALTER COLUMN total TYPE |",
            "COPY |",
            "COPY orders (|",
            "CALL |",
            "SET |",
            "SHOW w|",
            "SET search_path TO |",
            "CREATE VIEW v AS SELECT | FROM orders",
            "CREATE TABLE |",
            "ANALYZE |",
            "DROP FUNCTION |",
            "GRANT SELECT ON |",
            "COMMENT ON COLUMN orders.|",
        ],
    ),
    (
        "columns",
        &[
            "SELECT | FROM orders",
            "SELECT o.| FROM orders o",
            "SELECT o.st| FROM orders o",
            "SELECT * FROM orders WHERE |",
            "SELECT * FROM orders WHERE cu|",
            "SELECT orders.| FROM orders",
            "SELECT customers.|",
            "SELECT archive.orders.|",
            "SELECT | FROM orders o JOIN customers c ON true",
            "SELECT em| FROM orders o JOIN customers c ON true",
            "SELECT id, | FROM customers",
            "SELECT * FROM customers ORDER BY |",
            "SELECT total * 2 AS twice, id FROM orders ORDER BY t|",
            "SELECT total * 2 AS twice FROM orders GROUP BY tw|",
            "SELECT count(| FROM orders",
            "SELECT lower(em|) FROM customers",
            "SELECT * FROM orders WHERE id = 1 AND |",
            "UPDATE customers SET |",
            "UPDATE customers SET name = 'x', |",
            "UPDATE customers SET name = |",
            "INSERT INTO customers (|",
            "INSERT INTO customers (id, |",
            "INSERT INTO customers (id, |, email) VALUES (1)",
            "INSERT INTO customers (id) VALUES (1) RETURNING |",
            "INSERT INTO customers (id) VALUES (1) ON CONFLICT (|",
            "INSERT INTO customers (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET |",
            "INSERT INTO customers (id) VALUES (1) ON CONFLICT (id) DO UPDATE SET name = excluded.|",
            "DELETE FROM customers WHERE |",
            "SELECT * FROM customers WHERE bo|",
            "SELECT * FROM orders WHERE ord|",
            "SELECT sum(total) OVER (PARTITION BY cust| FROM orders",
            "SELECT * FROM orders o JOIN items i USING (|",
            "SELECT * FROM items JOIN notes USING (line, |",
            "MERGE INTO orders o USING customers c ON o.id = c.id WHEN MATCHED THEN UPDATE SET |",
            "INSERT INTO customers (id) SELECT | FROM employees",
        ],
    ),
    (
        "queries in queries",
        &[
            "WITH a AS (SELECT id, total AS sum FROM orders) SELECT | FROM a",
            "WITH a (x, y) AS (SELECT 1, 2) SELECT a.| FROM a",
            "WITH a AS (SELECT * FROM customers), b AS (SELECT | FROM a) SELECT 1",
            "SELECT s.| FROM (SELECT id, lower(name), now()::date AS today FROM customers) s",
            "SELECT s.| FROM (SELECT c.*, o.total FROM customers c, orders o) s",
            "SELECT * FROM customers c WHERE EXISTS (SELECT 1 FROM orders o WHERE c.|",
            "SELECT * FROM customers c WHERE EXISTS (SELECT 1 FROM orders o WHERE |",
            "SELECT * FROM customers c, (SELECT | FROM orders) o",
            "SELECT * FROM customers c, LATERAL (SELECT | FROM orders) o",
            "SELECT v.| FROM (VALUES (1, 2)) v (a, b)",
            "SELECT v.| FROM (VALUES (1, 2)) v",
            "SELECT x.| FROM open_orders(1) x",
            "SELECT | FROM generate_series(1, 2) AS n",
            "WITH RECURSIVE t (n) AS (SELECT 1 UNION ALL SELECT | FROM t) SELECT 1",
            "SELECT id FROM orders UNION SELECT | FROM customers",
            "SELECT a.| FROM (customers a JOIN orders b ON true)",
            "WITH a AS (DELETE FROM items RETURNING line, quantity) SELECT | FROM a",
        ],
    ),
    (
        "joins",
        &[
            "SELECT * FROM orders o JOIN customers c ON |",
            "SELECT * FROM customers c JOIN orders o ON |",
            "SELECT * FROM items JOIN notes ON |",
            "SELECT * FROM employees e JOIN employees m ON |",
            "SELECT * FROM orders o JOIN customers c ON c.|",
            "SELECT * FROM orders o JOIN customers c ON o|",
            "SELECT * FROM orders o JOIN customers c ON | JOIN items i ON true",
            "SELECT * FROM orders o LEFT |",
            "SELECT * FROM orders o JOIN customers c |",
        ],
    ),
    (
        "what follows",
        &[
            "SELECT id |",
            "SELECT * | FROM orders",
            "SELECT * fr|",
            "SELECT * FROM orders |",
            "SELECT * FROM orders o w|",
            "SELECT * FROM orders WHERE id |",
            "SELECT * FROM orders WHERE id IS |",
            "SELECT * FROM orders ORDER |",
            "SELECT * FROM orders ORDER BY id |",
            "SELECT * FROM orders ORDER BY id LIMIT 3 |",
            "SELECT CASE WHEN id = 1 |",
            "INSERT |",
            "INSERT INTO customers |",
            "INSERT INTO customers (id) |",
            "INSERT INTO customers (id) VALUES (1) |",
            "UPDATE orders |",
            "UPDATE orders SET id = 1 |",
            "DELETE FROM orders |",
            "SELECT id AS |",
            "SELECT * FROM orders AS |",
            "WITH |",
            "WITH a |",
            "DELETE |",
            "SELECT count(*) FILTER (|",
            "SELECT sum(id) OVER (|",
        ],
    ),
    (
        "labels",
        &[
            "SELECT * FROM orders WHERE status = |",
            "SELECT * FROM orders o WHERE o.status <> |",
            "SELECT * FROM orders WHERE status IN (|",
            "SELECT * FROM orders WHERE status NOT IN ('new', p|",
            "UPDATE orders SET status = |",
            "INSERT INTO orders (id, status) VALUES (1, |",
            "INSERT INTO orders VALUES (1, 2, |",
            "SELECT * FROM orders WHERE status IS DISTINCT FROM |",
            "SELECT * FROM orders WHERE total = |",
        ],
    ),
    (
        "types and functions",
        &[
            "SELECT id::|",
            "SELECT id::te| FROM orders",
            "SELECT CAST(id AS |",
            "SELECT id::archive.|",
            "SELECT lo|",
            "SELECT lo|(name)",
            "SELECT now|",
            "SELECT tot|",
            "SELECT archive.|",
            "SELECT rest|",
            "SELECT coa|",
            "CREATE FUNCTION f(a |",
            "CREATE FUNCTION f() RETURNS |",
            "SELECT pg_s|",
        ],
    ),
    (
        "more",
        &[
            r"DELETE FROM orders o USING customers c WHERE c.|",
            r"UPDATE orders o SET total = 1 FROM customers c WHERE n|",
            r"SELECT (SELECT | FROM customers) FROM orders",
            r"SELECT id FROM orders WHERE id = ANY(|",
            r"with x as (select 1 as one) select x.| from x",
            r"CREATE TABLE x AS SELECT | FROM orders",
            r"ALTER TABLE items ADD CONSTRAINT fk FOREIGN KEY (|",
            r"ALTER TABLE items ADD CONSTRAINT fk FOREIGN KEY (order_id) REFERENCES orders (|",
            r"MERGE INTO orders o USING customers c ON |",
            r"SELECT * FROM orders NATURAL JOIN |",
            r"SELECT count(*) FROM orders GROUP BY |",
            r"VALUES (|",
            r"SELECT 1 FROM orders WINDOW w AS (|",
            r"SELECT sum(total) OVER (PARTITION BY id ORDER BY | ) FROM orders",
            r"COPY (SELECT | FROM orders) TO STDOUT",
            r"DECLARE c CURSOR FOR SELECT | FROM orders",
            r"CREATE INDEX i ON orders USING btree (|",
            r"CREATE TRIGGER t BEFORE INSERT ON |",
            r"CREATE POLICY p ON orders USING (|",
            r"DROP TABLE orders, |",
            r"COMMENT ON TABLE |",
            r"EXPLAIN SELECT | FROM orders",
            r"SELECT ARRAY[|] FROM orders",
            r"SELECT * FROM orders WHERE id = (|",
            r"SELECT * FROM ONLY |",
            r"SELECT DISTINCT | FROM orders",
            r"SELECT DISTINCT ON (|) * FROM orders",
            r"SELECT id FROM orders ORDER BY id DESC, |",
            r"SELECT * FROM orders WHERE id = 1 |",
            r"SELECT extract(year FROM |) FROM sales",
            r"SELECT * FROM orders JOIN customers ON true WHERE customers.|",
            r"SELECT * FROM archive.orders a WHERE a.|",
            r"SELECT * FROM archive.orders WHERE |",
            r"SELECT id, count(*) AS n FROM orders GROUP BY id HAVING |",
            r"SELECT * FROM orders WHERE id NOT |",
            r"INSERT INTO orders (status) SELECT | FROM customers",
            r"SELECT * FROM orders FOR |",
            r"SELECT string_agg(name, ',' ORDER BY |) FROM customers",
            r"SELECT o.*, | FROM orders o",
            r"SELECT * FROM orders o, LATERAL (SELECT * FROM items i WHERE i.order_id = o.|) x",
            r"SELECT * FROM orders LIMIT |",
            r"SELECT CASE WHEN status = |",
            r" SELECT CASE status WHEN | FROM orders",
            r"INSERT INTO customers (id) VALUES (|",
            r"BEGIN |",
            r"SELECT * FROM orders WHERE ((id = 1) AND (|",
        ],
    ),
    (
        "nothing",
        &[
            "SELECT 'a|",
            "SELECT 'a|'",
            "SELECT 'it'|'s'",
            "SELECT 1|",
            "SELECT 1.5|",
            "SELECT 12a|",
            "-- sel|",
            "SELECT 1 -- sel|\n",
            "/* sel| */",
            "$$ sel| $$",
            "$a$ sel|",
            "SELECT $1|",
            "SELECT $a|",
            "SELECT :na|",
            "\\d ord|",
            "COPY orders FROM STDIN;\n1\tx|\n\\.\n",
            "SELECT \"id\"|",
            "SELECT (a).|",
            "SELECT E'\\' |'",
        ],
    ),
    (
        "unfinished texts",
        &[
            "SELECT | FROM orders\n\nSELECT * FROM customers",
            "SELECT * FROM orders\n\nSELECT | FROM customers",
            "SELECT * FROM |\nSELECT 1",
            "SELECT * FROM orders WHERE (|\n\nSELECT 2 FROM customers",
            "INSERT INTO customers (id)\n\nSELECT | FROM employees",
            "SELECT a FROM (SELECT FROM | WHERE",
            "SELECT ) , FROM orders WHERE |",
            "SELECT \"Or| FROM orders",
            "SELECT \"na|\" FROM customers",
            "SELECT na|me FROM customers",
            "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT | FROM customers; END",
            "SELECT * FROM orders o WHERE o.|\nORDER BY 1",
        ],
    ),
];

#[test]
fn each_place_offers_what_can_stand_there() {
    let mut told = String::new();
    for (subject, places) in PLACES {
        told.push_str(&format!("## {subject}\n"));
        for place in *places {
            let shown = place.replace('\n', "⏎");
            told.push_str(&format!("{shown}\n    {}\n", labels(place, 8)));
        }
    }
    insta::assert_snapshot!(told);
}

#[test]
fn what_is_chosen_is_written_as_sql_needs_it() {
    for (marked, wanted) in [
        ("sel|", "select"),
        ("SELECT * FROM old|", "SELECT * FROM archive.\"Old Bills\""),
        (
            "SELECT * FROM archive.old|",
            "SELECT * FROM archive.\"Old Bills\"",
        ),
        ("SELECT * FROM \"cu|", "SELECT * FROM customers"),
        (
            "SELECT \"bo|\" FROM customers",
            "SELECT \"Born\" FROM customers",
        ),
        (
            "SELECT bo| FROM customers",
            "SELECT \"Born\" FROM customers",
        ),
        (
            "SELECT o.ord| FROM orders o",
            "SELECT o.\"order\" FROM orders o",
        ),
        (
            "SELECT cust|omer FROM orders",
            "SELECT customer_id FROM orders",
        ),
        ("SELECT low|", "SELECT lower("),
        ("SELECT low|(name)", "SELECT lower(name)"),
        ("SELECT now|", "SELECT now()"),
        ("SELECT count|", "SELECT count("),
        ("SELECT restor|", "SELECT archive.restore("),
        ("SELECT archive.re|", "SELECT archive.restore("),
        (
            "SELECT 1 FROM orders WHERE status = it|",
            "SELECT 1 FROM orders WHERE status = 'it''s gone'",
        ),
        (
            "WITH orders AS (SELECT 1) SELECT * FROM public.ord|",
            "WITH orders AS (SELECT 1) SELECT * FROM public.orders",
        ),
        ("SELECT 1::stat|", "SELECT 1::status"),
        ("SELECT 1::state|", "SELECT 1::archive.state"),
        (
            "SELECT 1 FROM orders \"Mine\" JOIN customers ON |",
            "SELECT 1 FROM orders \"Mine\" JOIN customers ON \"Mine\".customer_id = customers.id",
        ),
    ] {
        assert_eq!(chosen(marked), wanted, "{marked}");
    }
}

#[test]
fn items_say_what_they_are() {
    let note = |marked: &str| items(marked).first().map(|item| item.note.clone());
    for (marked, wanted) in [
        ("SELECT tota| FROM orders", "numeric(10,2)"),
        ("SELECT * FROM cust|", "table"),
        ("SELECT * FROM sal|", "materialized view"),
        ("SELECT low|", "(text) text"),
        ("SELECT count|", "() bigint, 1 more"),
        ("CALL clo|", "(year integer)"),
        ("SELECT 1 FROM orders WHERE status = n|", "status"),
        (
            "SELECT x.to| FROM (SELECT o.total FROM orders o) x",
            "numeric(10,2)",
        ),
    ] {
        assert_eq!(note(marked).as_deref(), Some(wanted), "{marked}");
    }
}

#[test]
fn key_words_follow_the_case_of_the_others() {
    assert_eq!(labels("select 1 fr|", 1), "from");
    assert_eq!(labels("select 1 FR|", 1), "from");
    assert_eq!(labels("SELECT 1 fr|", 1), "FROM");
}

#[test]
fn what_was_used_comes_before_what_was_not() {
    let mut used = Used::new();
    let first = |used: &Used| {
        let sql = "SELECT * FROM ";
        let found = complete(sql, sql.len(), &shop(), used);
        found.items[0].label.clone()
    };
    assert_eq!(first(&used), "customers");
    used.learn("SELECT * FROM products JOIN items ON true");
    used.learn("SELECT \"Born\" FROM public.products");
    assert_eq!(first(&used), "products");
    assert_eq!(
        (
            used.count("products"),
            used.count("items"),
            used.count("Born")
        ),
        (2, 1, 1)
    );
    for number in 0..6_000 {
        used.learn(&format!("once_{number}"));
    }
    assert!(used.count("products") > 0 && used.count("once_0") == 0);
}

#[test]
fn a_named_query_hides_the_relation_of_its_name() {
    let found = labels("WITH orders AS (SELECT 1) SELECT * FROM orde|", 9);
    assert_eq!(
        found,
        "orders, order_totals, archive.orders, public.orders, orders_id_seq, open_orders"
    );
}

#[test]
fn another_search_path_names_other_relations() {
    let mut names = shop();
    names.set_search_path(vec!["archive".into(), "public".into()]);
    let sql = "SELECT * FROM ord";
    let found = complete(sql, sql.len(), &names, &Used::new());
    let texts: Vec<&str> = found.items.iter().map(|item| item.text.as_str()).collect();
    assert_eq!(texts[..2], ["orders", "order_totals"]);
    assert!(texts.contains(&"public.orders"), "{texts:?}");
}
