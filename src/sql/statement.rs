//! What one statement is: what it does, whether it returns rows, what it may destroy, and how it is
//! written down without its passwords.
//!
//! Told from its tokens, without knowing the grammar: what is not recognised is [`Verb::Other`], and
//! the server has the last word on everything.

use crate::sql::lexer::{Kind, Token};
use crate::sql::quote::unquoted;
use crate::sql::script::Copying;

mod parts;
mod risk;
mod secrets;

use parts::{Parts, Run, significant, top_level};

pub use risk::{Risk, risk};
pub use secrets::mask_secrets;

/// What a statement does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// `SELECT`, in parentheses too, but not `SELECT … INTO`, which makes a table.
    Select,
    /// `VALUES`.
    Values,
    /// `TABLE t`.
    Table,
    /// `SHOW`.
    Show,
    /// `INSERT`.
    Insert,
    /// `UPDATE`.
    Update,
    /// `DELETE`.
    Delete,
    /// `MERGE`.
    Merge,
    /// `DROP`.
    Drop,
    /// `TRUNCATE`.
    Truncate,
    /// What begins, ends or divides a transaction.
    Transaction(Transaction),
    /// `COPY`.
    Copy(Direction),
    /// `LISTEN`.
    Listen,
    /// Anything else.
    Other,
}

/// What a statement does with the transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transaction {
    /// `BEGIN`, `START TRANSACTION`.
    Begin,
    /// `COMMIT`, `END`; `AND CHAIN` begins the next one.
    Commit {
        /// Whether it does.
        chain: bool,
    },
    /// `ROLLBACK`, `ABORT`; `AND CHAIN` begins the next one.
    Rollback {
        /// Whether it does.
        chain: bool,
    },
    /// `SAVEPOINT`.
    Savepoint,
    /// `ROLLBACK TO`.
    RollbackTo,
    /// `RELEASE`.
    Release,
    /// `PREPARE TRANSACTION`, which ends it as far as the session is concerned.
    Prepare,
    /// `COMMIT PREPARED`, `ROLLBACK PREPARED`: of another transaction than the session's.
    Prepared,
}

/// Between what a `COPY` copies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// From the client.
    FromStdin,
    /// To the client.
    ToStdout,
    /// From or to a file or a program of the server's.
    Other,
}

/// Whether a statement is only explained.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Explain {
    /// It is run.
    No,
    /// It is not run.
    Plan,
    /// It is run, and its plan returned instead of its rows.
    Analyze,
}

/// What one statement is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "independent facts of a statement"
)]
pub struct Outline {
    /// What it does; what an `EXPLAIN` explains.
    pub verb: Verb,
    /// Whether it is only explained.
    pub explain: Explain,
    /// Whether rows come back, as far as its words tell: a `CALL` may return one.
    pub returns: bool,
    /// Whether one of the queries in its `WITH`, or the one it copies, writes.
    pub writes_within: bool,
    /// Whether it refuses to be run in a transaction, as far as its words tell.
    pub alone: bool,
    /// Whether it may end the transaction it is in by itself: `DO`, `CALL`.
    pub ends_transactions: bool,
}

impl Outline {
    /// Whether it only reads, as long as the functions it calls do.
    #[must_use]
    pub fn only_reads(&self) -> bool {
        let reads = matches!(
            self.verb,
            Verb::Select | Verb::Values | Verb::Table | Verb::Show
        );
        self.explain == Explain::Plan || (reads && !self.writes_within)
    }

    /// Whether a transaction that is ended by hand is begun before it: not before what begins or ends
    /// one itself, nor before what refuses to be in one.
    #[must_use]
    pub fn may_be_in_a_transaction(&self) -> bool {
        !matches!(self.verb, Verb::Transaction(_)) && !self.alone
    }
}

/// The words of the statements that take no transaction around them (manual, "SQL Commands").
const ALONE: [&[&str]; 10] = [
    &["vacuum"],
    &["cluster"],
    &["create", "database"],
    &["drop", "database"],
    &["create", "tablespace"],
    &["drop", "tablespace"],
    &["alter", "system"],
    &["reindex", "database"],
    &["reindex", "system"],
    &["discard", "all"],
];

fn is_alone(tokens: Run<'_, '_>) -> bool {
    let begins = |words: &&[&str]| {
        let mut pairs = words.iter().zip(tokens);
        tokens.len() >= words.len() && pairs.all(|(word, token)| token.is(word))
    };
    // `CREATE UNIQUE INDEX CONCURRENTLY`, and the like.
    let concurrently = tokens.iter().take(4).any(|token| token.is("concurrently"));
    ALONE.iter().any(begins) || concurrently
}

