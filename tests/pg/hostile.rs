//! Every value of every type is the text that psql prints, NULL apart from every text.

use dbkeep::data::relation::{Relation, Seek};
use dbkeep::glyphs;
use dbkeep::pg::browse;
use dbkeep::sql::page::CUT;
use dbkeep::sql::quote::{ident, qualified};

use crate::support::Database;

/// `DBKEEP_TEST_SQL` names another file to hold against psql, for real databases.
async fn loaded() -> Database {
    let database = Database::new().await;
    let own = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/hostile.sql");
    let file = std::env::var("DBKEEP_TEST_SQL").unwrap_or(own.to_owned());
    database.psql(&["-q", "-v", "ON_ERROR_STOP=1", "-f", &file]);
    database
}

/// The values as psql prints them, `None` for NULL: one statement a column, a marker between rows.
fn said_by_psql(database: &Database, relation: &Relation, column: &str) -> Vec<Option<String>> {
    let order = match relation.order() {
        [] => "ctid".to_owned(),
        keys => keys
            .iter()
            .map(|key| ident(&key.column))
            .collect::<Vec<_>>()
            .join(", "),
    };
    let sql = format!(
        "SELECT {} FROM {} ORDER BY {order}",
        ident(column),
        qualified(&relation.schema, &relation.name)
    );
    let settings = "SET intervalstyle = 'postgres'; SET datestyle = 'ISO, MDY'; SET bytea_output = 'hex'; SET extra_float_digits = 1";
    let text = database.psql(&[
        "-q",
        "-R",
        "<row>",
        "-P",
        "null=<null>",
        "-c",
        settings,
        "-c",
        &sql,
    ]);
    text.strip_suffix('\n')
        .unwrap_or(&text)
        .split("<row>")
        .map(|text| (text != "<null>").then(|| text.to_owned()))
        .collect()
}

#[tokio::test]
async fn every_value_is_what_psql_prints() {
    let database = loaded().await;
    let link = database.link().await;
    let catalog = dbkeep::pg::introspect::catalog(&link, false).await.unwrap();
    let mut compared = 0;
    for object in catalog
        .objects
        .iter()
        .filter(|object| object.kind.is_counted())
    {
        let relation = dbkeep::pg::introspect::relation(&link, object)
            .await
            .unwrap();
        let page = match browse::page(&link, &relation, &Seek::First, 1_000).await {
            Ok(page) => page,
            // A materialized view that was never refreshed has nothing to compare.
            Err(fault) if fault.sqlstate.as_deref() == Some("55000") => continue,
            Err(fault) => panic!("{}: {fault}", relation.name),
        };
        if page.rows.is_empty() {
            continue;
        }
        for (at, column) in relation.columns.iter().enumerate() {
            let said = said_by_psql(&database, &relation, &column.name);
            for (row, said) in said.iter().enumerate().take(page.rows.len()) {
                let cell = page.rows.cell(row, at).unwrap();
                let place = format!("{} row {row} {}", relation.name, column.name);
                match (said, cell.text) {
                    (Some(said), Some(text)) if cell.cut.is_some() => {
                        assert_eq!(cell.cut, Some(said.chars().count() as u64), "{place}");
                        let begin: String = said.chars().take(CUT).collect();
                        assert_eq!(text, begin, "{place}");
                    }
                    (said, text) => assert_eq!(text, said.as_deref(), "{place}"),
                }
                let shown = glyphs::visible(cell.text.unwrap_or_default());
                assert!(!shown.chars().any(char::is_control), "{place}: {shown:?}");
                compared += 1;
            }
        }
    }
    assert!(compared > 100, "only {compared} values were compared");
}

#[tokio::test]
async fn a_long_value_is_cut_and_says_how_long_it_is() {
    let database = loaded().await;
    let database_has_texts = std::env::var("DBKEEP_TEST_SQL").is_err();
    assert!(
        database_has_texts,
        "this test is about the project's own data"
    );
    let relation = database.relation("texts").await;
    let page = browse::page(&database.link().await, &relation, &Seek::First, 100)
        .await
        .unwrap();
    let value = relation.column("value").unwrap();
    let cuts: Vec<Option<u64>> = [11, 12, 13]
        .map(|row| page.rows.cell(row, value).unwrap().cut)
        .into();
    assert_eq!(cuts, [Some(50_000), Some(4_097), None]);
}
