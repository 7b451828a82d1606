//! Statements for a read-only session: where each begins and ends, and whether one means to end what
//! keeps the session read-only.
//!
//! Nothing rests on this alone: whoever sends the statements has the server keep their transactions
//! read-only. This says plainly why a statement that tries otherwise is not sent, and takes more for
//! such a try than is one.

use std::ops::Range;

/// The settings that keep a session read-only (manual, 19.11.1).
const PROTECTED: [&str; 2] = ["transaction_read_only", "default_transaction_read_only"];

/// A piece of SQL (manual, 4.1 "Lexical Structure"); comments and spaces are none.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    /// A key word or a name without quotes, in small letters.
    Word(String),
    /// A quoted name.
    Name(String),
    /// A string of any kind.
    Text(String),
    /// A name or string whose escapes were not read: it may say anything.
    Escaped(String),
    /// Anything else.
    Sign(char),
}

/// The statements of a text, by their bytes; what is only comment is none.
#[must_use]
pub fn statements(sql: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut lexer = Lexer { sql, at: 0 };
    let mut begin = None;
    let mut end = 0;
    while let Some((token, range)) = lexer.next() {
        if token == Token::Sign(';') {
            found.extend(begin.take().map(|begin| begin..end));
        } else {
            begin.get_or_insert(range.start);
            end = range.end;
        }
    }
    found.extend(begin.map(|begin| begin..end));
    found
}

/// Whether any of the statements may be sent in a read-only session.
///
/// # Errors
/// What one of them would do to it.
pub fn check(sql: &str) -> Result<(), String> {
    for range in statements(sql) {
        let mut lexer = Lexer {
            sql: &sql[range],
            at: 0,
        };
        let tokens: Vec<Token> =
            std::iter::from_fn(|| lexer.next().map(|(token, _)| token)).collect();
        one(&tokens)?;
    }
    Ok(())
}

