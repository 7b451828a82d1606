#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::fmt::Write;

use proptest::prelude::*;

use super::*;
use crate::sql::script::statements;

/// Statements as people type them, one after another.
const EXAMPLES: &str = include_str!("tests/examples.sql");

#[test]
fn what_people_type_is_laid_out() {
    let made = script(EXAMPLES, &statements(EXAMPLES), |_| true);
    assert_eq!(made.left, None);
    insta::assert_snapshot!(made.text);
}

#[test]
fn twice_is_once_and_nothing_else_is_said() {
    let once = script(EXAMPLES, &statements(EXAMPLES), |_| true).text;
    let twice = script(&once, &statements(&once), |_| true).text;
    assert_eq!(once, twice);
    assert!(says_the_same(EXAMPLES, &once));
}

#[test]
fn what_has_no_form_is_left_with_a_reason() {
    for (text, why) in [
        ("select 'a", "not closed"),
        ("select $$ a", "not closed"),
        ("select (1", "not even"),
        ("select 1)", "not even"),
        ("select case when a then b", "not even"),
    ] {
        let left = statement(text);
        assert!(left.is_err_and(|left| left.contains(why)), "{text}");
    }
    let deep = format!("select {}1{}", "(".repeat(5_000), ")".repeat(5_000));
    assert!(statement(&deep).is_err_and(|why| why.contains("too deep")));
}

#[test]
fn what_is_meant_for_psql_and_data_stay() {
    let table = [
        ("\\d  t\nselect 1", "\\d  t\nSELECT 1"),
        (
            "copy t (a,b) from stdin;\n1\tselect  1\n\\.\nselect  2;",
            "COPY t (a, b) FROM stdin;\n1\tselect  1\n\\.\nSELECT 2;",
        ),
        (
            "copy t from stdin; select a from  t;\n1\n\\.\n",
            "COPY t FROM stdin; select a from  t;\n1\n\\.\n",
        ),
        ("select 1; select 2 ;", "SELECT 1;\nSELECT 2;"),
        (
            "-- a\n\nselect  1 -- b\n; -- c\n",
            "-- a\n\nSELECT 1 -- b\n; -- c\n",
        ),
        ("select  1 \\gx\nselect  2", "SELECT 1 \\gx\nSELECT 2"),
        (
            "select 'a\n  b'  ,  $$ select  1 $$",
            "SELECT 'a\n  b', $$ select  1 $$",
        ),
    ];
    for (text, wanted) in table {
        assert_eq!(script(text, &statements(text), |_| true).text, wanted);
    }
    // What is formatted alone is not put into the data of another one either.
    let text = "copy t from stdin; select a from  t;\n1\n\\.\n";
    let found = statements(text);
    let made = script(text, &found, |one| one.range == found[1].range);
    assert_eq!(made.text, text);
    assert!(made.left.is_some());
    let text = "select  1; select  2; select  3";
    let found = statements(text);
    let made = script(text, &found, |one| one.range == found[1].range);
    assert_eq!(made.text, "select  1; SELECT 2; select  3");
}

#[test]
fn names_are_left_as_they_are() {
    let table = [
        (
            "select Name, Type, Value, Key, data from Level",
            "SELECT Name, Type, Value, Key, data\nFROM Level",
        ),
        (
            "select t.order, t.select as user from t",
            "SELECT t.order, t.select AS user\nFROM t",
        ),
        (
            "select first, values, set, filter from rows",
            "SELECT first, values, set, filter\nFROM rows",
        ),
        (
            "select left(a, 1), replace (a, b, c)",
            "SELECT left(a, 1), replace(a, b, c)",
        ),
        (
            "create table if not exists data (type text, key int)",
            "CREATE TABLE IF NOT EXISTS data (\n    type text,\n    key int\n)",
        ),
        (
            "alter table data add column type text",
            "ALTER TABLE data ADD COLUMN type text",
        ),
    ];
    for (text, wanted) in table {
        assert_eq!(statement(text).unwrap(), wanted);
    }
}

