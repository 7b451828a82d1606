//! PostgreSQL's key words and the names of its types, as an editor shows them.
//!
//! From `pg_get_keywords()` of PostgreSQL 15: all that are reserved, and of the others those that
//! begin clauses; words that are as often the names of columns (`name`, `data`, `level`) are left
//! out, and so are those that read like functions (`coalesce`). All in order, in small letters.

/// What a word may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Meaning {
    /// A key word.
    Keyword,
    /// The name of a type, or a part of one, as in `double precision`.
    Type,
}

/// What a word without quotes is, whatever the case of its letters; `None` for a name.
#[must_use]
pub fn meaning(word: &str) -> Option<Meaning> {
    let mut room = [0; LONGEST];
    let small = small(word, &mut room)?;
    let holds = |words: &[&str]| {
        words
            .binary_search_by(|word| word.as_bytes().cmp(small))
            .is_ok()
    };
    if holds(&KEYWORDS) {
        Some(Meaning::Keyword)
    } else if holds(&TYPES) {
        Some(Meaning::Type)
    } else {
        None
    }
}

/// Whether a word cannot be the name of a column or an alias without quotes, in some version of the
/// server since 12 (manual, appendix C: reserved, with those that may be functions or types).
#[must_use]
pub fn is_reserved(word: &str) -> bool {
    let mut room = [0; LONGEST];
    let small = small(word, &mut room);
    small.is_some_and(|small| {
        RESERVED
            .binary_search_by(|word| word.as_bytes().cmp(small))
            .is_ok()
    })
}

/// A word in small letters; nothing for one that is longer than all that are known.
fn small<'a>(word: &str, room: &'a mut [u8; LONGEST]) -> Option<&'a [u8]> {
    let small = room.get_mut(..word.len())?;
    small.copy_from_slice(word.as_bytes());
    small.make_ascii_lowercase();
    Some(small)
}

/// The names of types that people write, in order.
#[must_use]
pub fn types() -> &'static [&'static str] {
    &TYPES
}

#[rustfmt::skip]
const RESERVED: [&str; 101] = [
    "all", "analyse", "analyze", "and", "any", "array", "as", "asc", "asymmetric", "authorization",
    "binary", "both", "case", "cast", "check", "collate", "collation", "column", "concurrently",
    "constraint", "create", "cross", "current_catalog", "current_date", "current_role",
    "current_schema", "current_time", "current_timestamp", "current_user", "default",
    "deferrable", "desc", "distinct", "do", "else", "end", "except", "false", "fetch", "for",
    "foreign", "freeze", "from", "full", "grant", "group", "having", "ilike", "in", "initially",
    "inner", "intersect", "into", "is", "isnull", "join", "lateral", "leading", "left", "like",
    "limit", "localtime", "localtimestamp", "natural", "not", "notnull", "null", "offset", "on",
    "only", "or", "order", "outer", "overlaps", "placing", "primary", "references", "returning",
    "right", "select", "session_user", "similar", "some", "symmetric", "system_user", "table",
    "tablesample", "then", "to", "trailing", "true", "union", "unique", "user", "using",
    "variadic", "verbose", "when", "where", "window", "with",
];

/// The length of the longest word below.
const LONGEST: usize = 17;

