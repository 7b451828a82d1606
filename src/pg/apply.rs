//! Writing staged edits: one transaction, each row only where it still is as it was seen.

use std::collections::HashMap;
use std::time::Duration;

use tokio_postgres::Row;
use tokio_postgres::types::{ToSql, Type};

use crate::data::edits::{Change, Conflict, Planned, Seen, Staged, Who, Written};
use crate::data::relation::{Identity, Relation};
use crate::fault::{Fault, Outcome};
use crate::pg::{Link, Pool};
use crate::sql::change;

/// Writes `changes`, in their order, or nothing of them, over a connection that is closed afterwards.
/// `pool` is where the server is asked, if need be, what became of it.
///
/// # Errors
/// None of the server's: they are ways in which it ended.
pub async fn apply(pool: &Pool, link: Link, changes: &[Planned]) -> Outcome<Written> {
    let written = attempt(&link, changes).await;
    let Err((at, fault)) = written else {
        return Ok(written.unwrap_or_else(|(at, fault)| refused(&at, None, fault)));
    };
    // The session that failed is not used again; what it held is rolled back with it.
    match at {
        Step::Commit(transaction) if fault.is_lost || fault.sqlstate.is_none() => {
            drop(link);
            let written = was_committed(pool, &transaction).await;
            Ok(Written::Lost { written, fault })
        }
        at => {
            drop(link);
            let column = column_of(pool, changes, &at, &fault).await;
            Ok(refused(&at, column, fault))
        }
    }
}

/// How far an attempt has come.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    Begin,
    Change(usize),
    /// The transaction's number, by which its end can be asked about.
    Commit(String),
}

fn refused(at: &Step, column: Option<String>, fault: Fault) -> Written {
    Written::Refused {
        at: match at {
            Step::Change(at) => Some(*at),
            Step::Begin | Step::Commit(_) => None,
        },
        column,
        fault,
    }
}

async fn attempt(link: &Link, changes: &[Planned]) -> Result<Written, (Step, Fault)> {
    let begin = link.batch("BEGIN").await;
    begin.map_err(|fault| (Step::Begin, fault))?;
    let mut all: Vec<Option<Seen>> = vec![None; changes.len()];
    let mut conflicts = Vec::new();
    let mut open: Vec<usize> = (0..changes.len()).collect();
    while !open.is_empty() {
        let mut postponed = Vec::new();
        let mut first = None;
        for at in &open {
            let (relation, staged) = &changes[*at];
            match guarded(link, relation, staged, changes.len() > 1).await {
                Ok(One::Written(row)) => all[*at] = Some(row),
                Ok(One::Theirs(theirs)) => conflicts.push(Conflict { at: *at, theirs }),
                // A row may have to wait for another one's change: the child that goes with its
                // parent, the number that is free once its holder is gone.
                Err(fault) if is_of_order(&fault) && changes.len() > 1 => {
                    postponed.push(*at);
                    first.get_or_insert((Step::Change(*at), fault));
                }
                // What fails after a conflict may have failed for it.
                Err(fault) if conflicts.is_empty() || fault.is_lost => {
                    return Err((Step::Change(*at), fault));
                }
                Err(_) => return Ok(Written::Conflicts(conflicts)),
            }
        }
        if postponed.len() == open.len()
            && let Some(refusal) = first
        {
            // Waiting helps none of them.
            return if conflicts.is_empty() {
                Err(refusal)
            } else {
                Ok(Written::Conflicts(conflicts))
            };
        }
        open = postponed;
    }
    if !conflicts.is_empty() {
        // Nothing was written, and the session goes.
        return Ok(Written::Conflicts(conflicts));
    }
    let before = |fault| (Step::Begin, fault);
    let sql = "SELECT pg_catalog.pg_current_xact_id()::pg_catalog.text";
    let rows = link.rows(sql, &[]).await.map_err(before)?;
    let transaction = rows.first().and_then(|row| row.try_get(0).ok());
    let commit = link.batch("COMMIT").await;
    commit.map_err(|fault| (Step::Commit(transaction.unwrap_or_default()), fault))?;
    Ok(Written::All(all.into_iter().flatten().collect()))
}

/// Whether a statement may have failed for coming too early: a foreign key, a unique or an exclusion
/// constraint.
fn is_of_order(fault: &Fault) -> bool {
    matches!(fault.sqlstate.as_deref(), Some("23503" | "23505" | "23P01"))
}

/// One row's statement; where there are others, behind a savepoint, so that its failure is not theirs.
async fn guarded(
    link: &Link,
    relation: &Relation,
    staged: &Staged,
    among_others: bool,
) -> Outcome<One> {
    if !among_others {
        return one(link, relation, staged).await;
    }
    link.batch("SAVEPOINT dbkeep_row").await?;
    let done = one(link, relation, staged).await;
    match &done {
        Ok(_) => link.batch("RELEASE SAVEPOINT dbkeep_row").await?,
        Err(fault) if is_of_order(fault) => {
            link.batch("ROLLBACK TO SAVEPOINT dbkeep_row").await?;
        }
        Err(_) => {}
    }
    done
}

