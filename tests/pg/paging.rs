//! Pages concatenated are the table, both ways, whatever the keys.

use dbkeep::data::filter::{Condition, Operator};
use dbkeep::data::relation::{Page, Paging, Relation, Seek};
use dbkeep::data::{Direction, Filter, Nulls, OrderKey, order};
use dbkeep::pg::browse::{self, Cursor};
use dbkeep::pg::{Link, apply, statement};
use dbkeep::sql::keyset::order_by;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use crate::support::Database;

pub type Values = Vec<Vec<Option<String>>>;

pub fn values(page: &Page) -> Values {
    let columns: Vec<usize> = (0..page.rows.width()).collect();
    (0..page.rows.len())
        .map(|row| page.rows.values(row, &columns))
        .collect()
}

/// The whole relation, page by page, from one end to the other.
pub async fn walked(link: &Link, relation: &Relation, limit: usize, backward: bool) -> Values {
    let mut all = Values::new();
    let mut seek = if backward { Seek::Last } else { Seek::First };
    loop {
        let page = browse::page(link, relation, &seek, limit).await.unwrap();
        let rows = values(&page);
        assert!(rows.len() <= limit);
        assert!(
            !page.more || !rows.is_empty(),
            "more is promised after an empty page"
        );
        let edge = if backward {
            0
        } else {
            rows.len().saturating_sub(1)
        };
        let mark = page.rows.values(edge, &relation.bookmark_cells());
        if backward {
            all.splice(0..0, rows);
        } else {
            all.extend(rows);
        }
        if !page.more {
            return all;
        }
        seek = if backward {
            Seek::Before(mark)
        } else {
            Seek::After(mark)
        };
    }
}

/// Both ways the pages of a relation are what `sql` gives.
async fn is_walked_as(link: &Link, relation: &Relation, limit: usize, sql: &str) {
    let rows = statement::run(link, sql).await.unwrap().rows;
    let all: Vec<usize> = (0..rows.width()).collect();
    let wanted: Values = (0..rows.len()).map(|row| rows.values(row, &all)).collect();
    for backward in [false, true] {
        let found = walked(link, relation, limit, backward).await;
        assert_eq!(found, wanted, "{sql}, backward: {backward}");
    }
}

#[derive(Debug, Clone)]
struct Case {
    rows: Vec<(Option<i32>, Option<String>)>,
    keys: Vec<(usize, Direction, Nulls)>,
    limit: usize,
}

fn case() -> impl Strategy<Value = Case> {
    let row = (
        proptest::option::weighted(0.7, 0..4i32),
        proptest::option::weighted(0.7, "[a-c ]{0,2}"),
    );
    let direction = prop_oneof![Just(Direction::Ascending), Just(Direction::Descending)];
    let nulls = prop_oneof![Just(Nulls::First), Just(Nulls::Last)];
    (
        proptest::collection::vec(row, 0..30),
        proptest::collection::vec((0..2usize, direction.clone(), nulls), 0..3),
        direction,
        1..8usize,
    )
        .prop_map(|(rows, mut keys, last, limit)| {
            keys.dedup_by_key(|key| key.0);
            if let [first, .., end] = keys.as_slice()
                && first.0 == end.0
            {
                keys.pop();
            }
            keys.push((2, last, Nulls::Last));
            Case { rows, keys, limit }
        })
}

#[test]
fn pages_by_any_key_concatenate_to_the_table_both_ways() {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let database = runtime.block_on(Database::with(
        "CREATE TABLE paged (a int, b text COLLATE \"C\", id int PRIMARY KEY)",
    ));
    let link = runtime.block_on(database.link());
    let plain = runtime.block_on(database.relation("paged"));
    let mut runner = TestRunner::new(Config {
        cases: 96,
        ..Config::default()
    });
    runner
        .run(&case(), |case| {
            runtime.block_on(check(&link, &plain, &case));
            Ok(())
        })
        .unwrap();
}

