//! Quoting (PostgreSQL manual, 4.1 "Lexical Structure").

use crate::sql::keywords::is_reserved;

/// A name as people write it: in quotes only where it would be another without them, or a word that
/// some version of the server keeps to itself.
#[must_use]
pub fn name(name: &str) -> String {
    let begins =
        |ch: char| ch == '_' || ch.is_ascii_lowercase() || (!ch.is_ascii() && ch.is_lowercase());
    let goes_on = |ch: char| begins(ch) || ch == '$' || ch.is_ascii_digit();
    let is_plain = name.starts_with(begins) && name.chars().all(goes_on) && !is_reserved(name);
    if is_plain {
        name.to_owned()
    } else {
        ident(name)
    }
}

/// `name` as a quoted identifier. Always quoted, for statements that are sent: what a server that is
/// not known yet keeps to itself does not matter then.
#[must_use]
pub fn ident(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

/// `schema.name`, both quoted.
#[must_use]
pub fn qualified(schema: &str, name: &str) -> String {
    format!("{}.{}", ident(schema), ident(name))
}

/// `text` as a string constant that means the same whatever `standard_conforming_strings` says.
#[must_use]
pub fn literal(text: &str) -> String {
    let doubled = text.replace('\'', "''");
    if doubled.contains('\\') {
        format!("E'{}'", doubled.replace('\\', "\\\\"))
    } else {
        format!("'{doubled}'")
    }
}

/// What a token says: a word in small letters, the inside of a quoted name or of a text. `None` where
/// that would take reading escapes (`E'\…'`, `U&'…'`), bits, or texts on several lines.
#[must_use]
pub fn unquoted(written: &str) -> Option<String> {
    match written.as_bytes() {
        [b'"', ..] => undoubled(written, '"'),
        [b'\'', ..] => undoubled(written, '\''),
        [b'N' | b'n', b'\'', ..] => undoubled(&written[1..], '\''),
        [b'E' | b'e', b'\'', ..] if !written.contains('\\') => undoubled(&written[1..], '\''),
        [b'$', ..] => {
            let (tag, _) = written[1..].split_once('$')?;
            let (mark, text) = written.split_at(tag.len() + 2);
            text.strip_suffix(mark).map(str::to_owned)
        }
        _ if written.contains(['"', '\'']) => None,
        _ => Some(written.to_ascii_lowercase()),
    }
}

fn undoubled(written: &str, quote: char) -> Option<String> {
    let inner = written.strip_prefix(quote)?.strip_suffix(quote)?;
    let pair = String::from_iter([quote, quote]);
    let is_one = !inner.replace(&pair, "").contains(quote);
    is_one.then(|| inner.replace(&pair, &pair[1..]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_are_doubled() {
        assert_eq!(ident("a\"b"), "\"a\"\"b\"");
        assert_eq!(qualified("s", "t"), "\"s\".\"t\"");
        assert_eq!(literal("it's"), "'it''s'");
        assert_eq!(literal("a\\'b"), "E'a\\\\''b'");
    }

    #[test]
    fn only_what_must_be_is_quoted() {
        for (plain, wanted) in [
            ("orders", "orders"),
            ("order", "\"order\""),
            ("Orders", "\"Orders\""),
            ("a b", "\"a b\""),
            ("1a", "\"1a\""),
            ("été", "été"),
            ("Été", "\"Été\""),
            ("a\"b", "\"a\"\"b\""),
            ("name", "name"),
            ("", "\"\""),
        ] {
            assert_eq!(name(plain), wanted);
        }
    }

    #[test]
    fn what_was_quoted_is_read_again() {
        for text in ["", "a", "it's", "'", "\"", "$$", "é\n"] {
            assert_eq!(unquoted(&ident(text)).as_deref(), Some(text));
            assert_eq!(unquoted(&literal(text)).as_deref(), Some(text));
        }
        for (written, meant) in [
            ("N'a'", Some("a")),
            ("e'a''b'", Some("a'b")),
            ("$x$a'b$x$", Some("a'b")),
            ("$$$$", Some("")),
            ("Ab", Some("ab")),
            ("E'\\n'", None),
            ("U&'a'", None),
            ("u&\"a\"", None),
            ("B'01'", None),
            ("'a'\n'b'", None),
            ("'a", None),
            ("'a''", None),
            ("'", None),
            ("$x$a", None),
        ] {
            assert_eq!(unquoted(written).as_deref(), meant, "{written}");
        }
    }
}
