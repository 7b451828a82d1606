//! Statements for a read-only session: whether one means to end what keeps the session read-only.
//!
//! Nothing rests on this alone: whoever sends the statements has the server keep their transactions
//! read-only. This says plainly why a statement that tries otherwise is not sent, and takes more for
//! such a try than is one.

use crate::sql::lexer::{Kind, Lexer, Token};
use crate::sql::quote::unquoted;

/// The settings that keep a session read-only (manual, 19.11.1).
const PROTECTED: [&str; 2] = ["transaction_read_only", "default_transaction_read_only"];

/// Whether any of the statements may be sent in a read-only session. Each semicolon is taken to end
/// one.
///
/// # Errors
/// What one of them would do to it.
pub fn check(sql: &str) -> Result<(), String> {
    let tokens: Vec<Token<'_>> = Lexer::new(sql).filter(Token::is_significant).collect();
    tokens
        .split(|token| token.is_sign(';'))
        .try_for_each(check_one)
}

fn check_one(tokens: &[Token<'_>]) -> Result<(), String> {
    let is = |at: usize, word: &str| tokens.get(at).is_some_and(|token| token.is(word));
    let begins = |words: &[&str]| tokens.first().is_some_and(|token| token.is_any(words));
    let is_read_write = |pair: &[Token<'_>]| pair[0].is("read") && pair[1].is("write");
    if begins(&[
        "set", "begin", "start", "commit", "end", "rollback", "abort",
    ]) && tokens.windows(2).any(is_read_write)
    {
        return Err("READ WRITE would let it write".to_owned());
    }
    if begins(&["set"]) {
        let name = 1 + usize::from(is(1, "session") || is(1, "local"));
        named(tokens.get(name), "SET")?;
    } else if begins(&["reset", "discard"]) && is(1, "all") {
        let what = tokens[0].text.to_ascii_uppercase();
        return Err(format!("{what} ALL would let it write"));
    } else if begins(&["reset"]) {
        named(tokens.get(1), "RESET")?;
    } else if begins(&["do"]) {
        tokens.iter().try_for_each(body)?;
    } else if begins(&["copy"]) {
        copy(tokens)?;
    }
    for (at, token) in tokens.iter().enumerate() {
        let name = match token.kind {
            Kind::Word | Kind::Name => token.text,
            // To the server it is a colon and a name, in a slice.
            Kind::Variable => &token.text[1..],
            _ => continue,
        };
        match unquoted(name) {
            Some(name) if name == "set_config" => set_config(&tokens[at + 1..])?,
            Some(_) => {}
            // `U&"set\005fconfig"` is a name like any other to the server.
            None => return Err(format!("the name {name} cannot be read")),
        }
    }
    Ok(())
}

/// To the server's own files and programs a COPY may write in any transaction.
fn copy(tokens: &[Token<'_>]) -> Result<(), String> {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate() {
        if token.is_sign('(') {
            depth += 1;
        } else if token.is_sign(')') {
            depth = depth.saturating_sub(1);
        } else if depth == 0 && token.is("to") {
            let is_here = tokens.get(at + 1).is_some_and(|next| next.is("stdout"));
            if !is_here {
                return Err(
                    "COPY would write a file of the server, or run a program there".to_owned(),
                );
            }
        }
    }
    Ok(())
}

/// Whether a setting may be given another value.
fn named(token: Option<&Token<'_>>, how: &str) -> Result<(), String> {
    let named = token.filter(|token| matches!(token.kind, Kind::Word | Kind::Name));
    let name = named.and_then(|token| unquoted(token.text));
    match name {
        Some(name) if is_protected(&name) => Err(format!("{how} {name} would let it write")),
        _ => Ok(()),
    }
}

/// Settings are found whatever the case of their letters, in quotes too.
fn is_protected(name: &str) -> bool {
    PROTECTED.contains(&name.to_ascii_lowercase().as_str())
}

/// The function is allowed where the setting's name is written out and is another one.
fn set_config(after: &[Token<'_>]) -> Result<(), String> {
    let name = match after {
        [open, name, rest @ ..] if open.is_sign('(') => {
            let is_whole = rest.first().is_some_and(|token| token.is_sign(','));
            let is_text = matches!(name.kind, Kind::Text | Kind::Dollar);
            unquoted(name.text).filter(|_| is_text && is_whole)
        }
        _ => None,
    };
    match name {
        Some(name) if is_protected(&name) => {
            Err(format!("set_config of {name} would let it write"))
        }
        Some(_) => Ok(()),
        None => Err("set_config is given a name that cannot be read".to_owned()),
    }
}

/// The body of a DO block is a program; the words alone are enough to refuse it.
fn body(token: &Token<'_>) -> Result<(), String> {
    if !matches!(token.kind, Kind::Text | Kind::Dollar) {
        return Ok(());
    }
    let words: Vec<String> = token
        .text
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

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
            "SELECT set_config('transaction_'\n'read_only', 'off', true)",
            "SELECT a[1:set_config('transaction_read_only', 'off', true)] FROM t",
            "DO $$ BEGIN EXECUTE 'set default_transaction_read_only to off'; END $$",
            "COPY (select 1) TO PROGRAM 'rm -rf x'",
            "copy t to '/tmp/x'",
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
            "SELECT set_config(N'search_path', 'a', false), a[1:n]",
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
        fn no_text_is_too_wild(sql in "[a-z;'\"$/*\\-\\\\ \nEU&é]{0,40}") {
            let _ = check(&sql);
        }
    }
}