async fn check(link: &Link, plain: &Relation, case: &Case) {
    let quoted = |text: &Option<String>| {
        text.as_ref()
            .map_or("NULL".into(), |text| format!("'{text}'"))
    };
    let rows = case.rows.iter().enumerate().map(|(id, (a, b))| {
        format!(
            "({}, {}, {id})",
            a.map_or("NULL".into(), |a| a.to_string()),
            quoted(b)
        )
    });
    let rows: Vec<String> = rows.collect();
    let mut sql = "TRUNCATE paged".to_owned();
    if !rows.is_empty() {
        sql.push_str(&format!("; INSERT INTO paged VALUES {}", rows.join(", ")));
    }
    statement::run(link, &sql).await.unwrap();
    let keys: Vec<OrderKey> = case
        .keys
        .iter()
        .map(|(at, direction, nulls)| OrderKey {
            column: plain.columns[*at].name.clone(),
            cast: plain.columns[*at].cast.clone(),
            operators: plain.columns[*at].operators.clone(),
            direction: *direction,
            nulls: *nulls,
            nullable: *at < 2,
        })
        .collect();
    let order = order_by(&keys);
    let relation = Relation {
        paging: Paging::Keyset(keys),
        ..plain.clone()
    };
    let whole = statement::run(
        link,
        &format!("SELECT a, b, id FROM paged r ORDER BY {order}"),
    )
    .await
    .unwrap();
    let whole: Values = (0..whole.rows.len())
        .map(|row| whole.rows.values(row, &[0, 1, 2]))
        .collect();
    assert_eq!(
        walked(link, &relation, case.limit, false).await,
        whole,
        "down by {order}"
    );
    assert_eq!(
        walked(link, &relation, case.limit, true).await,
        whole,
        "up by {order}"
    );
    for (at, row) in whole.iter().enumerate() {
        let mark: Vec<Option<String>> = relation
            .bookmark_cells()
            .iter()
            .map(|&cell| row[cell].clone())
            .collect();
        let page = browse::page(link, &relation, &Seek::From(mark), 3)
            .await
            .unwrap();
        assert_eq!(
            values(&page),
            whole[at..whole.len().min(at + 3)],
            "from {row:?} by {order}"
        );
        let page = browse::page(link, &relation, &Seek::Row(at as u64), 1)
            .await
            .unwrap();
        assert_eq!(values(&page), whole[at..=at], "row {at} by {order}");
    }
}

/// Rows of very different width, and holes where thousands were deleted.
#[tokio::test]
async fn a_heap_without_a_key_is_walked_by_place() {
    let database = Database::with(
        "CREATE TABLE heap AS SELECT g AS n, repeat('x', (g * 37) % 900) AS pad FROM generate_series(1, 30000) g;
         DELETE FROM heap WHERE n BETWEEN 2000 AND 27000; DELETE FROM heap WHERE n % 7 = 0",
    )
    .await;
    let relation = database.relation("heap").await;
    assert_eq!(relation.paging, Paging::Ctid);
    let link = database.link().await;
    let whole = statement::run(&link, "SELECT n, pad, ctid FROM heap ORDER BY heap.ctid")
        .await
        .unwrap();
    let whole: Values = (0..whole.rows.len())
        .map(|row| whole.rows.values(row, &[0, 1, 2]))
        .collect();
    let down = walked(&link, &relation, 97, false).await;
    let up = walked(&link, &relation, 97, true).await;
    assert_eq!((down.len(), up.len()), (whole.len(), whole.len()));
    assert!(down == whole && up == whole);
    let page = browse::page(&link, &relation, &Seek::Row(1234), 5)
        .await
        .unwrap();
    assert_eq!(values(&page), whole[1234..1239]);
    let mark = vec![whole[1234][2].clone()];
    let page = browse::page(&link, &relation, &Seek::From(mark), 5)
        .await
        .unwrap();
    assert_eq!(
        values(&page),
        whole[1234..1239],
        "from a row, itself included"
    );
    let page = browse::page(&link, &relation, &Seek::Row(1 << 40), 5)
        .await
        .unwrap();
    assert!(page.rows.is_empty());
}

