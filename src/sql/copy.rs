//! psql's `\copy` (manual, psql, "Meta-Commands"): the COPY that it sends, and the file on this side;
//! and where in its data the server found an error.

use crate::sql::lexer::{Lexer, Token};
use crate::sql::statement::{self, Direction, Verb};

/// Where the data are on this side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum End {
    /// In the text behind it, or nowhere yet: a file is asked for.
    Here,
    /// In a file.
    File(String),
}

/// A COPY from or to this side.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Copy {
    /// What is sent.
    pub sql: String,
    /// Whether data go to the server.
    pub is_from: bool,
    /// Where they are.
    pub end: End,
}

/// What a statement copies from or to this side, if that is what it does.
#[must_use]
pub fn statement(sql: &str) -> Option<Copy> {
    let is_from = match statement::outline(sql).verb {
        Verb::Copy(Direction::FromStdin) => true,
        Verb::Copy(Direction::ToStdout) => false,
        _ => return None,
    };
    Some(Copy {
        sql: sql.to_owned(),
        is_from,
        end: End::Here,
    })
}

/// Reads a line that begins with `\copy`.
///
/// # Errors
/// Why it is none.
pub fn meta(line: &str) -> Result<Copy, String> {
    const USAGE: &str = "\\copy is written \\copy t (a, b) from 'file' with (format csv), or \\copy (select …) to 'file'";
    let usage = || USAGE.to_owned();
    let rest = line.strip_prefix("\\copy").ok_or_else(usage)?;
    let mut tokens = Lexer::new(rest).filter(Token::is_significant);
    let mut depth = 0_usize;
    let mut is_begun = false;
    // The name may be any word: what follows it is looked at.
    let word = loop {
        let token = tokens.next().ok_or_else(usage)?;
        if token.is_sign('(') {
            depth += 1;
        } else if token.is_sign(')') {
            depth = depth.saturating_sub(1);
        } else if depth == 0 && is_begun && token.is_any(&["from", "to"]) {
            break token;
        }
        is_begun = true;
    };
    let is_from = word.is("from");
    let what = rest[..word.begin].trim();
    let (end, after) = place(rest[word.end()..].trim_start(), is_from)?;
    let between = if is_from { "FROM STDIN" } else { "TO STDOUT" };
    let after = after.trim().trim_end_matches(';').trim_end();
    let sql = format!("COPY {what} {between} {after}");
    Ok(Copy {
        sql: sql.trim_end().to_owned(),
        is_from,
        end,
    })
}

/// The file that a text begins with, and what is behind it.
fn place(text: &str, is_from: bool) -> Result<(End, &str), String> {
    if let Some(quoted) = text.strip_prefix('\'') {
        let mut name = String::new();
        let mut rest = quoted;
        loop {
            let end = rest
                .find('\'')
                .ok_or("\\copy: the quote of the file is not closed")?;
            name.push_str(&rest[..end]);
            rest = &rest[end + 1..];
            match rest.strip_prefix('\'') {
                Some(more) => {
                    name.push('\'');
                    rest = more;
                }
                None => break,
            }
        }
        return match name.trim() {
            "" => Err("\\copy: the file has no name".to_owned()),
            _ => Ok((End::File(name), rest)),
        };
    }
    let end = text.find(|ch: char| ch.is_whitespace() || ch == ';');
    let (name, rest) = text.split_at(end.unwrap_or(text.len()));
    let (here, other) = if is_from {
        (["stdin", "pstdin"], ["stdout", "pstdout"])
    } else {
        (["stdout", "pstdout"], ["stdin", "pstdin"])
    };
    let is_any = |words: [&str; 2]| words.iter().any(|word| name.eq_ignore_ascii_case(word));
    if name.is_empty() {
        Err("\\copy: no file is named".to_owned())
    } else if name.eq_ignore_ascii_case("program") {
        Err("\\copy: dbkeep runs no program from a statement; copy to a file, or from one that the program wrote".to_owned())
    } else if is_any(other) {
        Err(format!("\\copy: {name} is the other way round"))
    } else if is_any(here) {
        Ok((End::Here, rest))
    } else {
        Ok((End::File(name.to_owned()), rest))
    }
}

/// The line of the data that the server's context names (`COPY t, line 3, column b: "x"`), from one,
/// whatever its language.
#[must_use]
pub fn line_of(context: &str) -> Option<usize> {
    let place = context
        .lines()
        .find_map(|line| line.strip_prefix("COPY "))?;
    place.split(", ").skip(1).find_map(|part| {
        let digits = part.trim_start_matches(|ch: char| !ch.is_ascii_digit());
        let end = digits.find(|ch: char| !ch.is_ascii_digit());
        digits[..end.unwrap_or(digits.len())].parse().ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_of_psqls_is_a_statement_and_a_file() {
        let file = |name: &str| End::File(name.to_owned());
        for (line, sql, is_from, end) in [
            (
                "\\copy t from 'a b.csv' csv header",
                "COPY t FROM STDIN csv header",
                true,
                file("a b.csv"),
            ),
            (
                "\\copy s.\"from\" (a, \"to\") to ~/it's.txt;",
                "COPY s.\"from\" (a, \"to\") TO STDOUT",
                false,
                file("~/it's.txt"),
            ),
            (
                "\\copy (select 1 from x) TO 'it''s' with (format csv);",
                "COPY (select 1 from x) TO STDOUT with (format csv)",
                false,
                file("it's"),
            ),
            ("\\copy t from stdin", "COPY t FROM STDIN", true, End::Here),
            (
                "\\copy t from PSTDIN where a > 1",
                "COPY t FROM STDIN where a > 1",
                true,
                End::Here,
            ),
            (
                "\\copy from to pstdout",
                "COPY from TO STDOUT",
                false,
                End::Here,
            ),
            (
                "\\copy t to 'stdout'",
                "COPY t TO STDOUT",
                false,
                file("stdout"),
            ),
            ("\\copy t from x;", "COPY t FROM STDIN", true, file("x")),
        ] {
            let wanted = Copy {
                sql: sql.to_owned(),
                is_from,
                end,
            };
            assert_eq!(meta(line), Ok(wanted), "{line}");
        }
    }

    #[test]
    fn what_is_none_says_why() {
        for (line, why) in [
            ("\\copy", "is written"),
            ("\\copy t", "is written"),
            ("\\copy (select 1 from t", "is written"),
            ("\\copy t from", "no file is named"),
            ("\\copy t to 'x", "not closed"),
            ("\\copy t to ''", "has no name"),
            ("\\copy t to program 'rm x'", "runs no program"),
            ("\\copy t to stdin", "the other way round"),
        ] {
            assert!(meta(line).is_err_and(|said| said.contains(why)), "{line}");
        }
    }

    #[test]
    fn the_line_of_an_error_is_read_from_its_context() {
        for (context, line) in [
            ("COPY t, line 3, column b: \"x, 4\"", Some(3)),
            ("Failing row contains (1).\nCOPY t, Zeile 12: „x“", Some(12)),
            ("COPY t, line 1", Some(1)),
            ("PL/pgSQL function f() line 3", None),
            ("COPY t", None),
        ] {
            assert_eq!(line_of(context), line, "{context}");
        }
    }

    #[test]
    fn what_a_statement_copies_from_or_to_this_side_is_known() {
        assert!(statement("copy t from stdin").is_some_and(|copy| copy.is_from));
        assert!(statement("copy (select 1) to stdout csv").is_some_and(|copy| !copy.is_from));
        assert_eq!(statement("copy t from '/x'"), None);
        assert_eq!(statement("select 1"), None);
    }
}
