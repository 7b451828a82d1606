//! What a deletion would do to other tables, counted before it is done: what goes with it by
//! cascade, what loses its reference, and what forbids it.

use std::time::{Duration, Instant};

use futures_util::future::BoxFuture;
use tokio_postgres::Row;
use tokio_postgres::types::{ToSql, Type};

use crate::data::edits::{Action, Change, Effect, Planned, Staged, Who};
use crate::data::relation::Relation;
use crate::fault::{Fault, Outcome};
use crate::pg::link::texts;
use crate::pg::{Link, count};
use crate::sql::change;
use crate::sql::keyset::Fragment;
use crate::sql::quote::{ident, qualified};

/// How long each count may take…
const DEADLINE: Duration = Duration::from_secs(2);
/// …and all of them together: after that nothing more is counted, and what is not counted is many.
const ALL: Duration = Duration::from_secs(5);
/// Cascades over more tables than this, one behind the other, are not followed further.
const DEPTH: usize = 8;

/// For each of the changes what it does besides.
///
/// # Errors
/// The server's.
pub async fn effects(link: &Link, changes: &[Planned]) -> Outcome<Vec<Vec<Effect>>> {
    let begun = Instant::now();
    let mut all = Vec::with_capacity(changes.len());
    for (relation, staged) in changes {
        let mut found = Vec::new();
        if let Some(rows) = doomed(relation, staged) {
            if begun.elapsed() > ALL {
                // Said rather than left out: that nothing was found would be another thing.
                found.push(Effect {
                    table: "other tables".to_owned(),
                    rows: None,
                    action: Action::Cascades,
                });
                all.push(found);
                continue;
            }
            follow(
                link,
                relation.oid,
                rows,
                &mut vec![relation.oid],
                &mut found,
            )
            .await?;
        }
        // What forbids it all comes first.
        found.sort_by_key(|effect| effect.action != Action::Forbids);
        all.push(found);
    }
    Ok(all)
}

/// `FROM … WHERE …` of the row that goes.
fn doomed(relation: &Relation, staged: &Staged) -> Option<Fragment> {
    match (&staged.change, &staged.who) {
        (Change::Delete, Who::Old(id)) => Some(change::one_row(relation, id)),
        _ => None,
    }
}

/// A foreign key that points to a table.
struct Incoming {
    child: u32,
    name: String,
    action: Action,
    /// `(…) IN (SELECT … FROM` up to the rows that go.
    columns: Vec<String>,
    referred: Vec<String>,
    qualified: String,
}

fn incoming(row: &Row) -> Outcome<Incoming> {
    let read = |error| Fault::new("A foreign key was not understood").because(error);
    let (schema, name): (String, String) = (
        row.try_get("schema").map_err(read)?,
        row.try_get("name").map_err(read)?,
    );
    let action: String = row.try_get("action").map_err(read)?;
    Ok(Incoming {
        child: row.try_get("child").map_err(read)?,
        qualified: qualified(&schema, &name),
        name,
        action: match action.as_str() {
            "c" => Action::Cascades,
            "n" => Action::SetsNull,
            "d" => Action::SetsDefault,
            _ => Action::Forbids,
        },
        columns: row.try_get("columns").map_err(read)?,
        referred: row.try_get("referred").map_err(read)?,
    })
}

/// Counts what refers to `rows` of a table, and follows what goes with them. `above` are the tables
/// on the way, so that a circle ends.
fn follow<'a>(
    link: &'a Link,
    oid: u32,
    rows: Fragment,
    above: &'a mut Vec<u32>,
    found: &'a mut Vec<Effect>,
) -> BoxFuture<'a, Outcome<()>> {
    Box::pin(async move {
        let params: &[(&(dyn ToSql + Sync), Type)] = &[(&oid, Type::OID)];
        let keys = link
            .rows(include_str!("introspect/incoming.sql"), params)
            .await?;
        for key in &keys {
            let key = incoming(key)?;
            let referring = referring(&key, &rows);
            let sql = format!("SELECT pg_catalog.count(*) {}", referring.sql);
            let counted = count::timed(link, &sql, &texts(&referring), DEADLINE).await?;
            let count: Option<i64> = counted.and_then(|rows| rows.first()?.try_get(0).ok());
            let count = count.and_then(|count| u64::try_from(count).ok());
            if count == Some(0) {
                continue;
            }
            found.push(Effect {
                table: key.name,
                rows: count,
                action: key.action,
            });
            if key.action == Action::Cascades && !above.contains(&key.child) && above.len() < DEPTH
            {
                above.push(key.child);
                follow(link, key.child, referring, above, found).await?;
                above.pop();
            }
        }
        Ok(())
    })
}

/// `FROM …` of the rows of a table that refer to those that go.
fn referring(key: &Incoming, rows: &Fragment) -> Fragment {
    let list = |names: &[String]| {
        names
            .iter()
            .map(|name| ident(name))
            .collect::<Vec<_>>()
            .join(", ")
    };
    Fragment {
        sql: format!(
            "FROM {} WHERE ({}) IN (SELECT {} {})",
            key.qualified,
            list(&key.columns),
            list(&key.referred),
            rows.sql
        ),
        params: rows.params.clone(),
    }
}
