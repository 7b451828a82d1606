//! What is sent to see the plan of a statement (manual, EXPLAIN).
//!
//! To see how a statement runs it has to be run. One that changes data is run in a transaction that
//! is rolled back, or up to a savepoint where a transaction is open already. What a rollback does not
//! take back stays done: the numbers that sequences gave, and whatever functions did elsewhere.
//! Whether a function that a `SELECT` calls changes data cannot be read off the statement.

use crate::sql::lexer::Token;
use crate::sql::statement::{Verb, explained, outline};

/// The options where a statement is only planned.
const PLAN: &str = "EXPLAIN (VERBOSE, SETTINGS, FORMAT JSON)";
/// Those where it is run.
const ANALYZE: &str = "EXPLAIN (ANALYZE, BUFFERS, VERBOSE, SETTINGS, FORMAT JSON)";

/// Whether a statement is run to see its plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum How {
    /// It is planned.
    Plan,
    /// It is run, and what it took is measured.
    Analyze,
}

/// What is sent, in this order, each as a statement of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explaining {
    /// The statement whose plan it is, without an `EXPLAIN` of its own.
    pub statement: String,
    /// What comes before.
    pub before: Option<&'static str>,
    /// What returns the plan: one row of one column with the JSON.
    pub explain: String,
    /// What comes after, even where the one before failed.
    pub after: &'static [&'static str],
}

impl Explaining {
    /// Whether the statement is run and changes data, so that what it did is taken back.
    #[must_use]
    pub fn is_undone(&self) -> bool {
        self.before.is_some()
    }

    /// All that is sent.
    pub fn statements(&self) -> impl Iterator<Item = &str> {
        let explain = std::iter::once(self.explain.as_str());
        self.before
            .into_iter()
            .chain(explain)
            .chain(self.after.iter().copied())
    }
}

/// What is sent to explain one statement; an `EXPLAIN` is taken as the statement that it explains.
/// `in_transaction` says whether one is open.
///
/// # Errors
/// Why there is nothing to explain, for the person.
pub fn explaining(sql: &str, how: How, in_transaction: bool) -> Result<Explaining, String> {
    let statement = explained(sql);
    if statement.is_empty() {
        return Err("there is no statement to explain".to_owned());
    }
    refused(statement)?;
    let options = match how {
        How::Plan => PLAN,
        How::Analyze => ANALYZE,
    };
    let changes = how == How::Analyze && !outline(statement).only_reads();
    let (before, after): (_, &[&str]) = match (changes, in_transaction) {
        (false, _) => (None, &[]),
        (true, false) => (Some("BEGIN"), &["ROLLBACK"]),
        (true, true) => (
            Some("SAVEPOINT dbkeep_explain"),
            &[
                "ROLLBACK TO SAVEPOINT dbkeep_explain",
                "RELEASE SAVEPOINT dbkeep_explain",
            ],
        ),
    };
    Ok(Explaining {
        explain: format!("{options} {statement}"),
        statement: statement.to_owned(),
        before,
        after,
    })
}

/// Refuses what the server has no plan for.
fn refused(statement: &str) -> Result<(), String> {
    let words = words(statement);
    let says = |at: usize, word: &str| words.get(at).is_some_and(|token| token.is(word));
    let first = words.first().map_or("", |token| token.text).to_uppercase();
    let has_plan = match outline(statement).verb {
        Verb::Select
        | Verb::Values
        | Verb::Table
        | Verb::Insert
        | Verb::Update
        | Verb::Delete
        | Verb::Merge => true,
        Verb::Other if says(0, "create") => {
            let made = words.iter().any(|token| token.is("as"));
            // What stands between says whether it lasts: `TEMP`, `UNLOGGED`, `GLOBAL TEMPORARY`.
            let what = words
                .iter()
                .skip(1)
                .find(|token| !token.is_any(&["temp", "temporary", "unlogged", "global", "local"]));
            made && what.is_some_and(|token| token.is_any(&["table", "materialized"]))
        }
        Verb::Other => words
            .first()
            .is_some_and(|first| first.is_any(&["select", "with", "execute", "declare"])),
        _ => false,
    };
    if has_plan {
        return Ok(());
    }
    Err(match outline(statement).verb {
        Verb::Copy(_) => "COPY has no plan; explain the query that it copies".to_owned(),
        Verb::Transaction(_) => format!("{first} has no plan: it is about the transaction"),
        _ if says(0, "refresh") => {
            "REFRESH has no plan; explain the query of the materialized view".to_owned()
        }
        _ if says(0, "call") || says(0, "do") => {
            format!("{first} has no plan; explain the statements in its body")
        }
        _ => format!(
            "{first} has no plan: SELECT, INSERT, UPDATE, DELETE, MERGE, VALUES, EXECUTE, DECLARE and CREATE … AS have one"
        ),
    })
}