fn one(tokens: &[Token]) -> Result<(), String> {
    let word = |at: usize| match tokens.get(at) {
        Some(Token::Word(word)) => word.as_str(),
        _ => "",
    };
    let is_read_write = |pair: &[Token]| {
        let word =
            |token: &Token, wanted: &str| matches!(token, Token::Word(word) if word == wanted);
        word(&pair[0], "read") && word(&pair[1], "write")
    };
    let first = word(0);
    if matches!(
        first,
        "set" | "begin" | "start" | "commit" | "end" | "rollback" | "abort"
    ) && tokens.windows(2).any(is_read_write)
    {
        return Err("READ WRITE would let it write".to_owned());
    }
    match first {
        "set" => {
            let name = 1 + usize::from(matches!(word(1), "session" | "local"));
            named(tokens.get(name), "SET")?;
        }
        "reset" if word(1) == "all" => return Err("RESET ALL would let it write".to_owned()),
        "reset" => named(tokens.get(1), "RESET")?,
        "discard" if word(1) == "all" => return Err("DISCARD ALL would let it write".to_owned()),
        "do" => tokens.iter().try_for_each(body)?,
        _ => {}
    }
    for (at, token) in tokens.iter().enumerate() {
        match token {
            Token::Word(name) | Token::Name(name) if name == "set_config" => {
                set_config(&tokens[at + 1..])?;
            }
            // `U&"set\005fconfig"` is a name like any other to the server.
            Token::Escaped(text) if text.starts_with(['u', 'U']) && text.ends_with('"') => {
                return Err(format!("the name {text} cannot be read"));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Whether a setting may be given another value.
fn named(token: Option<&Token>, how: &str) -> Result<(), String> {
    match token {
        // Settings are found whatever the case of their letters, in quotes too.
        Some(Token::Word(name) | Token::Name(name))
            if PROTECTED.contains(&name.to_ascii_lowercase().as_str()) =>
        {
            Err(format!("{how} {name} would let it write"))
        }
        Some(Token::Escaped(name)) => Err(format!("the name {name} cannot be read")),
        _ => Ok(()),
    }
}

/// The function is allowed where the setting's name is written out and is another one.
fn set_config(after: &[Token]) -> Result<(), String> {
    match after {
        [Token::Sign('('), Token::Text(name), Token::Sign(','), ..]
            if !PROTECTED.contains(&name.to_ascii_lowercase().as_str()) =>
        {
            Ok(())
        }
        [Token::Sign('('), Token::Text(name), ..] => {
            Err(format!("set_config of {name} would let it write"))
        }
        _ => Err("set_config is given a name that cannot be read".to_owned()),
    }
}

/// The body of a DO block is a program; the words alone are enough to refuse it.
fn body(token: &Token) -> Result<(), String> {
    let (Token::Text(text) | Token::Escaped(text)) = token else {
        return Ok(());
    };
    let words: Vec<String> = text
        .to_ascii_lowercase()
        .split(|ch: char| !ch.is_alphanumeric() && ch != '_')
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect();
    let has = |wanted: &str| words.iter().any(|word| word.contains(wanted));
    let pair = |one: &str, two: &str| {
        words
            .windows(2)
            .any(|pair| pair[0] == one && pair[1] == two)
    };
    if has("read_only") || has("set_config") || pair("read", "write") || pair("reset", "all") {
        return Err("the block names what keeps the session read-only".to_owned());
    }
    Ok(())
}

struct Lexer<'a> {
    sql: &'a str,
    at: usize,
}

impl Lexer<'_> {
    fn rest(&self) -> &str {
        &self.sql[self.at..]
    }

    fn next(&mut self) -> Option<(Token, Range<usize>)> {
        self.skip();
        let begin = self.at;
        let first = self.rest().chars().next()?;
        let token = self
            .prefixed()
            .or_else(|| self.dollar_quoted())
            .unwrap_or_else(|| self.plain(first));
        Some((token, begin..self.at))
    }

    /// Spaces and comments; comments between signs may stand in each other.
    fn skip(&mut self) {
        loop {
            let rest = self.rest();
            let spaces = rest.len() - rest.trim_start().len();
            self.at += spaces;
            let rest = self.rest();
            if rest.starts_with("--") {
                self.at += rest.find(['\n', '\r']).unwrap_or(rest.len());
            } else if rest.starts_with("/*") {
                self.at += commented(rest);
            } else {
                return;
            }
        }
    }

    /// `E'…'`, `U&'…'`, `U&"…"`, and the bit strings, which are plain.
    fn prefixed(&mut self) -> Option<Token> {
        let rest = self.rest();
        let lower: String = rest
            .chars()
            .take(3)
            .collect::<String>()
            .to_ascii_lowercase();
        let (prefix, quote, backslash) = match lower.as_str() {
            text if text.starts_with("e'") => (1, '\'', true),
            text if text.starts_with("u&'") => (2, '\'', false),
            text if text.starts_with("u&\"") => (2, '"', false),
            _ => return None,
        };
        let begin = self.at;
        self.at += prefix;
        self.quoted(quote, backslash);
        Some(Token::Escaped(self.sql[begin..self.at].to_owned()))
    }

    /// `$tag$ … $tag$`; one that is not closed goes on to the end.
    fn dollar_quoted(&mut self) -> Option<Token> {
        let rest = self.rest();
        let after = rest.strip_prefix('$')?;
        let tag = after.find('$')?;
        let name = &after[..tag];
        let is_tag =
            name.chars().all(is_in_name) && !name.starts_with(|ch: char| ch.is_ascii_digit());
        if !is_tag {
            return None;
        }
        let mark = &rest[..tag + 2];
        let inner = &rest[mark.len()..];
        let (text, length) = match inner.find(mark) {
            Some(end) => (&inner[..end], end + mark.len()),
            None => (inner, inner.len()),
        };
        let (text, length) = (text.to_owned(), mark.len() + length);
        self.at += length;
        Some(Token::Text(text))
    }

    fn plain(&mut self, first: char) -> Token {
        match first {
            '\'' => Token::Text(self.quoted('\'', false)),
            '"' => Token::Name(self.quoted('"', false)),
            ch if is_in_name(ch) && !ch.is_ascii_digit() => {
                let rest = self.rest();
                let end = rest
                    .find(|ch: char| !is_in_name(ch) && ch != '$')
                    .unwrap_or(rest.len());
                let word = rest[..end].to_ascii_lowercase();
                self.at += end;
                Token::Word(word)
            }
            ch => {
                self.at += ch.len_utf8();
                Token::Sign(ch)
            }
        }
    }

    /// What is in quotes, which are doubled inside, or follow a backslash.
    fn quoted(&mut self, quote: char, backslash: bool) -> String {
        let mut text = String::new();
        let mut chars = self.sql[self.at..].char_indices().skip(1).peekable();
        let mut end = self.sql.len() - self.at;
        while let Some((at, ch)) = chars.next() {
            match ch {
                '\\' if backslash => {
                    chars.next();
                }
                ch if ch == quote && chars.next_if(|(_, next)| *next == quote).is_some() => {
                    text.push(ch);
                }
                ch if ch == quote => {
                    end = at + ch.len_utf8();
                    break;
                }
                other => text.push(other),
            }
        }
        self.at += end;
        text
    }
}

fn is_in_name(ch: char) -> bool {
    ch.is_ascii_alphanumeric() || ch == '_' || !ch.is_ascii()
}

/// How long the comment is with which a text begins.
fn commented(text: &str) -> usize {
    let bytes = text.as_bytes();
    let (mut at, mut depth) = (0, 0_usize);
    while at < bytes.len() {
        match &bytes[at..] {
            [b'/', b'*', ..] => {
                depth += 1;
                at += 2;
            }
            [b'*', b'/', ..] => {
                depth = depth.saturating_sub(1);
                at += 2;
                if depth == 0 {
                    return at;
                }
            }
            _ => at += 1,
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn split(sql: &str) -> Vec<&str> {
        statements(sql)
            .into_iter()
            .map(|range| &sql[range])
            .collect()
    }

    #[test]
    fn statements_end_where_the_server_ends_them() {
        let table: [(&str, &[&str]); 9] = [
            ("SELECT 1; SELECT 2 ;;", &["SELECT 1", "SELECT 2"]),
            ("SELECT ';' -- ;\n; b", &["SELECT ';'", "b"]),
            ("SELECT ';''; ' ; b", &["SELECT ';''; '", "b"]),
            ("SELECT E'\\';' ; b", &["SELECT E'\\';'", "b"]),
            ("SELECT \"a;\"\"\" ; b", &["SELECT \"a;\"\"\"", "b"]),
            (
                "DO $x$ a; $$ b; $$ $x$; b",
                &["DO $x$ a; $$ b; $$ $x$", "b"],
            ),
            ("SELECT a$b$c; d$b$", &["SELECT a$b$c", "d$b$"]),
            ("/* ; /* ; */ ; */ a; -- b", &["a"]),
            ("SELECT $1; b 'open; c", &["SELECT $1", "b 'open; c"]),
        ];
        for (sql, wanted) in table {
            assert_eq!(split(sql), wanted, "{sql}");
        }
    }

    #[test]
    fn what_would_end_read_only_is_seen_however_it_is_written() {
        for sql in [
            "SET transaction_read_only = off",
            "set Session Default_Transaction_Read_Only to 'off'",
            "SET LOCAL \"transaction_read_only\" TO DEFAULT",
            "SET \"TRANSACTION_READ_ONLY\" = off",
            "SET U&\"transaction\\005fread_only\" = off",
            "SELECT 1; /* x */ SET/**/transaction_read_only=off",
            "-- x\nSET -- y\n transaction_read_only = off",
            "SELECT ';'; SET TRANSACTION READ WRITE",
            "SET TRANSACTION ISOLATION LEVEL SERIALIZABLE, READ/* */WRITE",
            "SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE",
            "BEGIN READ WRITE",
            "START TRANSACTION ISOLATION LEVEL READ COMMITTED READ WRITE",
            "RESET ALL",
            "RESET transaction_read_only",
            "DISCARD ALL",
            "SELECT set_config('transaction_read_only', 'off', false)",
            "SELECT pg_catalog.\"set_config\"('Default_Transaction_Read_Only', 'off', false)",
            "SELECT set_config('transaction_' || 'read_only', 'off', false)",
            "SELECT set_config($$transaction_read_only$$, 'off', true)",
            "SELECT set_config(E'transaction\\x5fread_only', 'off', true)",
            "SELECT set_config(name, 'off', true) FROM pg_settings",
            "SELECT U&\"set\\005fconfig\"('transaction_read_only', 'off', true)",
            "SELECT set_config(setting_name => 'transaction_read_only', new_value => 'off', is_local => true)",
            "PREPARE p AS SELECT set_config('transaction_read_only', 'off', true)",
            "DO $$ BEGIN SET TRANSACTION READ  WRITE; END $$",
            "DO LANGUAGE plpgsql 'BEGIN PERFORM set_config(''a'', ''b'', true); END'",
            "DO $$ BEGIN EXECUTE 'set default_transaction_read_only to off'; END $$",
        ] {
            assert!(check(sql).is_err(), "{sql}");
        }
    }

    #[test]
    fn what_only_reads_or_sets_something_else_is_let_through() {
        for sql in [
            "SELECT 'SET transaction_read_only = off'",
            "SELECT $$RESET ALL$$ -- RESET ALL",
            "SHOW transaction_read_only",
            "SELECT current_setting('transaction_read_only')",
            "SET search_path = a, b",
            "SET SESSION statement_timeout = 0",
            "SET TRANSACTION READ ONLY",
            "BEGIN ISOLATION LEVEL REPEATABLE READ",
            "SELECT set_config('search_path', 'a', false)",
            "SELECT read, write FROM t",
            "RESET search_path; DISCARD PLANS",
            "DO $$ BEGIN PERFORM 1; END $$",
            "",
        ] {
            assert_eq!(check(sql), Ok(()), "{sql}");
        }
    }

    proptest! {
        #[test]
        fn no_text_is_too_wild_and_nothing_of_it_is_lost(sql in "[a-z;'\"$/*\\-\\\\ \nEU&é]{0,40}") {
            let mut last = 0;
            for range in statements(&sql) {
                prop_assert!(range.start >= last && range.end > range.start);
                last = range.end;
            }
            let _ = check(&sql);
        }
    }
}