/// How the statement of one row ended.
enum One {
    Written(Seen),
    Theirs(Option<Seen>),
}

async fn one(link: &Link, relation: &Relation, staged: &Staged) -> Outcome<One> {
    let rows = link.answer(&change::statement(relation, staged)).await?;
    match (rows.as_slice(), &staged.who) {
        ([row], _) => Ok(One::Written(seen(row)?)),
        ([], Who::Old(id)) => {
            let theirs = current(link, relation, id).await?;
            let is_mine = |now: &Seen| is_as_seen(relation, staged, now);
            if theirs.as_ref().is_some_and(is_mine) {
                return Err(swallowed(relation));
            }
            // Without a key what is found now need not be the row that was meant.
            let is_keyed = matches!(relation.identity, Identity::Key(_));
            Ok(One::Theirs(theirs.filter(|_| is_keyed)))
        }
        ([], Who::New(_)) => Err(swallowed(relation)),
        (many, _) => Err(ambiguous(relation, many.len())),
    }
}

fn seen(row: &Row) -> Outcome<Seen> {
    let value = |at| {
        row.try_get(at)
            .map_err(|error| Fault::new("A value of the row was not understood").because(error))
    };
    (0..row.len()).map(value).collect()
}

/// Whether the columns that are changed are as they were seen.
fn is_as_seen(relation: &Relation, staged: &Staged, now: &Seen) -> bool {
    let matters = |name: &str| match &staged.change {
        Change::Update(values) if matches!(relation.identity, Identity::Key(_)) => {
            values.contains_key(name)
        }
        _ => true,
    };
    let mut columns = relation.columns.iter().zip(now).zip(&staged.seen);
    columns.all(|((column, now), seen)| !matters(&column.name) || now == seen)
}

fn swallowed(relation: &Relation) -> Fault {
    Fault::new(format!("{} took no row", relation.name))
        .because("a trigger, a rule or a row security policy left it out without an error")
        .remedy("i shows the triggers and policies")
}

fn ambiguous(relation: &Relation, rows: usize) -> Fault {
    Fault::new(format!(
        "{rows} rows of {} would be changed by one edit",
        relation.name
    ))
    .because("it has no key that tells them apart")
    .remedy("change them in SQL, or give the table a key")
}

