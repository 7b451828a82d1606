//! Names as people write them: in quotes only where they must be.

use crate::sql::keywords::is_reserved;
use crate::sql::quote;

/// A name, in quotes where it would be another without them.
pub(super) fn name(name: &str) -> String {
    let begins =
        |ch: char| ch == '_' || ch.is_ascii_lowercase() || (!ch.is_ascii() && ch.is_lowercase());
    let goes_on = |ch: char| begins(ch) || ch == '$' || ch.is_ascii_digit();
    let is_plain = name.starts_with(begins) && name.chars().all(goes_on) && !is_reserved(name);
    if is_plain {
        name.to_owned()
    } else {
        quote::ident(name)
    }
}

/// A name with its schema.
pub(super) fn qualified(schema: &str, of: &str) -> String {
    format!("{}.{}", name(schema), name(of))
}

/// The name of a function: some words that cannot be columns can be functions.
pub(super) fn function(of: &str) -> String {
    if ["left", "right", "overlaps", "collation"].contains(&of) {
        of.to_owned()
    } else {
        name(of)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
        assert_eq!(qualified("public", "user"), "public.\"user\"");
        assert_eq!(function("left"), "left");
    }
}
