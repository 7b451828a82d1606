//! What is copied as SQL does, on the server, what it says.

use dbkeep::data::clip::Clip;
use dbkeep::data::relation::{Relation, Seek};
use dbkeep::pg::browse;
use dbkeep::sql::clip;

use crate::support::Database;

const WILD: &str = "
    CREATE TYPE mood AS ENUM ('sad', 'it''s');
    CREATE TABLE wild (id int GENERATED ALWAYS AS IDENTITY, part text, n numeric, r real, f float8, b bool, m money,
        t timestamptz, i interval, y bytea, a text[], j json, c char(3), e mood, x xml, d int4range, p point,
        twice numeric GENERATED ALWAYS AS (n * 2) STORED, PRIMARY KEY (id, part));
    INSERT INTO wild (part, n, r, f, b, m, t, i, y, a, j, c, e, x, d, p)
        SELECT 'p''\\' || g, 1.50 + g, 0.1 * g, 'NaN', g = 1, 12.5, now(), '1 mon 2 days -3:04', '\\x00ff',
            ARRAY['a,\"b', NULL, ''], '{\"k\": [1, null]}', 'c', 'it''s', '<a>\\</a>', int4range(1, g + 5), point(1, g)
        FROM generate_series(1, 3) g;
    INSERT INTO wild (part) VALUES ('')";
const DUMP: &str = "SELECT md5(string_agg(w::text, '|' ORDER BY id)) FROM wild w";

async fn all(database: &Database, relation: &Relation) -> Clip {
    let link = database.link().await;
    let page = browse::page(&link, relation, &Seek::First, 100)
        .await
        .unwrap();
    let columns: Vec<usize> = (0..relation.columns.len()).collect();
    Clip {
        columns: relation.columns.clone(),
        rows: (0..page.rows.len())
            .map(|row| page.rows.values(row, &columns))
            .collect(),
    }
}

#[tokio::test]
async fn statements_make_the_rows_again() {
    let database = Database::with(WILD).await;
    let relation = database.relation("wild").await;
    let rows = all(&database, &relation).await;
    let before = database.value(DUMP).await;
    database.run("DELETE FROM wild").await;
    database.run(&clip::inserts(&relation, &rows)).await;
    assert_eq!(database.value(DUMP).await, before);
    database
        .run("UPDATE wild SET n = 9, r = 9, b = NULL, a = NULL, c = 'zz', t = '2000-01-01'")
        .await;
    assert_ne!(database.value(DUMP).await, before);
    let updates = clip::updates(&relation, &rows).unwrap();
    // Whoever pastes them may have other settings.
    let updates =
        format!("SET standard_conforming_strings = off; SET DateStyle = 'German'; {updates}");
    database.run(&updates).await;
    assert_eq!(database.value(DUMP).await, before);
}

#[tokio::test]
async fn a_list_finds_the_rows_whose_values_it_has() {
    let database = Database::with(WILD).await;
    let relation = database.relation("wild").await;
    let rows = all(&database, &relation).await;
    let keys = clip::keys(&relation, &rows).unwrap();
    let count = database
        .value(&format!("SELECT count(*) FROM wild WHERE {keys}"))
        .await;
    assert_eq!(count, "4");
    for column in [
        "id", "part", "n", "r", "f", "b", "m", "t", "i", "y", "a", "c", "e", "d",
    ] {
        let at = relation.column(column).unwrap();
        let one = Clip {
            columns: vec![relation.columns[at].clone()],
            rows: rows.rows.iter().map(|row| vec![row[at].clone()]).collect(),
        };
        let list = clip::values(&one).unwrap();
        let sql = format!("SELECT count(*) FROM wild WHERE {column} {list}");
        let wanted = rows.rows.iter().filter(|row| row[at].is_some()).count();
        assert_eq!(database.value(&sql).await, wanted.to_string(), "{list}");
    }
}
