//! What a statement destroys, said plainly before it is sent.

use std::fmt;

use crate::sql::lexer::{Kind, Token};
use crate::sql::statement::parts::{Parts, Run, significant, top_level};
use crate::sql::statement::{Explain, Verb, verb};

/// What a statement would destroy; names are as they are written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Risk {
    /// An `UPDATE` without a condition, of this table.
    Updates(String),
    /// A `DELETE` without a condition, of this table.
    Deletes(String),
    /// A `DROP`.
    Drops {
        /// The kind of the objects and their names.
        what: String,
        /// Whether it drops what depends on them.
        cascade: bool,
    },
    /// A `TRUNCATE`.
    Empties {
        /// The tables.
        what: String,
        /// Whether it empties the tables that refer to them.
        cascade: bool,
    },
}

impl fmt::Display for Risk {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let more = |cascade: bool, more: &'static str| if cascade { more } else { "" };
        match self {
            Self::Updates(table) => write!(out, "updates every row of {table}"),
            Self::Deletes(table) => write!(out, "deletes every row of {table}"),
            Self::Drops { what, cascade } => {
                let more = more(*cascade, " and whatever depends on it");
                write!(out, "drops {what}{more}")
            }
            Self::Empties { what, cascade } => {
                let more = more(*cascade, " and every table that refers to it");
                write!(out, "empties {what}{more}")
            }
        }
    }
}

/// What one statement would destroy, if it is one of those that are easily regretted.
#[must_use]
pub fn risk(sql: &str) -> Option<Risk> {
    let tokens = significant(sql);
    let parts = Parts::of(&tokens);
    if parts.explain == Explain::Plan {
        return None;
    }
    let all = std::iter::once(&parts.main).chain(&parts.within);
    all.copied().find_map(of_part)
}

fn of_part(tokens: Run<'_, '_>) -> Option<Risk> {
    let every_row = || !top_level(tokens).any(|token| token.is("where"));
    match verb(tokens) {
        Verb::Update if every_row() => table(&tokens[1..]).map(Risk::Updates),
        Verb::Delete if every_row() => match &tokens[1..] {
            [from, rest @ ..] if from.is("from") => table(rest).map(Risk::Deletes),
            _ => None,
        },
        Verb::Drop => dropped(&tokens[1..]),
        Verb::Truncate => emptied(&tokens[1..]),
        _ => None,
    }
}