/// The first words that say something: enough to tell statements apart, of however long a text.
fn words(statement: &str) -> Vec<Token<'_>> {
    let tokens = crate::sql::lexer::Lexer::new(statement);
    let is_open = |token: &Token<'_>| token.is_sign('(');
    tokens
        .filter(Token::is_significant)
        .skip_while(is_open)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(sql: &str, how: How, in_transaction: bool) -> Vec<String> {
        match explaining(sql, how, in_transaction) {
            Ok(explaining) => explaining.statements().map(str::to_owned).collect(),
            Err(why) => vec![format!("no: {why}")],
        }
    }

    #[test]
    fn what_reads_is_explained_as_it_is() {
        for (sql, inner) in [
            ("select 1", "select 1"),
            ("  select 1 ; -- done\n", "select 1"),
            (
                "/*+ SeqScan(t) */ select * from t",
                "/*+ SeqScan(t) */ select * from t",
            ),
            ("EXPLAIN ANALYZE VERBOSE select 1", "select 1"),
            (
                "explain (analyze, format yaml) (select 1) union select 2",
                "(select 1) union select 2",
            ),
            ("EXPLAIN (select 1)", "(select 1)"),
            ("EXPLAIN /*+ hint */ TABLE t", "TABLE t"),
            ("select ';' -- a", "select ';'"),
        ] {
            let wanted = |options: &str| vec![format!("{options} {inner}")];
            assert_eq!(sent(sql, How::Plan, false), wanted(PLAN), "{sql}");
            assert_eq!(sent(sql, How::Analyze, true), wanted(ANALYZE), "{sql}");
        }
    }

    #[test]
    fn what_changes_data_is_run_and_taken_back() {
        for sql in [
            "DELETE FROM t",
            "WITH a AS (DELETE FROM t RETURNING 1) SELECT * FROM a",
            "CREATE TEMP TABLE t AS SELECT 1",
            "create materialized view v as select 1",
            "SELECT 1 INTO t",
            "EXECUTE p(1)",
        ] {
            let explain = format!("{ANALYZE} {sql}");
            assert_eq!(sent(sql, How::Plan, false), [format!("{PLAN} {sql}")]);
            assert_eq!(
                sent(sql, How::Analyze, false),
                ["BEGIN", &explain, "ROLLBACK"]
            );
            let savepoint = [
                "SAVEPOINT dbkeep_explain",
                &explain,
                "ROLLBACK TO SAVEPOINT dbkeep_explain",
                "RELEASE SAVEPOINT dbkeep_explain",
            ];
            assert_eq!(sent(sql, How::Analyze, true), savepoint);
            let is_undone = explaining(sql, How::Analyze, true).map(|sent| sent.is_undone());
            assert_eq!(is_undone, Ok(true));
        }
    }

    #[test]
    fn what_has_no_plan_is_refused_with_the_reason() {
        for (sql, why) in [
            ("", "no statement"),
            ("-- nothing", "no statement"),
            (";", "no statement"),
            ("EXPLAIN", "no statement"),
            ("COPY t TO STDOUT", "COPY has no plan"),
            ("commit", "COMMIT has no plan: it is about the transaction"),
            ("VACUUM t", "VACUUM has no plan"),
            ("SHOW ALL", "SHOW has no plan"),
            ("TRUNCATE t", "TRUNCATE has no plan"),
            ("CREATE TABLE t (a int)", "CREATE has no plan"),
            ("CREATE VIEW v AS SELECT 1", "CREATE has no plan"),
            ("CALL p()", "CALL has no plan"),
            ("REFRESH MATERIALIZED VIEW v", "REFRESH has no plan"),
            ("EXPLAIN ANALYZE DROP TABLE t", "DROP has no plan"),
        ] {
            let said = explaining(sql, How::Plan, false).err().unwrap_or_default();
            assert!(said.contains(why), "{sql}: {said}");
        }
    }
}