#[rustfmt::skip]
const KEYWORDS: [&str; 296] = [
    "abort", "access", "action", "add", "after", "aggregate", "all", "alter", "always", "analyse",
    "analyze", "and", "any", "array", "as", "asc", "asymmetric", "atomic", "attach", "attribute",
    "authorization", "before", "begin", "between", "binary", "both", "by", "cache", "call",
    "called", "cascade", "case", "cast", "chain", "check", "checkpoint", "close", "cluster",
    "collate", "collation", "column", "comment", "commit", "committed", "concurrently", "conflict",
    "constraint", "constraints", "continue", "copy", "cost", "create", "cross", "cube",
    "current_catalog", "current_date", "current_role", "current_schema", "current_time",
    "current_timestamp", "current_user", "cursor", "cycle", "database", "deallocate", "declare",
    "default", "deferrable", "deferred", "definer", "delete", "desc", "detach", "disable",
    "discard", "distinct", "do", "domain", "drop", "each", "else", "enable", "end", "enum",
    "escape", "event", "except", "exclude", "exclusive", "execute", "exists", "explain",
    "extension", "false", "fetch", "filter", "first", "following", "for", "force", "foreign",
    "freeze", "from", "full", "function", "generated", "grant", "group", "grouping", "groups",
    "having", "if", "ilike", "immutable", "in", "include", "increment", "index", "inherits",
    "initially", "inner", "inout", "insert", "instead", "intersect", "into", "invoker", "is",
    "isnull", "isolation", "join", "key", "language", "last", "lateral", "leading", "leakproof",
    "left", "like", "limit", "listen", "load", "local", "localtime", "localtimestamp", "lock",
    "locked", "logged", "mapping", "match", "matched", "materialized", "maxvalue", "merge",
    "minvalue", "move", "natural", "no", "none", "not", "nothing", "notify", "notnull", "nowait",
    "null", "nulls", "of", "offset", "on", "only", "operator", "or", "order", "ordinality",
    "others", "out", "outer", "over", "overlaps", "overriding", "owned", "owner", "parallel",
    "parser", "partition", "placing", "policy", "preceding", "prepare", "prepared", "primary",
    "privileges", "procedure", "program", "publication", "range", "read", "reassign", "recursive",
    "references", "refresh", "reindex", "release", "rename", "repeatable", "replace", "replica",
    "reset", "restart", "restrict", "return", "returning", "returns", "revoke", "right", "role",
    "rollback", "rollup", "routine", "row", "rows", "rule", "savepoint", "schema", "scroll",
    "security", "select", "sequence", "serializable", "server", "session_user", "set", "setof",
    "sets", "share", "show", "similar", "skip", "snapshot", "some", "stable", "start", "statement",
    "statistics", "stdin", "stdout", "stored", "strict", "subscription", "support", "symmetric",
    "system", "table", "tablesample", "tablespace", "temp", "temporary", "then", "ties", "to",
    "trailing", "transaction", "transform", "trigger", "true", "truncate", "type", "uescape",
    "unbounded", "uncommitted", "union", "unique", "unlisten", "unlogged", "until", "update",
    "user", "using", "vacuum", "valid", "validate", "values", "variadic", "verbose", "view",
    "volatile", "when", "where", "window", "with", "within", "without", "work", "wrapper", "write",
    "zone",
];

#[rustfmt::skip]
const TYPES: [&str; 82] = [
    "bigint", "bigserial", "bit", "bool", "boolean", "box", "bpchar", "bytea", "char", "character",
    "cidr", "circle", "citext", "date", "datemultirange", "daterange", "dec", "decimal", "double",
    "float", "float4", "float8", "hstore", "inet", "int", "int2", "int4", "int4multirange",
    "int4range", "int8", "int8multirange", "int8range", "integer", "interval", "json", "jsonb",
    "jsonpath", "lseg", "macaddr", "macaddr8", "money", "national", "nchar", "numeric",
    "nummultirange", "numrange", "oid", "point", "polygon", "precision", "real", "record",
    "regclass", "regnamespace", "regproc", "regprocedure", "regrole", "regtype", "serial",
    "serial2", "serial4", "serial8", "smallint", "smallserial", "text", "time", "timestamp",
    "timestamptz", "timetz", "tsmultirange", "tsquery", "tsrange", "tstzmultirange", "tstzrange",
    "tsvector", "uuid", "varbit", "varchar", "varying", "void", "xid", "xml",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_tables_are_in_order_and_no_word_is_in_both() {
        assert!(KEYWORDS.is_sorted_by(|a, b| a < b) && TYPES.is_sorted_by(|a, b| a < b));
        assert!(RESERVED.is_sorted_by(|a, b| a < b));
        assert!(is_reserved("User") && !is_reserved("name"));
        let both: Vec<_> = KEYWORDS.iter().chain(&TYPES).collect();
        assert_eq!(both.iter().map(|word| word.len()).max(), Some(LONGEST));
        for word in TYPES {
            assert_eq!(meaning(word), Some(Meaning::Type));
        }
    }

    #[test]
    fn words_are_found_whatever_their_case() {
        assert_eq!(meaning("SeLecT"), Some(Meaning::Keyword));
        assert_eq!(meaning("JSONB"), Some(Meaning::Type));
        for word in [
            "",
            "name",
            "selects",
            "é",
            "current_timestamp_of_mine",
            "coalesce",
        ] {
            assert_eq!(meaning(word), None, "{word}");
        }
    }
}
