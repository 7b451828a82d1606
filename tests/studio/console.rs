//! What the server of a fake console says to the statements of the tests.

use std::sync::Arc;
use std::time::Duration;

use dbkeep::data::relation::Relation;
use dbkeep::data::result::{Notice, ParameterType, Transaction};
use dbkeep::data::sift::Sift;
use dbkeep::data::{Column, KeyRole, Origin, Rows, RowsBuilder};
use dbkeep::fault::Fault;
use dbkeep::studio::work::console::{Ask, Chunk, Told};
use dbkeep::studio::work::{DbReply, Part};

fn column(name: &str, kind: &str, category: char) -> Column {
    Column {
        name: name.to_owned(),
        type_name: kind.to_owned(),
        cast: format!("pg_catalog.{kind}"),
        operators: None,
        category,
        varlena: category != 'N',
        not_null: false,
        generated: false,
        always: false,
        has_default: false,
        key: KeyRole::default(),
        origin: Origin::default(),
    }
}

pub fn told(told: Told) -> DbReply {
    DbReply::Part(Part::Console(told))
}

/// Rows `from` to `to`: `1, name 1`.
pub fn chunk(from: u64, to: u64, with: bool) -> Told {
    Told::Grown(Chunk {
        first: from - 1,
        len: usize::try_from(to + 1 - from).unwrap(),
        rows: with.then(|| Arc::new(rows(from..=to))),
    })
}

fn rows(numbers: impl Iterator<Item = u64>) -> Rows {
    let mut rows = RowsBuilder::new(2);
    for row in numbers {
        rows.push(Some(&row.to_string()), None);
        rows.push((row % 7 != 0).then_some(&*format!("name {row}")), None);
    }
    rows.finish()
}

/// The thirty rows of `select few` are sifted.
fn sifted(relation: &Relation) -> Vec<DbReply> {
    let mut sift = match Sift::new(&relation.filter, &relation.sort, &relation.columns) {
        Ok(sift) => sift,
        Err(fault) => return vec![DbReply::Failed(fault)],
    };
    sift.take(&rows(1..=30)).unwrap();
    vec![told(Told::Sifted(Arc::new(sift.finish()))), DbReply::Done]
}

pub fn two_columns() -> Vec<Column> {
    vec![column("id", "integer", 'N'), column("name", "text", 'S')]
}

fn columns() -> DbReply {
    told(Told::Columns(two_columns()))
}

pub fn ended(tag: &str) -> [DbReply; 2] {
    let took = Duration::from_millis(12);
    let tag = tag.to_owned();
    [told(Told::Ended { tag, took }), DbReply::Done]
}

/// What the server says to each of the statements here.
pub fn answered(ask: &Ask) -> Vec<DbReply> {
    let Ask::Run { sql, .. } = ask else {
        return match ask {
            Ask::Listen => vec![
                told(Told::Connected),
                told(Told::Transaction(Transaction::Idle)),
            ],
            // Every parameter is a number, where any is there.
            Ask::Types(statements) => {
                let integer = ParameterType {
                    shown: "integer".to_owned(),
                    cast: "pg_catalog.int4".to_owned(),
                };
                let count = |sql: &String| vec![integer.clone(); sql.matches('$').count()];
                vec![
                    told(Told::Types(statements.iter().map(count).collect())),
                    DbReply::Done,
                ]
            }
            Ask::Sift(_, relation) => sifted(relation),
            Ask::Rows(_, numbers) => {
                let picked = rows(numbers.iter().map(|number| u64::from(*number) + 1));
                vec![told(Told::Rows(Arc::new(picked))), DbReply::Done]
            }
            Ask::Copy { .. } => ended("COPY 3").to_vec(),
            // Whoever waits, waits.
            Ask::Wait(_) => Vec::new(),
            _ => vec![DbReply::Done],
        };
    };
    let notice = |at: usize| {
        told(Told::Notice(Notice {
            severity: "NOTICE".to_owned(),
            text: format!("step {at}"),
            detail: None,
            hint: None,
        }))
    };
    let mut replies = Vec::new();
    match sql.as_str() {
        "select few" => {
            replies.extend([columns(), told(chunk(1, 30, true))]);
            replies.extend(ended("SELECT 30"));
        }
        // The rows of the first table, but for every seventh; and what looks like them.
        "select customer" | "select joined" | "select computed from customer" => {
            let of = |table, attribute| Origin { table, attribute };
            let (id, name) = match sql.as_str() {
                "select customer" => (of(1, 1), of(1, 2)),
                "select joined" => (of(1, 1), of(2, 2)),
                _ => (of(0, 0), of(1, 2)),
            };
            replies.push(told(Told::Columns(vec![
                Column {
                    origin: id,
                    ..column("id", "integer", 'N')
                },
                Column {
                    origin: name,
                    ..column("name", "text", 'S')
                },
            ])));
            replies.push(told(chunk(1, 30, true)));
            replies.extend(ended("SELECT 30"));
        }
        // More are there, and not wanted yet.
        "select many" => replies.extend([columns(), told(chunk(1, 1_000, true))]),
        "select none" => {
            replies.push(columns());
            replies.extend(ended("SELECT 0"));
        }
        "select nme" => replies.push(DbReply::Failed(Fault {
            sqlstate: Some("42703".to_owned()),
            position: Some(8),
            ..Fault::new("column \"nme\" does not exist")
        })),
        "begin" | "BEGIN" => {
            replies.push(told(Told::Transaction(Transaction::Open)));
            replies.extend(ended("BEGIN"));
        }
        "COMMIT" => {
            replies.push(told(Told::Transaction(Transaction::Idle)));
            replies.extend(ended("COMMIT"));
        }
        "do it" => {
            replies.extend((1..=5).map(notice));
            replies.extend(ended("DO"));
        }
        explained if explained.starts_with("EXPLAIN") => {
            let json = include_str!("../plans/filter.json");
            let mut rows = RowsBuilder::new(1);
            rows.push(Some(json), None);
            replies.push(told(Told::Columns(vec![column("QUERY PLAN", "json", 'U')])));
            replies.push(told(Told::Grown(Chunk {
                first: 0,
                len: 1,
                rows: Some(Arc::new(rows.finish())),
            })));
            replies.extend(ended("EXPLAIN"));
        }
        // Whoever runs it waits.
        "sleep" => {}
        other => replies.extend(ended(&other.to_uppercase())),
    }
    replies
}
