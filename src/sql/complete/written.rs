//! Names as people write them: in quotes only where they must be.

pub(super) use crate::sql::quote::name;

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
        assert_eq!(qualified("public", "user"), "public.\"user\"");
        assert_eq!(function("left"), "left");
    }
}
