//! What `dbkeep sql` prints, and where.

use crate::support::{Database, dbkeep, printed};

#[tokio::test]
async fn a_statement_is_printed_in_each_format() {
    let database = Database::new().await;
    let home = tempfile::tempdir().unwrap();
    let sql = "SELECT 1 AS n, NULL AS nothing, 'a,\"b\"' AS t, E'\\x1b' AS escape";
    let run = |format: &str| {
        let arguments = ["-u", &database.url(), "sql", "--format", format, "-c", sql];
        printed(dbkeep(home.path()).args(arguments))
    };
    let (code, table, _) = run("table");
    assert_eq!(code, 0);
    assert!(
        table.contains('∅') && table.contains('␛') && !table.contains('\u{1b}'),
        "{table}"
    );
    assert_eq!(
        run("csv").1,
        "n,nothing,t,escape\n1,,\"a,\"\"b\"\"\",\u{1b}\n"
    );
    let json: serde_json::Value = serde_json::from_str(&run("json").1).unwrap();
    assert_eq!(json[0]["nothing"], serde_json::Value::Null);
    assert_eq!(json[0]["t"], "a,\"b\"");
}

const VALUES: &str =
    "SELECT NULL AS nothing, '' AS empty, 'a \"b\", c' AS quoted, E'one\\ntwo' AS lines,
    '漢字' AS wide, E'\\x1b[2J\\x7f' AS control
    UNION ALL SELECT 'n', 'e', 'q', 'l', 'w', 'c'";

/// The output of one statement in one format, which must succeed.
fn formatted(database: &Database, format: &str, sql: &str) -> String {
    let home = tempfile::tempdir().unwrap();
    let arguments = ["sql", "-u", &database.url(), "--format", format, "-c", sql];
    let (code, out, error) = printed(dbkeep(home.path()).args(arguments));
    assert_eq!((code, error.as_str()), (0, ""), "{sql}");
    out
}

#[tokio::test]
async fn a_table_shows_what_is_there_in_straight_columns() {
    let database = Database::new().await;
    let wanted = "\
nothing  empty  quoted    lines    wide  control
───────  ─────  ────────  ───────  ────  ───────
∅               a \"b\", c  one↵two  漢字  ␛[2J␡
n        e      q         l        w     c
";
    assert_eq!(formatted(&database, "table", VALUES), wanted);
    let numbers = "SELECT 7 AS n, 1.50 AS price, 't' AS t UNION ALL SELECT 10, NULL, 'u'";
    let wanted = " n  price  t\n──  ─────  ─\n 7   1.50  t\n10      ∅  u\n";
    assert_eq!(formatted(&database, "table", numbers), wanted);
}

#[tokio::test]
async fn csv_can_be_read_back_by_the_server() {
    let database = Database::new().await;
    let csv = formatted(&database, "csv", VALUES);
    let wanted = "nothing,empty,quoted,lines,wide,control\n,\"\",\"a \"\"b\"\", c\",\"one\ntwo\",漢字,\u{1b}[2J\u{7f}\nn,e,q,l,w,c\n";
    assert_eq!(csv, wanted);
    let odd =
        r"SELECT '\.' AS a, ' b ' AS b, E'c\r' AS c, E'\t' AS d, 'e,' AS e, NULL AS f, '' AS g";
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), formatted(&database, "csv", odd)).unwrap();
    let copied = "CREATE TABLE copied (a text, b text, c text, d text, e text, f text, g text)";
    database.run(copied).await;
    let copy = format!("\\copy copied FROM '{}' CSV HEADER", file.path().display());
    database.psql(&["-c", &copy]);
    let same = format!(
        "SELECT count(*) FROM ({odd}) AS odd JOIN copied ON ROW(odd.*) IS NOT DISTINCT FROM ROW(copied.*)"
    );
    assert_eq!(database.value(&same).await, "1");
}

#[tokio::test]
async fn json_has_values_as_the_studio_copies_them() {
    let database = Database::new().await;
    let json: serde_json::Value =
        serde_json::from_str(&formatted(&database, "json", VALUES)).unwrap();
    let wanted = serde_json::json!([
        {"nothing": null, "empty": "", "quoted": "a \"b\", c", "lines": "one\ntwo",
         "wide": "漢字", "control": "\u{1b}[2J\u{7f}"},
        {"nothing": "n", "empty": "e", "quoted": "q", "lines": "l", "wide": "w", "control": "c"},
    ]);
    assert_eq!(json, wanted);
    let typed = "SELECT 1::int8 AS n, 1.50 AS price, 'NaN'::float8 AS nan, true AS b, \
                 '{\"a\": [1]}'::jsonb AS j, '1' AS t";
    let wanted = r#"{"n": 1, "price": 1.50, "nan": "NaN", "b": true, "j": {"a": [1]}, "t": "1"}"#;
    let json = formatted(&database, "json", typed);
    assert_eq!(json, format!("[\n  {wanted}\n]\n"));
    assert_eq!(formatted(&database, "json", "SELECT 1 WHERE false"), "[]\n");
}

