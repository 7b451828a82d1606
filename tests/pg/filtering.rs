//! Filters and sorts: what is shown is what the same question in SQL gives, page by page.

use dbkeep::data::filter::{Condition, Operator};
use dbkeep::data::relation::{Paging, Relation, Seek};
use dbkeep::data::{Direction, Filter, Nulls, OrderKey};
use dbkeep::pg::browse::{self, Cursor};
use dbkeep::pg::{Link, count};
use std::time::Duration;

use crate::paging::{values, walked};
use crate::support::Database;

const THINGS: &str = "
    CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
    CREATE TABLE thing (id int PRIMARY KEY, n numeric, name text, born date, mood mood, tags text[], j json,
        jb jsonb, alive bool, span int4range, spans int4multirange, words tsvector, place point, x xml, code char(3));
    INSERT INTO thing SELECT i, i / 4.0, 'name ' || i, date '2024-01-01' + i, (enum_range(NULL::mood))[1 + i % 3],
        ARRAY['t' || i % 5, 'a,\"b'], json_build_object('k', i), jsonb_build_object('k', i, 'even', i % 2 = 0),
        i % 2 = 0, int4range(i, i + 3), int4multirange(int4range(i, i + 3)), to_tsvector('english', 'cats ' || i),
        point(i, i), xmlelement(name a, i), 'c' || i FROM generate_series(1, 60) i;
    INSERT INTO thing (id) VALUES (61);
    INSERT INTO thing (id, name) VALUES (62, ''), (63, '100%'), (64, 'a_b\\c'), (65, 'it''s; DROP TABLE thing')";

async fn shown(link: &Link, relation: &Relation, filter: &Filter) -> Vec<i32> {
    let relation = relation.shown(&[], filter);
    let page = browse::page(link, &relation, &Seek::First, 100)
        .await
        .unwrap_or_else(|fault| panic!("{:?}: {fault}", filter.words()));
    let rows = values(&page);
    let counted = count::of(link, &relation, Duration::ZERO).await.unwrap();
    assert_eq!(counted, Some(rows.len() as u64), "{:?}", filter.words());
    rows.iter()
        .map(|row| row[0].as_deref().unwrap().parse().unwrap())
        .collect()
}

