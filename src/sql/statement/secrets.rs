//! Statements without their passwords, as they may be kept in a history or a log.

use crate::sql::lexer::{Kind, Lexer};

/// What stands for a password.
const MASK: &str = "'***'";

/// Texts and comments in each other are looked into so deeply; what is deeper is masked whole.
const DEPTH: u8 = 4;

/// The text with `'***'` in the place of every password: the text after `PASSWORD` (manual, CREATE
/// ROLE, CREATE USER MAPPING), and a text that holds one, as a connection string does. In comments
/// and in the bodies of functions too.
#[must_use]
pub fn mask_secrets(sql: &str) -> String {
    masked(sql, DEPTH)
}

fn masked(sql: &str, depth: u8) -> String {
    let mut out = String::with_capacity(sql.len());
    let mut is_secret = false;
    for token in Lexer::new(sql) {
        match token.kind {
            Kind::Text | Kind::Dollar if is_secret => out.push_str(MASK),
            Kind::Text if holds_secret(token.text) => out.push_str(MASK),
            Kind::Dollar | Kind::Comment if mentions(token.text) => match depth.checked_sub(1) {
                Some(depth) => {
                    let (begin, inner, end) = opened(token.text);
                    out.extend([begin, &masked(inner, depth), end]);
                }
                None => out.push_str(MASK),
            },
            _ => out.push_str(token.text),
        }
        if token.is_significant() {
            is_secret = token.is("password") || token.text == "\"password\"";
        }
    }
    out
}

/// A comment or a dollar-quoted text: its mark, what is in it, and the mark that closes it.
fn opened(text: &str) -> (&str, &str, &str) {
    let tag = text.strip_prefix('$').and_then(|after| after.find('$'));
    let (begin, inner) = text.split_at(tag.map_or(2, |tag| tag + 2));
    let end = if begin == "/*" { "*/" } else { begin };
    match inner.strip_suffix(end) {
        Some(middle) if begin != "--" => (begin, middle, end),
        _ => (begin, inner, ""),
    }
}

fn mentions(text: &str) -> bool {
    text.to_ascii_lowercase().contains("password") || text.contains("://")
}

/// Whether a text holds a connection string with a password (manual, 34.1.1), or a statement with
/// one.
fn holds_secret(text: &str) -> bool {
    let text = text.to_ascii_lowercase();
    let inner = text.strip_suffix('\'').unwrap_or(&text);
    let mut given = inner.split("password").skip(1);
    let mut addresses = inner.split("://").skip(1);
    given.any(|after| after.trim_start().starts_with(['=', '\'', '\\', '$']))
        || addresses.any(|address| {
            let authority = address.split(['/', '?', '#', ' ']).next();
            let person = authority.and_then(|authority| authority.rsplit_once('@'));
            person.is_some_and(|(person, _)| person.contains(':'))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_are_masked_however_they_are_written() {
        for (sql, wanted) in [
            (
                "ALTER ROLE r PASSWORD 'x''y'",
                "ALTER ROLE r PASSWORD '***'",
            ),
            (
                "alter role r encrypted password E'x\\'y' VALID UNTIL 'z'",
                "alter role r encrypted password '***' VALID UNTIL 'z'",
            ),
            (
                "CREATE USER u PASSWORD /* c */ $a$x$a$;",
                "CREATE USER u PASSWORD /* c */ '***';",
            ),
            (
                "CREATE USER u PASSWORD 'x'\n'y'",
                "CREATE USER u PASSWORD '***'",
            ),
            (
                "CREATE USER u PASSWORD U&'x'; b",
                "CREATE USER u PASSWORD '***'; b",
            ),
            (
                "CREATE USER u PASSWORD 'open",
                "CREATE USER u PASSWORD '***'",
            ),
            (
                "CREATE USER MAPPING FOR u SERVER s OPTIONS (user 'a', \"password\" 'x')",
                "CREATE USER MAPPING FOR u SERVER s OPTIONS (user 'a', \"password\" '***')",
            ),
            (
                "CREATE SUBSCRIPTION s CONNECTION 'host=h Password = x'",
                "CREATE SUBSCRIPTION s CONNECTION '***'",
            ),
            (
                "SELECT dblink('postgresql://u:x@h/d', 'a')",
                "SELECT dblink('***', 'a')",
            ),
            (
                "DO $$ BEGIN EXECUTE 'ALTER ROLE r PASSWORD ''x'''; ALTER ROLE r PASSWORD 'y'; END $$",
                "DO $$ BEGIN EXECUTE '***'; ALTER ROLE r PASSWORD '***'; END $$",
            ),
            ("DO $a$ PASSWORD 'x", "DO $a$ PASSWORD '***'"),
            (
                "-- ALTER ROLE r PASSWORD 'x'\n/* PASSWORD 'y' */",
                "-- ALTER ROLE r PASSWORD '***'\n/* PASSWORD '***' */",
            ),
        ] {
            assert_eq!(mask_secrets(sql), wanted, "{sql}");
        }
    }

    #[test]
    fn what_is_no_password_stays() {
        for sql in [
            "ALTER ROLE r PASSWORD NULL",
            "SELECT 'password', password, 'x' FROM t WHERE password = 'y'",
            "SELECT 'the password is lost', 'https://a/b:c@d', $$password$$ -- password",
            "SELECT password \"x\", :'x', $1 'open",
            "/* password /* :// */ */ $a$ password, $$ :// $$ $a$",
            "-- password --",
        ] {
            assert_eq!(mask_secrets(sql), sql);
        }
    }

    #[test]
    fn a_million_characters_take_no_time() {
        let marks = (0..60_000).map(|n| format!("$a{n}$ password "));
        let nested = marks.collect::<Vec<_>>().concat();
        assert!(mask_secrets(&nested).len() < nested.len());
        let texts = "'password' password::// ".repeat(40_000);
        assert!(!mask_secrets(&texts).is_empty());
    }
}
