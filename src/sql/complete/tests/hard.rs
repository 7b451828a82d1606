//! Whatever the text is, completion keeps its word.

use proptest::prelude::*;

use super::shop;
use crate::sql::complete::{Used, complete, complete_from, opens};
use crate::sql::script::statements;

#[test]
fn the_list_opens_by_itself_only_in_names() {
    for (marked, wanted) in [
        ("s|", false),
        ("se|", true),
        ("SELECT o.|", true),
        ("SELECT o.i|", true),
        ("SELECT |", false),
        ("SELECT id,|", false),
        ("SELECT 12|", false),
        ("SELECT 1.|", false),
        ("SELECT .|", false),
        ("SELECT 'ab|", false),
        ("SELECT 'a.|'", false),
        ("SELECT 'ab'|", false),
        ("-- ab|", false),
        ("/* ab|", false),
        ("$$ ab|$$", false),
        ("SELECT \"Ab|", true),
        ("SELECT a_1|", true),
        ("SELECT $1|", false),
        ("SELECT éé|", true),
        ("|", false),
    ] {
        let offset = marked.find('|').unwrap();
        let text = marked.replacen('|', "", 1);
        assert_eq!(opens(&text, offset), wanted, "{marked}");
    }
    assert!(!opens("é", 1) && !opens("ab", 9));
}

/// What grows with the square of such a text, or faster, would not end.
#[test]
fn deep_and_long_texts_are_done_with() {
    let names = shop();
    let used = Used::new();
    for text in [
        "(".repeat(50_000),
        format!("SELECT {}", "(SELECT ".repeat(10_000)),
        format!("SELECT * FROM {}", "(".repeat(50_000)),
        format!("SELECT * FROM {}", "(SELECT * FROM ".repeat(5_000)),
        format!("SELECT * FROM {} WHERE ", "customers, ".repeat(5_000)),
        format!(
            "WITH {} SELECT ",
            "a AS (SELECT * FROM customers, a, a), ".repeat(500)
        ),
        "SELECT [".repeat(20_000),
        "a.".repeat(50_000),
        ")".repeat(50_000),
        "\"".repeat(50_001),
    ] {
        for offset in [text.len(), text.len() / 2, 8] {
            let _ = complete(&text, offset, &names, &used);
        }
    }
}

/// Texts of pieces that matter, put together in any way.
fn sql() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "SELECT ",
        "FROM ",
        "JOIN ",
        "ON ",
        "WHERE ",
        "(",
        ")",
        ",",
        ".",
        "orders",
        " o ",
        "customers c ",
        "*",
        "=",
        "'",
        "\"",
        "$$",
        "--",
        "/*",
        "*/",
        "\n",
        ";",
        " ",
        "WITH ",
        "a AS (",
        "INSERT INTO ",
        "VALUES ",
        "UPDATE ",
        "SET ",
        "DELETE ",
        "::",
        "CASE ",
        "END ",
        "IN ",
        "é",
        "😀",
        "1",
        "1.",
        "CREATE TABLE ",
        "ALTER TABLE ",
        "ADD ",
        "COLUMN ",
        "DROP ",
        "\\d ",
        "COPY t FROM STDIN;\n",
        "UNION ",
        "ORDER BY ",
        "RETURNING ",
        "EXPLAIN ",
        "AS ",
        "LATERAL ",
        "[",
        "]",
        "USING ",
        "CAST(",
        "MERGE INTO ",
        "WHEN ",
        "OVER ",
        "IS DISTINCT FROM ",
        "CONFLICT ",
        "REFERENCES ",
        "PRIMARY KEY ",
        "TABLE ",
        "INDEX ",
        "TYPE ",
        "NOT ",
        "CONSTRAINT ",
        "RECURSIVE ",
        "DECLARE ",
        "FOR ",
        "PREPARE ",
        "GRANT ",
        "FUNCTION ",
        "BEGIN ATOMIC ",
        "excluded",
    ]);
    prop_oneof![
        prop::collection::vec(piece, 0..30).prop_map(|pieces| pieces.concat()),
        any::<String>(),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// No panic; what is replaced is in the text, between characters, and holds the offset.
    #[test]
    fn what_is_replaced_holds_the_offset(text in sql(), share in 0.0..1.1_f64) {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "any offset will do")]
        let offset = (share * text.len() as f64) as usize;
        let found = complete(&text, offset, &shop(), &Used::new());
        prop_assert!(text.get(found.replace.clone()).is_some());
        let mut inside = offset.min(text.len());
        while !text.is_char_boundary(inside) {
            inside -= 1;
        }
        prop_assert!(found.replace.start <= inside && inside <= found.replace.end);
        prop_assert!(found.items.len() <= 100);
        let statements = statements(&text);
        let mut before = statements.iter().rev().map(|statement| statement.range.start);
        if let Some(from) = before.find(|start| *start < inside) {
            let known = complete_from(&text, from, offset, &shop(), &Used::new());
            prop_assert_eq!(known, found);
        }
        let _ = opens(&text, offset);
    }
}