/// Reads one statement.
#[must_use]
pub fn outline(sql: &str) -> Outline {
    let tokens = significant(sql);
    let parts = Parts::of(&tokens);
    let verb = verb(parts.main);
    let says = |word: &str| top_level(parts.main).any(|token| token.is(word));
    let returns = match verb {
        Verb::Select | Verb::Values | Verb::Table | Verb::Show => true,
        Verb::Insert | Verb::Update | Verb::Delete | Verb::Merge => says("returning"),
        Verb::Other => parts
            .main
            .first()
            .is_some_and(|first| first.is_any(&["fetch", "execute", "call"])),
        _ => false,
    };
    let writes = |part: Run<'_, '_>| {
        matches!(
            self::verb(part),
            Verb::Insert | Verb::Update | Verb::Delete | Verb::Merge
        )
    };
    Outline {
        verb,
        explain: parts.explain,
        returns: returns || parts.explain != Explain::No,
        writes_within: parts.within.iter().copied().any(writes),
        alone: parts.explain == Explain::No && is_alone(parts.main),
        ends_transactions: parts
            .main
            .first()
            .is_some_and(|first| first.is_any(&["do", "call"])),
    }
}

/// Whether a query reads a table of this name once, as far as its words tell: then each of its rows holds
/// values of one row of the table. What is behind a `WITH` can be read any number of times.
#[must_use]
pub fn reads_once(sql: &str, table: &str) -> bool {
    let tokens = significant(sql);
    let is_with = tokens.iter().any(|token| token.is("with"));
    let named = tokens.iter().enumerate().filter(|(at, token)| {
        let is_prefix = tokens.get(at + 1).is_some_and(|next| next.is_sign('.'));
        let name = matches!(token.kind, Kind::Word | Kind::Name).then(|| unquoted(token.text));
        !is_prefix && name.flatten().as_deref() == Some(table)
    });
    !is_with && named.count() == 1
}

/// Whether a statement may set for how long statements may run, as far as its words tell.
#[must_use]
pub fn sets_timeout(sql: &str) -> bool {
    let tokens = significant(sql);
    let is = |at: usize, words: &[&str]| tokens.get(at).is_some_and(|token| token.is_any(words));
    let is_it = |token: &Token<'_>| {
        let named = matches!(token.kind, Kind::Word | Kind::Name | Kind::Text);
        let name = named.then(|| unquoted(token.text)).flatten();
        name.is_some_and(|name| name.eq_ignore_ascii_case("statement_timeout"))
    };
    let names = tokens.iter().any(is_it);
    let calls = tokens.iter().any(|token| token.is("set_config"));
    let sets = is(0, &["set"]) && !is(1, &["local"]) || is(0, &["reset"]) || calls;
    let resets = is(0, &["reset", "discard"]) && is(1, &["all"]);
    sets && names || resets
}

/// The text of what an `EXPLAIN` explains; of any other statement its own, without its semicolon and
/// what is around it. A comment before it stays, for a planner's hints may be in it.
#[must_use]
pub fn explained(sql: &str) -> &str {
    let tokens = significant(sql);
    let Some(last) = tokens.last() else {
        return "";
    };
    match Parts::explained(&tokens) {
        (Explain::No, _) => sql.get(..last.end()).unwrap_or(sql).trim(),
        (_, [first, ..]) => sql.get(first.begin..last.end()).unwrap_or_default(),
        (_, []) => "",
    }
}

fn verb(tokens: Run<'_, '_>) -> Verb {
    const PLAIN: [(&str, Verb); 10] = [
        ("values", Verb::Values),
        ("table", Verb::Table),
        ("show", Verb::Show),
        ("insert", Verb::Insert),
        ("update", Verb::Update),
        ("delete", Verb::Delete),
        ("merge", Verb::Merge),
        ("drop", Verb::Drop),
        ("truncate", Verb::Truncate),
        ("listen", Verb::Listen),
    ];
    let Some(first) = tokens.first() else {
        return Verb::Other;
    };
    if let Some((_, verb)) = PLAIN.iter().find(|(word, _)| first.is(word)) {
        *verb
    } else if first.is("select") {
        let makes_table = top_level(tokens).any(|token| token.is("into"));
        if makes_table {
            Verb::Other
        } else {
            Verb::Select
        }
    } else if first.is("copy") {
        Verb::Copy(direction(tokens))
    } else {
        transaction(tokens).map_or(Verb::Other, Verb::Transaction)
    }
}

