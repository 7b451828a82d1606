//! Rows that are staged and written, for the tests of both.

use std::collections::BTreeMap;
use std::sync::Arc;

use dbkeep::data::edits::{Change, Input, Planned, RowId, Seen, Staged, Who, Written};
use dbkeep::data::relation::{Relation, Seek};
use dbkeep::pg::{Pool, apply, browse, link};

use crate::support::Database;

pub fn pool(database: &Database) -> Pool {
    Pool::new(database.connector(), link::nobody()).unwrap()
}

/// The rows as they are seen now, with what finds each.
pub async fn rows(database: &Database, relation: &Relation) -> Vec<(RowId, Seen)> {
    let link = database.link().await;
    let page = browse::page(&link, relation, &Seek::First, 1_000)
        .await
        .unwrap();
    let columns: Vec<usize> = (0..relation.columns.len()).collect();
    let cells = relation.identity_cells().unwrap();
    (0..page.rows.len())
        .map(|row| {
            (
                page.rows.values(row, &cells),
                page.rows.values(row, &columns),
            )
        })
        .collect()
}

pub fn text(value: &str) -> Input {
    Input::Text(value.to_owned())
}

pub fn values(given: &[(&str, Input)]) -> BTreeMap<String, Input> {
    given
        .iter()
        .map(|(name, input)| ((*name).to_owned(), input.clone()))
        .collect()
}

pub fn update((id, seen): &(RowId, Seen), given: &[(&str, Input)]) -> Staged {
    Staged {
        who: Who::Old(id.clone()),
        seen: seen.clone(),
        change: Change::Update(values(given)),
    }
}

pub fn delete((id, seen): &(RowId, Seen)) -> Staged {
    Staged {
        who: Who::Old(id.clone()),
        seen: seen.clone(),
        change: Change::Delete,
    }
}

pub fn insert(number: u64, given: &[(&str, Input)]) -> Staged {
    Staged {
        who: Who::New(number),
        seen: Seen::new(),
        change: Change::Insert(values(given)),
    }
}

pub async fn written_by(pool: &Pool, changes: &[Planned]) -> Result<Written, dbkeep::fault::Fault> {
    apply::apply(pool, pool.pinned().await.unwrap(), changes).await
}

pub async fn write(database: &Database, relation: &Relation, staged: &[Staged]) -> Written {
    let relation = Arc::new(relation.clone());
    let changes: Vec<Planned> = staged
        .iter()
        .map(|one| (Arc::clone(&relation), one.clone()))
        .collect();
    written_by(&pool(database), &changes).await.unwrap()
}

pub fn all(written: Written) -> Vec<Seen> {
    match written {
        Written::All(rows) => rows,
        other => panic!("not written: {other:?}"),
    }
}

/// Which change was refused, at which column, and why.
pub fn refused(written: Written) -> (Option<usize>, Option<String>, String) {
    match written {
        Written::Refused { at, column, fault } => (at, column, fault.to_string()),
        other => panic!("not refused: {other:?}"),
    }
}

pub const ITEMS: &str = "
    CREATE TABLE item (id int PRIMARY KEY, name varchar(8) NOT NULL, price numeric(8, 2) CHECK (price >= 0),
        kind text DEFAULT 'plain', twice numeric GENERATED ALWAYS AS (price * 2) STORED, UNIQUE (name));
    INSERT INTO item VALUES (1, 'pen', 1.50), (2, 'ink', 7), (3, 'pad', NULL)";