#[test]
fn a_place_is_found_again() {
    let before = "select  a ,b from t";
    let after = statement(before).unwrap();
    for (at, word) in [(0, "SELECT"), (8, "a"), (11, "b"), (13, "FROM"), (18, "t")] {
        assert!(
            after[place(before, at, &after)..].starts_with(word),
            "{word}"
        );
    }
    assert_eq!(place(before, before.len(), &after), after.len());
    assert_eq!(place("é  b", 2, "é b"), 2);
}

/// Words that make something like SQL, and what stands between them.
fn scraps() -> impl Strategy<Value = String> {
    let words = prop::sample::select(vec![
        "select",
        "from",
        "where",
        "and",
        "or",
        "case",
        "when",
        "then",
        "else",
        "end",
        "(",
        ")",
        "[",
        "]",
        ",",
        ";",
        "a",
        "t.b",
        "\"N\"",
        "1",
        "1.",
        ".5",
        "'x'",
        "E'\\''",
        "$$y$$",
        "+",
        "-",
        "*",
        "::",
        "->>",
        "=",
        ".",
        ":",
        ":v",
        "$1",
        "%",
        "type",
        "join",
        "left",
        "on",
        "using",
        "group by",
        "order by",
        "between",
        "values",
        "insert into",
        "update",
        "set",
        "with",
        "as",
        "union all",
        "create table",
        "create function",
        "begin atomic",
        "alter table",
        "add column",
        "-- c\n",
        "/* c */",
        "/* c\n */\n",
        "\n-- d\n",
        "\n/* d */\n",
        "é",
        "\\",
        "@",
        "/",
        "in",
        "exists",
        "over",
        "partition by",
        "limit",
        "for update",
        "distinct",
        "delete from",
        "returning",
        "on conflict",
        "do update",
        "merge into",
        "null",
        "not",
        "is",
        "a_name_that_takes_some_room_on_the_line",
        "explain",
    ]);
    let space = prop::sample::select(vec![" ", "", "\n", "  ", "\n\n"]);
    prop::collection::vec((words, space), 0..60).prop_map(|scraps| {
        scraps
            .iter()
            .fold(String::new(), |mut text, (word, space)| {
                let _ = write!(text, "{word}{space}");
                text
            })
    })
}

/// The tokens and the comments, each in their order.
fn said(text: &str) -> (Vec<String>, Vec<String>) {
    let small = |token: Token<'_>| match token.kind {
        Lexeme::Word => token.text.to_ascii_lowercase(),
        _ => token.text.to_owned(),
    };
    let tokens = Lexer::new(text).filter(Token::is_significant);
    let comments = Lexer::new(text).filter(|token| token.kind == Lexeme::Comment);
    (tokens.map(small).collect(), comments.map(small).collect())
}

/// Formats by the layout alone: without the comparison at its end, which would hide a fault.
fn laid_out(text: &str) -> Option<String> {
    let pieces = Pieces::read(text).ok()?;
    let all = 0..pieces.len();
    let mut layout = Layout::new(pieces);
    layout.statement(&all, 0);
    layout.end();
    Some(layout.into_text())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1024))]

    #[test]
    fn the_tokens_stay_whatever_is_typed(text in scraps()) {
        for one in statements(&text) {
            if one.kind == Kind::Meta {
                continue;
            }
            let one = &text[one.range];
            let Some(made) = laid_out(one) else { continue };
            prop_assert_eq!(said(one), said(&made), "{}", made);
        }
    }

    #[test]
    fn a_second_time_changes_nothing(text in scraps()) {
        let once = script(&text, &statements(&text), |_| true).text;
        let twice = script(&once, &statements(&once), |_| true).text;
        prop_assert_eq!(once, twice);
    }

    #[test]
    fn any_text_is_survived(text in "\\PC*", at in 0_usize..40) {
        let made = script(&text, &statements(&text), |_| true).text;
        prop_assert_eq!(said(&text), said(&made));
        prop_assert!(made.get(place(&text, at, &made)..).is_some());
    }
}