/// The outputs of a page's statement have names as well, and `ORDER BY` prefers those.
#[tokio::test]
async fn a_key_named_like_an_output_is_still_the_key() {
    let database = Database::with(
        "CREATE TABLE tricky (\"case\" int, \"left\" int, \"length\" text, PRIMARY KEY (\"case\", \"left\"));
         INSERT INTO tricky SELECT g, -g, 'x' FROM generate_series(1, 120) g",
    )
    .await;
    let relation = database.relation("tricky").await;
    let rows = walked(&database.link().await, &relation, 7, false).await;
    let first: Vec<i32> = rows
        .iter()
        .map(|row| row[0].as_deref().unwrap().parse().unwrap())
        .collect();
    assert_eq!(first, (1..=120).collect::<Vec<_>>());
}

/// Where the search path does not have an extension's operators, the signs alone mean others.
#[tokio::test]
async fn keys_of_an_extension_are_walked_by_its_own_order() {
    let database = Database::with(
        "CREATE SCHEMA ext; CREATE EXTENSION citext SCHEMA ext;
         CREATE DOMAIN email AS ext.citext;
         CREATE TABLE login (name ext.citext PRIMARY KEY, email email NOT NULL);
         INSERT INTO login SELECT (CASE WHEN i % 2 = 0 THEN 'x' ELSE 'X' END) || i, 'E' || i % 7
           FROM generate_series(100, 400) i",
    )
    .await;
    let (link, relation) = (database.link().await, database.relation("login").await);
    assert_eq!(relation.columns[0].operators.as_deref(), Some("ext"));
    assert_eq!(relation.columns[1].operators.as_deref(), Some("ext"));
    let by_email = ["email", "name"].map(|name| {
        let column = &relation.columns[relation.column(name).unwrap()];
        order::sorted_by(&[], column, false).remove(0)
    });
    for (keys, order) in [(Vec::new(), "name"), (by_email.to_vec(), "email, name")] {
        let relation = relation.shown(&keys, &Filter::default());
        let sql = format!("SELECT name, email FROM login ORDER BY {order}");
        is_walked_as(&link, &relation, 20, &sql).await;
    }
    for (operator, typed, count) in [
        (Operator::Equal, "X100", 1),
        (Operator::AtLeast, "X390", 11),
        (Operator::Between, "X390..X392", 3),
        (Operator::In, "X100, x101", 2),
        (Operator::NotIn, "X100, x101", 299),
    ] {
        let condition = Condition::read("name", operator, typed).unwrap();
        let filter = Filter {
            conditions: vec![condition],
            free: None,
        };
        let shown = relation.shown(&[], &filter);
        assert_eq!(
            walked(&link, &shown, 20, false).await.len(),
            count,
            "{typed}"
        );
    }
    let id = vec![Some("X100".to_owned())];
    let row = apply::current(&link, &relation, &id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(row[0].as_deref(), Some("x100"));
}

/// A row of NULLs is no NULL to `ORDER BY`.
#[tokio::test]
async fn rows_sorted_by_a_composite_are_walked_once() {
    let database = Database::with(
        "CREATE TYPE pair AS (a int, b int);
         CREATE TABLE paired (id int PRIMARY KEY, pair pair);
         INSERT INTO paired SELECT i, CASE i % 4 WHEN 0 THEN NULL WHEN 1 THEN ROW(NULL, NULL)::pair
                                      WHEN 2 THEN ROW(1, NULL)::pair ELSE ROW(i, i)::pair END
           FROM generate_series(1, 40) i",
    )
    .await;
    let (link, relation) = (database.link().await, database.relation("paired").await);
    let up = order::sorted_by(&[], &relation.columns[1], false);
    let down = order::sorted_by(&up, &relation.columns[1], false);
    for (keys, order) in [(up, "pair, id"), (down, "pair DESC, id")] {
        let relation = relation.shown(&keys, &Filter::default());
        let sql = format!("SELECT id, pair FROM paired ORDER BY {order}");
        is_walked_as(&link, &relation, 3, &sql).await;
    }
}

#[tokio::test]
async fn a_view_is_walked_by_a_cursor_at_one_moment() {
    let database = Database::with(
        "CREATE TABLE base (n int); INSERT INTO base SELECT generate_series(0, 999);
         CREATE VIEW seen AS SELECT n, n * 2 AS twice FROM base",
    )
    .await;
    let relation = database.relation("seen").await;
    assert_eq!(relation.paging, Paging::Cursor);
    let cursor = Cursor::open(database.link().await, &relation)
        .await
        .unwrap();
    let numbers = |page: &Page| -> Vec<i64> {
        values(page)
            .iter()
            .map(|row| row[0].as_deref().unwrap().parse().unwrap())
            .collect()
    };
    let first = cursor.page(&Seek::First, 100).await.unwrap();
    database.run("DELETE FROM base WHERE n > 500").await;
    assert_eq!(numbers(&first), (0..100).collect::<Vec<_>>());
    assert!(first.more);
    let mark = first.rows.values(99, &relation.bookmark_cells());
    let second = cursor.page(&Seek::After(mark), 100).await.unwrap();
    assert_eq!(numbers(&second), (100..200).collect::<Vec<_>>());
    let last = cursor.page(&Seek::Last, 100).await.unwrap();
    assert_eq!(numbers(&last), (900..1000).collect::<Vec<_>>());
    let mark = last.rows.values(0, &relation.bookmark_cells());
    let before = cursor.page(&Seek::Before(mark), 950).await.unwrap();
    assert_eq!(numbers(&before), (0..900).collect::<Vec<_>>());
    assert!(!before.more);
    let far = cursor.page(&Seek::Row(5000), 10).await.unwrap();
    assert!(far.rows.is_empty());
}

/// A page is full before all of its rows are here: those nearest to where it was asked from count.
#[tokio::test]
async fn the_last_rows_of_a_wide_view_are_there_and_none_is_left_out() {
    let database = Database::with(
        "CREATE TABLE base AS SELECT n, repeat('漢', 4096) AS a, repeat('字', 4096) AS b
             FROM generate_series(0, 799) n;
         CREATE VIEW wide AS SELECT * FROM base",
    )
    .await;
    let relation = database.relation("wide").await;
    let cursor = Cursor::open(database.link().await, &relation)
        .await
        .unwrap();
    let mut walked: Vec<String> = Vec::new();
    let mut seek = Seek::Last;
    loop {
        let page = cursor.page(&seek, 400).await.unwrap();
        assert!(page.rows.len() < 400, "no page holds them all");
        let numbers = (0..page.rows.len()).map(|row| page.rows.values(row, &[0])[0].clone());
        let mut numbers: Vec<String> = numbers.map(Option::unwrap).collect();
        numbers.append(&mut walked);
        walked = numbers;
        seek = Seek::Before(page.rows.values(0, &relation.bookmark_cells()));
        if !page.more {
            break;
        }
    }
    let all: Vec<String> = (0..800).map(|n| n.to_string()).collect();
    assert_eq!(walked, all);
}

#[tokio::test]
async fn neither_key_nor_place_is_trusted_where_tables_inherit() {
    let database = Database::with(
        "CREATE TABLE parent (id int PRIMARY KEY); CREATE TABLE child () INHERITS (parent);
         INSERT INTO parent VALUES (1); INSERT INTO child VALUES (1);
         CREATE TABLE parts (n int) PARTITION BY RANGE (n);
         CREATE TABLE parts_low PARTITION OF parts FOR VALUES FROM (0) TO (10)",
    )
    .await;
    assert_eq!(database.relation("parent").await.paging, Paging::Cursor);
    assert_eq!(database.relation("parts").await.paging, Paging::Cursor);
    assert_eq!(database.relation("parts_low").await.paging, Paging::Ctid);
    // The server's own mark of a table with heirs stays for a while.
    database.run("DROP TABLE child").await;
    let mark = "SELECT relhassubclass FROM pg_class WHERE relname = 'parent'";
    assert_eq!(database.value(mark).await, "t");
    assert!(matches!(
        database.relation("parent").await.paging,
        Paging::Keyset(_)
    ));
}

#[tokio::test]
async fn a_jump_to_what_is_no_value_says_so() {
    let database = Database::with("CREATE TABLE numbered (id int PRIMARY KEY)").await;
    let relation = database.relation("numbered").await;
    let seek = Seek::From(vec![Some("abc".into())]);
    let fault = browse::page(&database.link().await, &relation, &seek, 10)
        .await
        .unwrap_err();
    assert_eq!(fault.sqlstate.as_deref(), Some("22P02"));
    assert!(fault.what.contains("abc"), "{fault}");
}