#[tokio::test]
async fn every_operator_is_what_the_same_condition_in_sql_is() {
    let database = Database::with(THINGS).await;
    let (link, relation) = (database.link().await, database.relation("thing").await);
    let cases = [
        ("n", Operator::Equal, "2.50", "n = 2.5"),
        ("n", Operator::NotEqual, "2.5", "n <> 2.5"),
        ("n", Operator::Less, "2.5", "n < 2.5"),
        ("n", Operator::AtMost, "2.5", "n <= 2.5"),
        ("n", Operator::Greater, "2.5", "n > 2.5"),
        ("n", Operator::AtLeast, "2.5", "n >= 2.5"),
        ("n", Operator::Between, "2..5", "n BETWEEN 2 AND 5"),
        ("n", Operator::In, "1, 2.0, 99", "n IN (1, 2)"),
        ("n", Operator::NotIn, "1, 2", "n NOT IN (1, 2)"),
        ("n", Operator::Contains, ".5", "n::text LIKE '%.5%'"),
        ("n", Operator::IsNull, "", "n IS NULL"),
        ("n", Operator::IsNotNull, "", "n IS NOT NULL"),
        ("name", Operator::Contains, "E 1", "name ILIKE '%e 1%'"),
        ("name", Operator::Contains, "%", "id = 63"),
        ("name", Operator::Contains, "_b\\", "id = 64"),
        ("name", Operator::Equal, "", "id = 62"),
        ("name", Operator::Equal, "it's; DROP TABLE thing", "id = 65"),
        (
            "name",
            Operator::StartsWith,
            "name 1",
            "name LIKE 'name 1%'",
        ),
        ("name", Operator::Matches, "^name [37]$", "id IN (3, 7)"),
        ("name", Operator::FullText, "drop -name", "id = 65"),
        ("born", Operator::Less, "2024-01-10", "born < '2024-01-10'"),
        ("mood", Operator::Equal, "happy", "mood = 'happy'"),
        ("mood", Operator::AtLeast, "ok", "mood >= 'ok'"),
        ("mood", Operator::Contains, "a", "mood IN ('sad', 'happy')"),
        ("tags", Operator::Has, "t3", "tags @> '{t3}'"),
        ("tags", Operator::Has, "{t3,\"a,\\\"b\"}", "tags @> '{t3}'"),
        ("tags", Operator::Contains, "t4", "tags @> '{t4}'"),
        ("j", Operator::Contains, "17", "id = 17"),
        ("j", Operator::Has, "{\"k\": 17}", "id = 17"),
        (
            "j",
            Operator::JsonPath,
            "$.k ? (@ > 50)",
            "id BETWEEN 51 AND 60",
        ),
        (
            "jb",
            Operator::JsonPath,
            "$.k ? (@ > 50)",
            "id BETWEEN 51 AND 60",
        ),
        (
            "jb",
            Operator::Has,
            "{\"even\": true}",
            "id % 2 = 0 AND id <= 60",
        ),
        ("alive", Operator::IsTrue, "", "alive"),
        ("alive", Operator::IsFalse, "", "NOT alive"),
        ("span", Operator::Has, "17", "id BETWEEN 15 AND 17"),
        ("span", Operator::Has, "[17,18]", "id BETWEEN 16 AND 17"),
        ("spans", Operator::Has, "17", "id BETWEEN 15 AND 17"),
        ("words", Operator::FullText, "cat", "id <= 60"),
        ("place", Operator::Contains, "(17,", "id = 17"),
        ("x", Operator::Contains, ">17<", "id = 17"),
        ("code", Operator::Equal, "c7", "id = 7"),
        ("code", Operator::StartsWith, "c5", "code LIKE 'c5%'"),
    ];
    for (column, operator, typed, sql) in cases {
        let at = relation.column(column).unwrap();
        assert!(
            Operator::of(&relation.columns[at]).contains(&operator),
            "{column} {operator:?}"
        );
        let filter = Filter {
            conditions: vec![Condition::read(column, operator, typed).unwrap()],
            free: None,
        };
        let wanted = database.psql(&[
            "-c",
            &format!("SELECT id FROM thing WHERE {sql} ORDER BY id"),
        ]);
        let wanted: Vec<i32> = wanted.lines().map(|id| id.parse().unwrap()).collect();
        assert!(!wanted.is_empty(), "{sql} finds nothing");
        assert_eq!(
            shown(&link, &relation, &filter).await,
            wanted,
            "{:?}",
            filter.words()
        );
    }
}

#[tokio::test]
async fn every_operator_that_is_offered_is_understood_by_the_server() {
    let database = Database::with(THINGS).await;
    let (link, relation) = (database.link().await, database.relation("thing").await);
    for column in &relation.columns {
        for operator in Operator::of(column) {
            // Any value of the column's own is one that it may be asked about.
            let value = format!(
                "SELECT format('%s', \"{}\") FROM thing WHERE id = 2",
                column.name
            );
            let value = database.value(&value).await;
            let typed = match operator {
                Operator::Between => format!("{value}..{value}").replace(',', "."),
                Operator::JsonPath => "$.k".to_owned(),
                Operator::Matches => "a".to_owned(),
                _ => value,
            };
            // Commas part the values of some: a point, say, is then none.
            let Ok(condition) = Condition::read(&column.name, operator, &typed) else {
                continue;
            };
            let filter = Filter {
                conditions: vec![condition],
                free: None,
            };
            shown(&link, &relation, &filter).await;
        }
    }
}