#[tokio::test]
async fn json_keeps_every_column_in_its_order() {
    let database = Database::new().await;
    let json = formatted(
        &database,
        "json",
        "SELECT 'one' AS z, 'two' AS a, 'three' AS a",
    );
    let places: Vec<_> = ["one", "two", "three"].map(|value| json.find(value)).into();
    assert!(
        places.iter().all(Option::is_some),
        "a value was lost: {json}"
    );
    assert!(places.is_sorted(), "{json}");
}

#[tokio::test]
async fn a_statement_without_rows_prints_its_tag() {
    let database = Database::with("CREATE TABLE t AS SELECT generate_series(1, 3) AS n").await;
    assert_eq!(
        formatted(&database, "table", "UPDATE t SET n = n"),
        "UPDATE 3\n"
    );
    let several = "SELECT 1 AS n; DELETE FROM t WHERE n = 1; SELECT 2 AS n";
    assert_eq!(
        formatted(&database, "table", several),
        "n\n─\n1\n\nDELETE 1\nn\n─\n2\n"
    );
    assert_eq!(
        formatted(&database, "csv", "SELECT n FROM t WHERE false"),
        "n\n"
    );
    for format in ["table", "csv", "json"] {
        formatted(&database, format, "");
    }
}

#[tokio::test]
async fn a_fault_points_at_its_place() {
    let database = Database::new().await;
    let home = tempfile::tempdir().unwrap();
    let wanted = "  at:      line 2: FROM nothere\n                        ^\n";
    for more in [&[][..], &["--read-only"]] {
        let sql = [
            "sql",
            "-u",
            &database.url(),
            "-c",
            "SELECT 1; SELECT 2\nFROM nothere",
        ];
        let (code, _, error) = printed(dbkeep(home.path()).args(sql).args(more));
        assert_eq!(code, 1);
        assert!(error.ends_with(wanted), "{more:?}: {error}");
    }
}

#[tokio::test]
async fn a_statement_may_begin_with_a_note_and_a_mode_is_no_slip() {
    let database = Database::new().await;
    assert_eq!(formatted(&database, "csv", "-- x\nSELECT 1 AS n"), "n\n1\n");
    let home = tempfile::tempdir().unwrap();
    let url = format!("{}?sslmode=verify-ful", database.url());
    let (code, _, error) = printed(dbkeep(home.path()).args(["sql", "-u", &url, "-c", "SELECT 1"]));
    assert_eq!(code, 1);
    assert!(
        error.contains("sslmode \"verify-ful\" is not known"),
        "{error}"
    );
}

#[tokio::test]
async fn what_is_said_beside_the_result_is_printed_beside_it() {
    let database = Database::new().await;
    let home = tempfile::tempdir().unwrap();
    let sql = "DO $$ BEGIN RAISE NOTICE USING MESSAGE = 'half' || chr(27) || '[2J way', HINT = 'wait'; END $$; SELECT 1 AS n";
    let arguments = ["sql", "-u", &database.url(), "--format", "csv", "-c", sql];
    let (code, out, error) = printed(dbkeep(home.path()).args(arguments));
    assert_eq!((code, out.as_str()), (0, "n\n1\n"));
    assert_eq!(error, "NOTICE: half␛[2J way\n  hint: wait\n");
}

#[tokio::test]
async fn a_copy_reads_standard_input_and_writes_standard_output() {
    let database = Database::with("CREATE TABLE t (n int, s text)").await;
    let home = tempfile::tempdir().unwrap();
    let lines: Vec<String> = (1..=20_000).map(|n| format!("{n}\tgrüß {n}\n")).collect();
    let lines = lines.concat();
    let copy_as = |format: &str, sql: &str| {
        let mut command = dbkeep(home.path());
        command.write_stdin(lines.clone());
        printed(command.args(["sql", "-u", &database.url(), "--format", format, "-c", sql]))
    };
    let copy = |sql: &str| copy_as("table", sql);
    let copied = copy("COPY t FROM STDIN");
    assert_eq!(copied, (0, "COPY 20000\n".to_owned(), String::new()));
    let (code, out, _) = copy("COPY (SELECT * FROM t ORDER BY n) TO STDOUT");
    assert_eq!((code, out), (0, lines.clone()));
    for format in ["csv", "json"] {
        let (_, out, _) = copy_as(format, "COPY (SELECT 1) TO STDOUT");
        assert_eq!(out, "1\n", "{format}");
    }
    let (code, _, error) = copy("COPY t (n) FROM STDIN");
    assert_eq!(code, 1);
    assert!(error.contains("COPY t, line 1"), "{error}");
    assert_eq!(database.value("SELECT count(*) FROM t").await, "20000");
}