/// After a lost COMMIT: whether the transaction was committed, which the server remembers for a while
/// (manual, 9.27.9, `pg_xact_status`). `None` where it cannot be asked or does not know.
async fn was_committed(pool: &Pool, transaction: &str) -> Option<bool> {
    const PATIENCE: u32 = 50;
    for _ in 0..PATIENCE {
        if let Ok(link) = pool.pinned().await {
            let sql = "SELECT pg_catalog.pg_xact_status($1::pg_catalog.text::pg_catalog.xid8)";
            let rows = link.rows(sql, &[(&transaction, Type::TEXT)]).await.ok()?;
            let status: Option<String> = rows.first()?.try_get(0).ok()?;
            match status.as_deref() {
                Some("committed") => return Some(true),
                Some("aborted") => return Some(false),
                Some(_) => {}
                None => return None,
            }
        }
        // The server starts again, or the session has not ended yet.
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    None
}

/// The column that a fault is about: as the server names it, or that of the constraint it names, or
/// the only one that was given a value.
async fn column_of(pool: &Pool, changes: &[Planned], at: &Step, fault: &Fault) -> Option<String> {
    if fault.column.is_some() {
        return fault.column.clone();
    }
    let Step::Change(at) = at else {
        return None;
    };
    let (relation, staged) = changes.get(*at)?;
    let given: Vec<&String> = match &staged.change {
        Change::Update(values) | Change::Insert(values) => values.keys().collect(),
        Change::Delete => Vec::new(),
    };
    if let [only] = given.as_slice() {
        return Some((*only).clone());
    }
    let constraint = fault.constraint.as_deref()?;
    let params: &[(&(dyn ToSql + Sync), Type)] =
        &[(&relation.oid, Type::OID), (&constraint, Type::TEXT)];
    let link = pool.link().await.ok()?;
    let sql = include_str!("introspect/constraint_columns.sql");
    let rows = link.rows(sql, params).await.ok()?;
    let names: Vec<String> = rows.iter().filter_map(|row| row.try_get(0).ok()).collect();
    // Of several columns the one that was changed.
    let given = names.iter().find(|name| given.contains(name));
    given.or(names.first()).cloned()
}

/// The whole row that an edit is about, as it is now; nothing if it is gone.
///
/// # Errors
/// The server's.
pub async fn current(
    link: &Link,
    relation: &Relation,
    id: &[Option<String>],
) -> Outcome<Option<Seen>> {
    let rows = link.answer(&change::current(relation, id)).await?;
    rows.first().map(seen).transpose()
}

/// The same for several rows.
///
/// # Errors
/// The server's.
pub async fn all_current(
    link: &Link,
    relation: &Relation,
    ids: &[Vec<Option<String>>],
) -> Outcome<Vec<Option<Seen>>> {
    let mut rows = Vec::with_capacity(ids.len());
    for id in ids {
        rows.push(current(link, relation, id).await?);
    }
    Ok(rows)
}

/// What a text is as a value of a column, in the server's words; `from`, where the text is an
/// interval from that value.
///
/// # Errors
/// It is none.
pub async fn check(
    link: &Link,
    relation: &Relation,
    column: usize,
    typed: &str,
    from: Option<&str>,
) -> Outcome<String> {
    let column = relation
        .columns
        .get(column)
        .ok_or_else(|| Fault::new("There is no such column"))?;
    let rows = link.answer(&change::check(column, typed, from)).await?;
    let read = |at| {
        rows.first()
            .and_then(|row| row.try_get::<_, String>(at).ok())
    };
    let (Some(value), Some(kept)) = (read(0), read(1)) else {
        return Err(Fault::new("The server said nothing of the value"));
    };
    // A cast cuts where an assignment refuses all but spaces (manual, "Character Types").
    let length = |text: &str| text.trim_end_matches(' ').len();
    let is_cut = column.category == 'S' && length(&kept) != length(&value);
    if is_cut || column.category == 'V' && kept != value {
        return Err(Fault::new(format!(
            "value too long for type {}",
            column.type_name
        )));
    }
    Ok(kept)
}

/// A geometry or a geography as well-known text.
///
/// # Errors
/// The server's; the column is of another type.
pub async fn well_known(
    link: &Link,
    relation: &Relation,
    column: usize,
    text: &str,
) -> Outcome<String> {
    let column = relation.columns.get(column);
    let asked = column
        .and_then(|column| change::well_known(column, text))
        .ok_or_else(|| Fault::new("The column holds no geometry"))?;
    let rows = link.answer(&asked).await?;
    let text = rows.first().and_then(|row| row.try_get(0).ok());
    text.ok_or_else(|| Fault::new("The server said nothing of the value"))
}

/// The changes in an order in which foreign keys hold: rows come before those that refer to them, and
/// go after them. Of equals the person's order is kept.
///
/// # Errors
/// The server's.
pub async fn ordered(link: &Link, changes: Vec<Planned>) -> Outcome<Vec<Planned>> {
    let mut oids: Vec<u32> = changes.iter().map(|(relation, _)| relation.oid).collect();
    oids.sort_unstable();
    oids.dedup();
    if oids.len() < 2 {
        return Ok(by_kind(changes, &HashMap::new()));
    }
    let params: &[(&(dyn ToSql + Sync), Type)] = &[(&oids, Type::OID_ARRAY)];
    let rows = link
        .rows(include_str!("introspect/references.sql"), params)
        .await?;
    let edges: Vec<(u32, u32)> = rows
        .iter()
        .filter_map(|row| Some((row.try_get(0).ok()?, row.try_get(1).ok()?)))
        .collect();
    Ok(by_kind(changes, &depths(&oids, &edges)))
}

/// How many tables each one stands on: 0 for those that refer to none of the others. Where they refer
/// to each other in a circle the count stops at their number.
fn depths(oids: &[u32], edges: &[(u32, u32)]) -> HashMap<u32, usize> {
    let mut depths: HashMap<u32, usize> = oids.iter().map(|oid| (*oid, 0)).collect();
    for _ in 0..oids.len() {
        for (child, parent) in edges.iter().filter(|(child, parent)| child != parent) {
            let below = depths.get(parent).copied().unwrap_or(0) + 1;
            if let Some(depth) = depths.get_mut(child) {
                *depth = (*depth).max(below).min(oids.len());
            }
        }
    }
    depths
}

fn by_kind(mut changes: Vec<Planned>, depths: &HashMap<u32, usize>) -> Vec<Planned> {
    let depth = |relation: &Relation| depths.get(&relation.oid).copied().unwrap_or(0);
    let most = depths.values().copied().max().unwrap_or(0);
    changes.sort_by_key(|(relation, staged)| match staged.change {
        Change::Insert(_) => (0, depth(relation)),
        Change::Update(_) => (1, 0),
        Change::Delete => (2, most - depth(relation)),
    });
    changes
}

#[cfg(test)]
mod tests {
    use super::depths;

    #[test]
    fn who_refers_to_others_stands_above_them_and_a_circle_ends() {
        let found = depths(&[1, 2, 3], &[(2, 1), (3, 2), (3, 3)]);
        assert_eq!((found[&1], found[&2], found[&3]), (0, 1, 2));
        let circle = depths(&[1, 2], &[(2, 1), (1, 2)]);
        assert!(circle.values().all(|depth| *depth <= 2));
    }
}