fn direction(tokens: Run<'_, '_>) -> Direction {
    let copying = tokens
        .iter()
        .fold(Copying::default(), |copying, token| copying.with(token));
    let outer: Vec<_> = top_level(tokens).collect();
    let is_to_stdout = |pair: &[&Token<'_>]| pair[0].is("to") && pair[1].is("stdout");
    if copying == Copying::Stdin {
        Direction::FromStdin
    } else if outer.windows(2).any(is_to_stdout) {
        Direction::ToStdout
    } else {
        Direction::Other
    }
}

fn transaction(tokens: Run<'_, '_>) -> Option<Transaction> {
    let says = |at: usize, word: &str| tokens.get(at).is_some_and(|token| token.is(word));
    let first = tokens.first()?;
    // After the word itself there may be a noise word.
    let next = 1 + usize::from(says(1, "work") || says(1, "transaction"));
    let chain = says(next, "and") && says(next + 1, "chain");
    if first.is("begin") || (first.is("start") && says(1, "transaction")) {
        Some(Transaction::Begin)
    } else if first.is_any(&["commit", "rollback"]) && says(1, "prepared") {
        Some(Transaction::Prepared)
    } else if first.is_any(&["commit", "end"]) {
        Some(Transaction::Commit { chain })
    } else if first.is("rollback") && says(next, "to") {
        Some(Transaction::RollbackTo)
    } else if first.is_any(&["rollback", "abort"]) {
        Some(Transaction::Rollback { chain })
    } else if first.is("savepoint") {
        Some(Transaction::Savepoint)
    } else if first.is("release") {
        Some(Transaction::Release)
    } else if first.is("prepare") && says(1, "transaction") {
        Some(Transaction::Prepare)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_refuses_a_transaction_is_known_by_its_words() {
        for sql in [
            "vacuum t",
            "CREATE DATABASE d",
            "create unique index concurrently on t (a)",
            "/* x */ reindex database d",
            "begin",
            "COMMIT",
        ] {
            assert!(!outline(sql).may_be_in_a_transaction(), "{sql}");
        }
        for sql in ["select 1", "create index on t (a)", "explain vacuum", ""] {
            assert!(outline(sql).may_be_in_a_transaction(), "{sql}");
        }
    }

    #[test]
    fn what_sets_how_long_statements_run_is_known() {
        for sql in [
            "SET Statement_Timeout = 0",
            "select set_config('statement_timeout', '0', false)",
            "reset all",
            "DISCARD ALL",
        ] {
            assert!(sets_timeout(sql), "{sql}");
        }
        for sql in [
            "show statement_timeout",
            "select * from pg_settings where name = 'statement_timeout'",
            "set local statement_timeout = 0",
            "reset role",
            "reset",
            "",
        ] {
            assert!(!sets_timeout(sql), "{sql}");
        }
    }

    #[test]
    fn a_table_that_is_read_twice_is_seen() {
        for sql in [
            "select * from mix",
            "select mix.id, mix.k from public.mix where id in (select mix_id from other)",
            "select o.* from \"mix\" o join other on true",
        ] {
            assert!(reads_once(sql, "mix"), "{sql}");
        }
        for sql in [
            "select a.id, b.k from mix a join MIX b on b.id = a.id + 1",
            "select a.id, b.k from mix a, (select * from \"mix\") b",
            "with x as (select * from mix) select a.id, b.k from x a, x b",
            "select * from other",
        ] {
            assert!(!reads_once(sql, "mix"), "{sql}");
        }
        assert!(reads_once("select * from \"Mix\"", "Mix"));
        assert!(!reads_once("select * from mix", "Mix"));
    }

    #[test]
    fn a_statement_is_known_by_its_words() {
        for (sql, wanted) in [
            ("select 1", Verb::Select),
            ("/* x */ ((SELECT 1) UNION SELECT 2)", Verb::Select),
            ("SELECT 1 INTO t", Verb::Other),
            ("SELECT (SELECT 1 AS into), t.into, a AS into", Verb::Select),
            ("VALUES (1);", Verb::Values),
            ("TABLE t", Verb::Table),
            ("SHOW ALL", Verb::Show),
            ("INSERT INTO t SELECT 1", Verb::Insert),
            ("MERGE INTO t USING u ON a WHEN MATCHED THEN DELETE", Verb::Merge),
            ("WITH a AS (DELETE FROM t RETURNING 1) SELECT * FROM a", Verb::Select),
            (
                "WITH RECURSIVE update (a) AS NOT MATERIALIZED (SELECT 1), \"x\" AS (TABLE y) DELETE FROM t",
                Verb::Delete,
            ),
            (
                "WITH a AS (SELECT 1) SEARCH DEPTH FIRST BY b, c SET d CYCLE e SET f TO 1 DEFAULT 0 USING g,
                h AS (SELECT 1) UPDATE t SET a = 1",
                Verb::Update,
            ),
            ("(WITH a AS (SELECT 1) TABLE a)", Verb::Table),
            ("WITH a AS (", Verb::Other),
            ("WITH", Verb::Other),
            ("DROP TABLE t", Verb::Drop),
            ("TRUNCATE t", Verb::Truncate),
            ("LISTEN c", Verb::Listen),
            ("CREATE TABLE t ()", Verb::Other),
            ("\"select\" 1", Verb::Other),
            ("", Verb::Other),
            ("((", Verb::Other),
            ("COPY t (a) FROM STDIN WITH (FORMAT csv)", Verb::Copy(Direction::FromStdin)),
            ("COPY (SELECT 1 FROM stdin) TO STDOUT", Verb::Copy(Direction::ToStdout)),
            ("COPY t TO PROGRAM 'cat'", Verb::Copy(Direction::Other)),
            ("COPY t FROM 'stdin'", Verb::Copy(Direction::Other)),
        ] {
            assert_eq!(outline(sql).verb, wanted, "{sql}");
        }
    }

    #[test]
    fn what_a_statement_does_to_the_transaction_is_known() {
        for (sql, wanted) in [
            ("BEGIN", Some(Transaction::Begin)),
            ("start transaction read only", Some(Transaction::Begin)),
            ("END WORK", Some(Transaction::Commit { chain: false })),
            (
                "COMMIT AND NO CHAIN",
                Some(Transaction::Commit { chain: false }),
            ),
            (
                "COMMIT TRANSACTION AND CHAIN",
                Some(Transaction::Commit { chain: true }),
            ),
            ("ABORT", Some(Transaction::Rollback { chain: false })),
            (
                "ROLLBACK AND CHAIN",
                Some(Transaction::Rollback { chain: true }),
            ),
            (
                "ROLLBACK WORK TO SAVEPOINT a",
                Some(Transaction::RollbackTo),
            ),
            ("ROLLBACK PREPARED 'a'", Some(Transaction::Prepared)),
            ("PREPARE TRANSACTION 'a'", Some(Transaction::Prepare)),
            ("PREPARE a AS SELECT 1", None),
            ("SAVEPOINT a", Some(Transaction::Savepoint)),
            ("RELEASE a", Some(Transaction::Release)),
            ("START", None),
        ] {
            let wanted = wanted.map_or(Verb::Other, Verb::Transaction);
            assert_eq!(outline(sql).verb, wanted, "{sql}");
        }
    }

    #[test]
    fn an_explained_statement_is_told_apart() {
        for (sql, explain, verb) in [
            ("EXPLAIN DELETE FROM t", Explain::Plan, Verb::Delete),
            ("EXPLAIN VERBOSE SELECT 1", Explain::Plan, Verb::Select),
            (
                "EXPLAIN ANALYSE VERBOSE UPDATE t SET a = 1",
                Explain::Analyze,
                Verb::Update,
            ),
            (
                "EXPLAIN (analyze, buffers off) SELECT 1",
                Explain::Analyze,
                Verb::Select,
            ),
            (
                "EXPLAIN (ANALYZE off, COSTS) SELECT 1",
                Explain::Plan,
                Verb::Select,
            ),
            (
                "EXPLAIN (ANALYZE 0, ANALYZE true) WITH a AS (SELECT 1) DELETE FROM t",
                Explain::Analyze,
                Verb::Delete,
            ),
            ("EXPLAIN (SELECT 1)", Explain::Plan, Verb::Select),
            ("EXPLAIN ((SELECT analyze))", Explain::Plan, Verb::Select),
            ("EXPLAIN", Explain::Plan, Verb::Other),
            ("EXPLAIN (", Explain::Plan, Verb::Other),
            ("DELETE FROM t", Explain::No, Verb::Delete),
        ] {
            let outline = outline(sql);
            assert_eq!((outline.explain, outline.verb), (explain, verb), "{sql}");
            assert!(explain == Explain::No || outline.returns, "{sql}");
        }
    }

    #[test]
    fn rows_come_back_where_they_are_asked_for_at_the_top() {
        for (sql, returns, only_reads) in [
            ("SELECT 1", true, true),
            ("INSERT INTO t VALUES (1) RETURNING id", true, false),
            (
                "WITH a AS (DELETE FROM t RETURNING 1) INSERT INTO u TABLE a",
                false,
                false,
            ),
            (
                "WITH a AS (WITH b AS (TABLE c) DELETE FROM t RETURNING 1) TABLE a",
                true,
                false,
            ),
            ("WITH a AS (SELECT 1) TABLE a", true, true),
            ("EXPLAIN DELETE FROM t", true, true),
            ("EXPLAIN ANALYZE DELETE FROM t", true, false),
            ("COPY (DELETE FROM t RETURNING 1) TO STDOUT", false, false),
            ("UPDATE t SET a = 1", false, false),
            ("SELECT 1 INTO t", false, false),
            ("CALL p()", true, false),
        ] {
            let outline = outline(sql);
            let found = (outline.returns, outline.only_reads());
            assert_eq!(found, (returns, only_reads), "{sql}");
        }
        assert!(outline("COPY (DELETE FROM t RETURNING 1) TO STDOUT").writes_within);
    }
}