/// The qualified name that tokens begin with, behind `ONLY` and a parenthesis.
fn table(tokens: Run<'_, '_>) -> Option<String> {
    let is_before = |token: &&Token<'_>| token.is("only") || token.is_sign('(');
    let mut name = String::new();
    for token in tokens.iter().skip_while(is_before) {
        let wanted = if name.is_empty() || name.ends_with('.') {
            matches!(token.kind, Kind::Word | Kind::Name)
        } else {
            token.is_sign('.')
        };
        if !wanted {
            break;
        }
        name.push_str(token.text);
    }
    (!name.is_empty()).then_some(name)
}

/// The kinds of objects that are named by more than one word.
const LONG_KINDS: [&[&str]; 9] = [
    &["materialized", "view"],
    &["foreign", "table"],
    &["foreign", "data", "wrapper"],
    &["event", "trigger"],
    &["text", "search"],
    &["access", "method"],
    &["operator", "class"],
    &["operator", "family"],
    &["user", "mapping"],
];

fn dropped(tokens: Run<'_, '_>) -> Option<Risk> {
    let (tokens, cascade) = cascaded(tokens);
    let begins = |words: &[&str]| {
        let mut pairs = words.iter().zip(tokens);
        tokens.len() > words.len() && pairs.all(|(word, token)| token.is(word))
    };
    let long = LONG_KINDS.iter().find(|words| begins(words));
    let (kind, names) = tokens.split_at_checked(long.map_or(1, |words| words.len()))?;
    let skipped = ["concurrently", "if", "exists"];
    let first = names.iter().position(|token| !token.is_any(&skipped))?;
    let kind = spaced(kind).to_ascii_lowercase();
    // What `DROP OWNED` drops is named by its owner.
    let kind = if kind == "owned" {
        "everything owned"
    } else {
        &kind
    };
    let what = format!("{kind} {}", spaced(&names[first..]));
    Some(Risk::Drops { what, cascade })
}

fn emptied(tokens: Run<'_, '_>) -> Option<Risk> {
    let (mut tokens, cascade) = cascaded(tokens);
    if tokens.len() > 1 && tokens[0].is("table") {
        tokens = &tokens[1..];
    }
    if let [names @ .., one, two] = tokens
        && one.is_any(&["restart", "continue"])
        && two.is("identity")
    {
        tokens = names;
    }
    let tables = tokens.split(|token| token.is_sign(','));
    let names: Vec<String> = tables.filter_map(table).collect();
    let what = names.join(", ");
    (!what.is_empty()).then_some(Risk::Empties { what, cascade })
}

/// Tokens without the `CASCADE` or `RESTRICT` behind the names, which may be a name itself.
fn cascaded<'t, 's>(tokens: Run<'t, 's>) -> (Run<'t, 's>, bool) {
    match tokens {
        [names @ .., last]
            if last.is_any(&["cascade", "restrict"])
                && names
                    .last()
                    .is_some_and(|before| !(before.is_sign(',') || before.is_sign('.'))) =>
        {
            (names, last.is("cascade"))
        }
        _ => (tokens, false),
    }
}

/// Tokens as they are written, with one space where spaces and comments were.
fn spaced(tokens: Run<'_, '_>) -> String {
    let mut text = String::new();
    let mut end = None;
    for token in tokens {
        if end.is_some_and(|end| end < token.begin) {
            text.push(' ');
        }
        text.push_str(token.text);
        end = Some(token.end());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_easily_regretted_is_said() {
        for (sql, wanted) in [
            (
                "UPDATE \"public\" . t SET a = 1",
                "updates every row of \"public\".t",
            ),
            (
                "update only (t) as x set a = (select 1 where true) from u",
                "updates every row of t",
            ),
            ("UPDATE t SET a = u.where FROM u", "updates every row of t"),
            (
                "DELETE FROM ONLY s.t * -- WHERE a\n",
                "deletes every row of s.t",
            ),
            (
                "DELETE FROM t USING u RETURNING *",
                "deletes every row of t",
            ),
            (
                "WITH a AS (DELETE FROM t RETURNING 1) SELECT * FROM a WHERE true",
                "deletes every row of t",
            ),
            (
                "WITH a AS (SELECT 1 WHERE true) UPDATE t SET a = 1",
                "updates every row of t",
            ),
            ("EXPLAIN ANALYZE DELETE FROM t", "deletes every row of t"),
            (
                "COPY (UPDATE t SET a = 1 RETURNING *) TO STDOUT",
                "updates every row of t",
            ),
            (
                "DROP TABLE IF EXISTS a, s.\"b\" /* x */ RESTRICT;",
                "drops table a, s.\"b\"",
            ),
            (
                "DROP MATERIALIZED  VIEW v CASCADE",
                "drops materialized view v and whatever depends on it",
            ),
            ("DROP INDEX CONCURRENTLY IF EXISTS i", "drops index i"),
            ("DROP FUNCTION f(int, text)", "drops function f(int, text)"),
            ("DROP TRIGGER t ON\n u", "drops trigger t ON u"),
            ("DROP OWNED BY r", "drops everything owned BY r"),
            ("DROP SCHEMA s.cascade", "drops schema s.cascade"),
            (
                "TRUNCATE TABLE ONLY a *, s.b RESTART IDENTITY CASCADE",
                "empties a, s.b and every table that refers to it",
            ),
            ("TRUNCATE t CONTINUE IDENTITY", "empties t"),
            ("TRUNCATE cascade", "empties cascade"),
        ] {
            let said = risk(sql).map(|risk| risk.to_string());
            assert_eq!(said.as_deref(), Some(wanted), "{sql}");
        }
    }

    #[test]
    fn what_is_not_is_not() {
        for sql in [
            "UPDATE t SET a = 1 WHERE id = 1",
            "DELETE FROM t WHERE CURRENT OF c",
            "EXPLAIN DELETE FROM t",
            "SELECT 'DROP TABLE t' -- DELETE FROM t",
            "INSERT INTO t VALUES (1) ON CONFLICT (id) DO UPDATE SET a = 1",
            "CREATE RULE r AS ON INSERT TO t DO (DELETE FROM u)",
            "MERGE INTO t USING u ON true WHEN MATCHED THEN DELETE",
            "ALTER TABLE t DROP COLUMN a",
            "DROP",
            "DROP TABLE",
            "TRUNCATE",
            "DELETE",
            "UPDATE",
            "DELETE FROM",
            "",
        ] {
            assert_eq!(risk(sql), None, "{sql}");
        }
    }
}
