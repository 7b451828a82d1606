//! Statements in few words, for lists of them.

use crate::sql::lexer::{Kind, Lexer};

/// A list of columns that takes more bytes than this is left out.
const COLUMNS: usize = 40;

/// A text on one line.
#[must_use]
pub fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// What tells a statement from others: the line of comment that it begins with, or the statement on
/// one line, in a query without a long list of columns.
#[must_use]
pub fn brief(sql: &str) -> String {
    if let Some(comment) = sql.trim_start().strip_prefix("--") {
        return format!(
            "-- {}",
            one_line(comment.lines().next().unwrap_or_default())
        );
    }
    match from(sql).filter(|at| *at > COLUMNS) {
        Some(at) => format!("SELECT … {}", one_line(&sql[at..])),
        None => one_line(sql),
    }
}

/// Where the `FROM` of a query is.
fn from(sql: &str) -> Option<usize> {
    let tokens = Lexer::new(sql).filter(|token| !matches!(token.kind, Kind::Space | Kind::Comment));
    let mut tokens = tokens.peekable();
    tokens.next_if(|token| token.is("select"))?;
    let mut depth = 0_usize;
    // `IS DISTINCT FROM` is none.
    let mut is_distinct = false;
    for token in tokens {
        match token.text {
            "(" | "[" => depth += 1,
            ")" | "]" => depth = depth.saturating_sub(1),
            _ if depth == 0 && !is_distinct && token.is("from") => return Some(token.begin),
            _ => {}
        }
        is_distinct = token.is("distinct");
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_tells_a_statement_from_others_is_kept() {
        for (sql, wanted) in [
            ("SELECT 1\n  FROM t", "SELECT 1 FROM t"),
            (
                "-- The sizes of\n-- all relations.\nSELECT 1",
                "-- The sizes of",
            ),
            (
                "SELECT a IS DISTINCT FROM b, extract(year FROM c), ' FROM ', d[1]\nFROM t\nWHERE x",
                "SELECT … FROM t WHERE x",
            ),
            ("COMMIT", "COMMIT"),
            (
                "UPDATE t SET a = b, c = d, e = f, g = h, i = j FROM u",
                "UPDATE t SET a = b, c = d, e = f, g = h, i = j FROM u",
            ),
            ("SELECT (((", "SELECT ((("),
            ("--", "-- "),
            ("", ""),
        ] {
            assert_eq!(brief(sql), wanted);
        }
    }
}
