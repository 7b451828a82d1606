use proptest::prelude::*;

use super::*;

fn split(sql: &str) -> Vec<&str> {
    statements(sql)
        .into_iter()
        .map(|statement| &sql[statement.range])
        .collect()
}

fn all_are(table: &[(&str, &[&str])]) {
    for (sql, wanted) in table {
        assert_eq!(split(sql), *wanted, "{sql}");
    }
}

#[test]
fn statements_end_where_the_server_ends_them() {
    all_are(&[
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
        ("a /* x */ ; /* y */ b /* z */", &["a", "b"]),
        ("a;\r\n-- ;\r\nb;\r\n", &["a", "b"]),
        ("", &[]),
        (" ;; -- a\n;/* b */", &[]),
        ("é;ü", &["é", "ü"]),
    ]);
}

#[test]
fn semicolons_inside_a_statement_do_not_end_it() {
    all_are(&[
        (
            "CREATE RULE r AS ON INSERT TO t DO ALSO (DELETE FROM u; SELECT (1);); x",
            &[
                "CREATE RULE r AS ON INSERT TO t DO ALSO (DELETE FROM u; SELECT (1);)",
                "x",
            ],
        ),
        (
            "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END; x",
            &[
                "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT 1; SELECT 2; END",
                "x",
            ],
        ),
        (
            "create or replace procedure p() begin/**/atomic select case when a then case b when 1 then 2 end end; end; x",
            &[
                "create or replace procedure p() begin/**/atomic select case when a then case b when 1 then 2 end end; end",
                "x",
            ],
        ),
        (
            "CREATE FUNCTION f() BEGIN ATOMIC SELECT 1 AS end, t.case, (CASE 1 WHEN 1 THEN 2 END); END; x",
            &[
                "CREATE FUNCTION f() BEGIN ATOMIC SELECT 1 AS end, t.case, (CASE 1 WHEN 1 THEN 2 END); END",
                "x",
            ],
        ),
        // None of these is such a body.
        (
            "BEGIN; SELECT 1; END; x",
            &["BEGIN", "SELECT 1", "END", "x"],
        ),
        ("BEGIN ATOMIC; x", &["BEGIN ATOMIC", "x"]),
        (
            "CREATE TABLE function (begin atomic); x",
            &["CREATE TABLE function (begin atomic)", "x"],
        ),
        (
            "CREATE FUNCTION f(begin atomic) RETURN 1; x",
            &["CREATE FUNCTION f(begin atomic) RETURN 1", "x"],
        ),
        ("SELECT 1) ; x", &["SELECT 1)", "x"]),
    ]);
}

#[test]
fn lines_for_psql_are_told_apart() {
    let sql = "\\d it's\nSELECT 1 \\gx\nSELECT '\\d';\\echo a;b \r\n\\set x\\;\nSELECT \\; 2\\;3";
    let wanted = [
        (Kind::Meta, "\\d it's"),
        (Kind::Sql, "SELECT 1"),
        (Kind::Meta, "\\gx"),
        (Kind::Sql, "SELECT '\\d'"),
        (Kind::Meta, "\\echo a;b"),
        (Kind::Meta, "\\set x\\;"),
        (Kind::Sql, "SELECT"),
        (Kind::Sql, "2"),
        (Kind::Sql, "3"),
    ];
    let found: Vec<(Kind, &str)> = statements(sql)
        .into_iter()
        .map(|statement| (statement.kind, &sql[statement.range]))
        .collect();
    assert_eq!(found, wanted);
}

/// The statements of a script with their data.
fn with_data(sql: &str) -> Vec<(&str, Option<&str>, bool)> {
    statements(sql)
        .into_iter()
        .map(|statement| {
            let data = statement.data.map(|range| &sql[range]);
            (&sql[statement.range], data, statement.open)
        })
        .collect()
}

#[test]
fn lines_of_data_belong_to_the_copy_before_them() {
    let copy = "COPY s.\"t\" (a, b) FROM /* */ stdin WITH (FORMAT csv)";
    for (sql, wanted) in [
        (
            format!("{copy};\n1\tit's; \\.\n\\.\nx;"),
            vec![(copy, Some("1\tit's; \\.\n"), false), ("x", None, false)],
        ),
        (
            format!("{copy} ; -- c\r\na\r\n\\.\r\nx"),
            vec![(copy, Some("a\r\n"), false), ("x", None, false)],
        ),
        (
            format!("{copy};\n\\.\nx"),
            vec![(copy, Some(""), false), ("x", None, false)],
        ),
        (format!("{copy};\na\nb"), vec![(copy, Some("a\nb"), true)]),
        (format!("{copy};"), vec![(copy, None, false)]),
        (format!("{copy};\n"), vec![(copy, None, false)]),
        (
            format!("{copy}; x; {copy}; y\na\n\\.\nb\n\\.\nz"),
            vec![
                (copy, Some("a\n"), false),
                ("x", None, false),
                (copy, Some("b\n"), false),
                ("y", None, false),
                ("z", None, false),
            ],
        ),
        (
            "\\copy t from stdin\n'\n\\.\nx".to_owned(),
            vec![
                ("\\copy t from stdin", Some("'\n"), false),
                ("x", None, false),
            ],
        ),
    ] {
        assert_eq!(with_data(&sql), wanted, "{sql}");
    }
    for other in [
        "COPY t FROM 'stdin'",
        "COPY t FROM \"stdin\"",
        "COPY t TO STDOUT",
        "COPY (SELECT 1 FROM stdin) TO STDOUT",
        "SELECT copy FROM stdin",
    ] {
        let sql = format!("{other};\na\n\\.\n");
        assert_eq!(with_data(&sql)[0], (other, None, false), "{sql}");
    }
}