#[tokio::test]
async fn conditions_join_as_in_sql_and_a_free_one_narrows_them_all() {
    let database = Database::with(THINGS).await;
    let (link, relation) = (database.link().await, database.relation("thing").await);
    let condition = |column, operator, typed, or| Condition {
        or,
        ..Condition::read(column, operator, typed).unwrap()
    };
    let mut filter = Filter {
        conditions: vec![
            condition("n", Operator::Less, "1", false),
            condition("id", Operator::Greater, "62", true),
            condition("name", Operator::Contains, "%", false),
        ],
        free: None,
    };
    assert_eq!(shown(&link, &relation, &filter).await, [1, 2, 3, 63]);
    filter.free = Some("id <> 2 -- not this one".to_owned());
    assert_eq!(shown(&link, &relation, &filter).await, [1, 3, 63]);
    filter.free = Some("id <> ".to_owned());
    let wrong = relation.shown(&[], &filter);
    let fault = browse::page(&link, &wrong, &Seek::First, 10)
        .await
        .unwrap_err();
    assert_eq!(fault.sqlstate.as_deref(), Some("42601"));
    assert!(fault.position.is_some());
}

fn by(relation: &Relation, column: &str, direction: Direction, nulls: Nulls) -> OrderKey {
    let column = &relation.columns[relation.column(column).unwrap()];
    OrderKey {
        column: column.name.clone(),
        cast: column.cast.clone(),
        operators: None,
        direction,
        nulls,
        nullable: !column.not_null,
    }
}

/// Sorted by a column with many ties and NULLs: by key, by place, and through a cursor.
#[tokio::test]
async fn a_sorted_and_filtered_relation_is_walked_both_ways() {
    let database = Database::with(
        "CREATE TABLE keyed AS SELECT i AS id, nullif(i % 4, 0) AS n, repeat('x', i % 3) AS t
             FROM generate_series(1, 50) i;
         CREATE TABLE heap AS TABLE keyed; CREATE VIEW seen AS TABLE keyed;
         ALTER TABLE keyed ADD PRIMARY KEY (id)",
    )
    .await;
    let link = database.link().await;
    let filter = Filter {
        conditions: vec![Condition::read("id", Operator::NotEqual, "7").unwrap()],
        free: Some("t <> 'xx'".to_owned()),
    };
    for (direction, nulls) in [
        (Direction::Ascending, Nulls::Last),
        (Direction::Descending, Nulls::Last),
        (Direction::Ascending, Nulls::First),
    ] {
        let order = format!(
            "n {} NULLS {}",
            if direction == Direction::Ascending {
                "ASC"
            } else {
                "DESC"
            },
            if nulls == Nulls::First {
                "FIRST"
            } else {
                "LAST"
            }
        );
        let sql = format!("SELECT id FROM keyed WHERE id <> 7 AND t <> 'xx' ORDER BY {order}, id");
        let wanted: Vec<Option<String>> = database
            .psql(&["-c", &sql])
            .lines()
            .map(|id| Some(id.to_owned()))
            .collect();
        for name in ["keyed", "heap"] {
            let own = database.relation(name).await;
            let relation = own.shown(&[by(&own, "n", direction, nulls)], &filter);
            assert!(matches!(relation.paging, Paging::Keyset(_)));
            for backward in [false, true] {
                let rows = walked(&link, &relation, 7, backward).await;
                let ids: Vec<Option<String>> = rows.iter().map(|row| row[0].clone()).collect();
                assert_eq!(ids, wanted, "{name} by {order}");
            }
            let page = browse::page(&link, &relation, &Seek::Row(5), 1)
                .await
                .unwrap();
            assert_eq!(page.rows.values(0, &[0])[0], wanted[5]);
            let mark = page.rows.values(0, &relation.bookmark_cells());
            let before = count::before(&link, &relation, &mark, Duration::ZERO).await;
            assert_eq!(before.unwrap(), Some(5));
        }
        let own = database.relation("seen").await;
        let relation = own.shown(
            &[
                by(&own, "n", direction, nulls),
                by(&own, "id", Direction::Ascending, Nulls::Last),
            ],
            &filter,
        );
        let cursor = Cursor::open(database.link().await, &relation)
            .await
            .unwrap();
        let page = cursor.page(&Seek::First, 100).await.unwrap();
        let ids: Vec<Option<String>> = values(&page).iter().map(|row| row[0].clone()).collect();
        assert_eq!(ids, wanted, "seen by {order}");
    }
}