#[test]
fn what_is_not_closed_reaches_to_the_end_and_says_so() {
    for open in ["b 'c;\n", "b \"c;\n", "b $$c;\n", "b /* c;\n"] {
        let sql = format!("a; {open}");
        assert_eq!(with_data(&sql), [("a", None, false), (open, None, true)]);
    }
    assert_eq!(with_data("a; /* b"), [("a", None, false)]);
    assert_eq!(with_data("a (; b"), [("a (; b", None, false)]);
}

/// The statement at the `|` of a text.
fn meant(marked: &str) -> Option<String> {
    let (before, after) = marked.split_once('|')?;
    let (offset, sql) = (before.len(), format!("{before}{after}"));
    let statements = statements(&sql);
    statement_at(&sql, &statements, offset).map(|statement| sql[statement.range.clone()].to_owned())
}

#[test]
fn a_cursor_means_the_statement_it_is_in_or_just_behind() {
    for (marked, wanted) in [
        ("|a; b", Some("a")),
        ("a|; b", Some("a")),
        ("a;| b", Some("a")),
        ("a; |b", Some("b")),
        ("a;|b", Some("b")),
        ("a;b|", Some("b")),
        ("a; -- c|\nb", Some("a")),
        ("a;\n|\nb", None),
        ("a;\n-- c|\nb", None),
        ("a\n\n|\nb;", Some("a\n\n\nb")),
        ("a;\n  |  b", Some("b")),
        ("|\na", None),
        ("a\n|", None),
        ("a|", Some("a")),
        ("|", None),
        ("COPY t FROM STDIN;\n1|2\n\\.\n", Some("COPY t FROM STDIN")),
        ("COPY t FROM STDIN;\n12\n\\.|\n", Some("COPY t FROM STDIN")),
        ("COPY t FROM STDIN;\n12\n\\.\n|", None),
        ("\\d t|\na", Some("\\d t")),
    ] {
        assert_eq!(meant(marked).as_deref(), wanted, "{marked}");
    }
    // Behind the end is as good as at the end.
    assert!(statement_at("a", &statements("a"), 99).is_some());
}

#[test]
fn a_million_characters_take_no_time() {
    for piece in [
        ";",
        "a;",
        "(",
        "COPY t FROM STDIN;",
        "COPY t FROM STDIN;\n",
        "COPY t FROM STDIN;\n\\.\n",
        "\\d\n",
        "\\",
        "\\;",
        "create function begin atomic case ",
    ] {
        let sql = piece.repeat(1_000_000 / piece.len());
        let found = statements(&sql);
        assert!(
            found.last().is_none_or(|last| last.end() <= sql.len()),
            "{piece}"
        );
    }
}

/// Statements as they are written, none of them with data.
fn statement() -> impl Strategy<Value = String> {
    prop::sample::select(vec![
        "SELECT 1",
        "SELECT ';', \"a;b\", $$;$$, $1",
        "DO $x$ BEGIN a; $$;$$ END $x$",
        "INSERT INTO t VALUES (E'\\';', U&'\\003b', 'a'\n';')",
        "CREATE RULE r AS ON INSERT TO t DO (DELETE FROM u; NOTIFY v)",
        "CREATE FUNCTION f() RETURNS int BEGIN ATOMIC SELECT CASE WHEN a THEN 1 END; END",
        "SELECT /* ; /* ; */ */ a -- ;\n FROM é",
        "COPY t TO STDOUT",
        "BEGIN",
    ])
    .prop_map(str::to_owned)
}

fn between() -> impl Strategy<Value = &'static str> {
    prop::sample::select(vec![
        "", " ", "\n", "\r\n", "-- ;'\n", "/* ;' */", " ; ", "\n\t",
    ])
}

proptest! {
    #[test]
    fn the_statements_of_a_script_are_found_again(
        parts in prop::collection::vec((between(), statement(), between()), 0..12),
    ) {
        let mut sql = String::new();
        let mut wanted = Vec::new();
        for (before, statement, after) in &parts {
            sql.push_str(before);
            sql.push_str(statement);
            sql.push_str(after);
            sql.push(';');
            wanted.push(statement.as_str());
        }
        prop_assert_eq!(split(&sql), wanted);
        for statement in statements(&sql) {
            prop_assert!(statement.semicolon.is_some() && !statement.open);
            let found = statement_at(&sql, &statements(&sql), statement.range.start).cloned();
            prop_assert_eq!(found, Some(statement));
        }
    }

    #[test]
    fn no_text_is_too_wild(sql in "([a-z;'\"$/*\\-\\\\ \n\r().é]|copy t from stdin;|\n\\\\\\.\n|begin atomic|end|case){0,40}") {
        let found = statements(&sql);
        let mut last = 0;
        for statement in &found {
            prop_assert!(statement.range.start >= last && !statement.range.is_empty());
            last = statement.range.end;
            let written = &sql[statement.range.clone()];
            prop_assert!(statement.open || written.trim() == written);
            let after = statement.semicolon.map(|at| &sql[at..=at]);
            prop_assert!(after.is_none_or(|after| after == ";"));
            prop_assert!(statement.data.as_ref().is_none_or(|data| data.end <= sql.len()));
        }
        for offset in 0..=sql.len() {
            let _ = statement_at(&sql, &found, offset);
        }
    }
}
