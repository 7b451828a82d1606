//! The command line: exit codes, and what is printed.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    missing_docs,
    reason = "a test may panic"
)]

mod guards;
mod streaming;
#[path = "../support/mod.rs"]
mod support;
#[path = "../support/terminal.rs"]
mod terminal;

use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use assert_cmd::Command;
use support::{Database, binary, dbkeep, open_folder, printed};
use terminal::{DBKEEP, Terminal};

const NOWHERE: &str = "postgresql://nobody@127.0.0.1:1/nowhere";

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

#[tokio::test]
async fn the_target_is_the_argument_then_the_environment_then_a_file_then_libpq() {
    let database = Database::new().await;
    let home = tempfile::tempdir().unwrap();
    let config = home.path().join(".config/dbkeep");
    std::fs::create_dir_all(&config).unwrap();
    let connection = format!("[connections.here]\nurl = \"{}\"\n", database.url());
    std::fs::write(config.join("config.toml"), connection).unwrap();
    let name = |command: &mut Command| {
        let (code, out, error) =
            printed(command.args(["sql", "--format", "csv", "-c", "SELECT current_database()"]));
        assert_eq!(code, 0, "{error}");
        out.lines().nth(1).unwrap_or_default().to_owned()
    };
    let url = database.url();
    assert_eq!(
        name(
            dbkeep(home.path())
                .env("DATABASE_URL", NOWHERE)
                .args(["-u", &url])
        ),
        database.name
    );
    assert_eq!(
        name(
            dbkeep(home.path())
                .env("DATABASE_URL", NOWHERE)
                .args(["--connection", "here"])
        ),
        database.name
    );
    assert_eq!(
        name(
            dbkeep(home.path())
                .env("DATABASE_URL", &url)
                .env("PGHOST", "/nowhere")
        ),
        database.name
    );
    std::fs::write(home.path().join(".env"), format!("DATABASE_URL='{url}'\n")).unwrap();
    assert_eq!(
        name(dbkeep(home.path()).env("PGHOST", "/nowhere")),
        database.name
    );
    std::fs::remove_file(home.path().join(".env")).unwrap();
    let info = database.info();
    let mut command = dbkeep(home.path());
    command
        .env("PGHOST", info.get("host").unwrap())
        .env("PGUSER", info.get("user").unwrap())
        .env("PGDATABASE", &database.name);
    assert_eq!(name(&mut command), database.name);
}

#[test]
fn a_failure_is_one_message_and_exit_code_one() {
    let home = tempfile::tempdir().unwrap();
    let url = "postgresql://ada:secret@127.0.0.1:1/shop";
    let (code, out, error) =
        printed(dbkeep(home.path()).args(["-u", url, "sql", "-c", "SELECT 1"]));
    assert_eq!((code, out.as_str()), (1, ""));
    assert!(
        error.contains("shop as ada at 127.0.0.1:1") && error.contains("to do:"),
        "{error}"
    );
    assert!(!error.contains("secret"), "{error}");
    let (code, _, error) = printed(dbkeep(home.path()).args(["-u", url]));
    assert_eq!(code, 1);
    assert!(error.contains("needs a terminal"), "{error}");
}

#[test]
fn a_wrong_configuration_is_named_with_its_line() {
    let home = tempfile::tempdir().unwrap();
    let config = home.path().join(".config/dbkeep");
    std::fs::create_dir_all(&config).unwrap();
    std::fs::write(config.join("config.toml"), "[keys]\nquit = [\"r\"]\n").unwrap();
    let (code, _, error) = printed(dbkeep(home.path()).arg("keys"));
    assert_eq!(code, 1);
    assert!(
        error.contains("line 2") && error.contains("quit") && error.contains("reload"),
        "{error}"
    );
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
async fn the_exit_code_is_0_for_done_1_for_failed_2_for_misused() {
    let database = Database::new().await;
    let home = tempfile::tempdir().unwrap();
    let url = database.url();
    let code = |arguments: &[&str]| printed(dbkeep(home.path()).args(arguments));
    for (wanted, arguments) in [
        (0, ["--version"].as_slice()),
        (0, &["--help"]),
        (0, &["sql", "-u", &url, "-c", "SELECT 1"]),
        (1, &["sql", "-u", &url, "-c", "SELECT 1/0"]),
        (1, &["sql", "-u", &url, "-c", "SELECT 1 FROM"]),
        (1, &["sql", "-u", NOWHERE, "-c", "SELECT 1"]),
        (2, &["sql", "-u", &url]),
        (2, &["sql", "-u", &url, "-c", "SELECT 1", "--format", "xml"]),
        (
            2,
            &["sql", "-u", &url, "--connection", "here", "-c", "SELECT 1"],
        ),
        (2, &[&url, "-u", &url]),
        (2, &["local"]),
        (2, &["--colour"]),
    ] {
        let (code, out, error) = code(arguments);
        assert_eq!(code, wanted, "{arguments:?}: {error}");
        assert_eq!(code == 0, error.is_empty(), "{arguments:?}: {error}");
        assert_eq!(code == 0, !out.is_empty(), "{arguments:?}: {out}");
    }
    let error = code(&["sql", "-u", &url, "-c", "SELECT 1/0"]).2;
    assert!(
        error.contains("division by zero") && error.contains("22012"),
        "{error}"
    );
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

#[test]
fn a_reader_that_has_left_is_no_fault() {
    let home = tempfile::tempdir().unwrap();
    for arguments in [
        ["keys"].as_slice(),
        &["local", "status"],
        &["local", "url"],
        &["--help"],
    ] {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let mut command = binary(home.path());
        let output = command.args(arguments).stdout(writer).output().unwrap();
        let error = String::from_utf8_lossy(&output.stderr);
        assert_eq!(
            (output.status.code(), &*error),
            (Some(0), ""),
            "{arguments:?}"
        );
    }
}

#[tokio::test]
async fn the_url_option_is_taken_before_and_after_every_subcommand() {
    let database = Database::new().await;
    let home = tempfile::tempdir().unwrap();
    let url = database.url();
    for subcommand in [
        ["sql", "-c", "SELECT 1"].as_slice(),
        &["keys"],
        &["local", "status"],
        &["local", "url"],
    ] {
        for option in ["-u", "--url"] {
            let before = [&[option, &url], subcommand].concat();
            let after = [subcommand, &[option, &url]].concat();
            for arguments in [before, after] {
                let (code, _, error) = printed(dbkeep(home.path()).args(&arguments));
                assert_eq!(code, 0, "{arguments:?}: {error}");
            }
        }
    }
}

#[test]
fn the_demo_makes_nothing_where_it_cannot_be_shown() {
    let home = open_folder();
    let (code, _, error) = printed(dbkeep(&home).args(["demo", "-u", NOWHERE]));
    let made = home.join(".local").exists();
    std::fs::remove_dir_all(home).unwrap();
    assert_eq!(code, 1);
    assert!(error.contains("needs a terminal"), "{error}");
    assert!(!made, "a server was made for nobody");
}

/// The database that a command reaches, or what it complains of.
fn reached(command: &mut Command) -> String {
    let sql = ["sql", "--format", "csv", "-c", "SELECT current_database()"];
    let (code, out, error) = printed(command.args(sql));
    match code {
        0 => out.lines().nth(1).unwrap_or_default().to_owned(),
        _ => error,
    }
}

#[tokio::test]
async fn each_source_of_an_address_gives_way_to_the_one_before_it() {
    let database = Database::new().await;
    let (home, url) = (tempfile::tempdir().unwrap(), database.url());
    let dot_env = |text: &str| std::fs::write(home.path().join(".env"), text).unwrap();
    dot_env(&format!("DATABASE_URL={NOWHERE}\n"));
    let run = |pairs: &[(&str, &str)], arguments: &[&str]| {
        let pairs = pairs.iter().copied();
        reached(
            dbkeep(home.path())
                .env("PGHOST", "/nowhere")
                .envs(pairs)
                .args(arguments),
        )
    };
    let (wrong, right) = (
        [("DATABASE_URL", NOWHERE)],
        [("DATABASE_URL", url.as_str())],
    );
    assert_eq!(
        run(&wrong, &[&url]),
        database.name,
        "argument over environment"
    );
    assert_eq!(run(&right, &[]), database.name, "environment over .env");
    for line in [
        format!("DATABASE_URL={url}"),
        format!("  export DATABASE_URL = \"{url}\"  "),
        format!("# DATABASE_URL={NOWHERE}\nOTHER=1\nDATABASE_URL='{url}'\r"),
        format!("DATABASE_URL={NOWHERE}\nDATABASE_URL={url}"),
        format!("DATABASE_URL={url} # mine"),
        format!("DATABASE_URL=\"{url}\" # mine"),
    ] {
        dot_env(&line);
        assert_eq!(run(&[("DATABASE_URL", "")], &[]), database.name, "{line}");
    }
    let complaint = run(&right, &["--connection", "unknown"]);
    assert!(
        complaint.contains("no connection \"unknown\""),
        "{complaint}"
    );
    assert!(complaint.contains("[connections.unknown]"), "{complaint}");
}

#[tokio::test]
async fn the_variables_of_libpq_fill_what_an_address_leaves_open() {
    let database = Database::new().await;
    let home = tempfile::tempdir().unwrap();
    let info = database.info();
    let (host, user) = (info.get("host").unwrap(), info.get("user").unwrap());
    let mut command = dbkeep(home.path());
    command
        .env("PGHOST", host)
        .env("PGUSER", user)
        .env("PGDATABASE", "nowhere");
    let address = format!("dbname={}", database.name);
    assert_eq!(reached(command.args(["-u", &address])), database.name);
}

#[tokio::test]
async fn the_zone_of_the_environment_is_the_one_that_times_are_shown_in() {
    let database = Database::new().await;
    let home = tempfile::tempdir().unwrap();
    let zone = |options: &str| {
        let mut command = dbkeep(home.path());
        command
            .env("PGTZ", "Asia/Kathmandu")
            .env("PGOPTIONS", options);
        let sql = ["sql", "--format", "csv", "-c", "SHOW TimeZone"];
        let (code, out, error) = printed(command.args(["-u", &database.url()]).args(sql));
        assert_eq!(code, 0, "{error}");
        out
    };
    assert_eq!(zone(""), "TimeZone\nAsia/Kathmandu\n");
    assert_eq!(zone("-c TimeZone=UTC"), "TimeZone\nAsia/Kathmandu\n");
}

#[tokio::test]
async fn an_environment_that_is_no_text_is_no_fault() {
    let database = Database::new().await;
    let home = tempfile::tempdir().unwrap();
    let mut command = dbkeep(home.path());
    command.env("ODD", std::ffi::OsStr::from_bytes(b"\xff\xfe"));
    assert_eq!(
        reached(command.args(["-u", &database.url()])),
        database.name
    );
}

#[tokio::test]
async fn a_folder_called_dot_env_is_no_fault() {
    let database = Database::new().await;
    let (home, info) = (tempfile::tempdir().unwrap(), database.info());
    std::fs::create_dir(home.path().join(".env")).unwrap();
    let mut command = dbkeep(home.path());
    for (variable, keyword) in [
        ("PGHOST", "host"),
        ("PGUSER", "user"),
        ("PGDATABASE", "dbname"),
    ] {
        command.env(variable, info.get(keyword).unwrap());
    }
    assert_eq!(reached(&mut command), database.name);
}

const BAD_ADDRESSES: [&str; 9] = [
    "mysql://ada:secret@db/shop",
    "postgresql://ada:secret@db/shop?colour=red",
    "postgresql://ada:secret%zz@db/shop",
    "postgresql://ada:secret@[::1/shop",
    "postgresql://ada:secret@db:many/shop",
    "postgresql://ada:secret/se@db/shop",
    "host=db password='secret",
    "host=db password=two secret",
    "host=db password=secret dbname",
];

#[test]
fn a_bad_address_is_one_message_without_the_password() {
    let home = tempfile::tempdir().unwrap();
    let mut wrong = Vec::new();
    for address in BAD_ADDRESSES {
        let (code, out, error) =
            printed(dbkeep(home.path()).args(["-u", address, "sql", "-c", "SELECT 1"]));
        assert_eq!((code, out.as_str()), (1, ""), "{address}: {error}");
        let (first, rest) = error.split_once('\n').unwrap();
        let indented = rest.lines().all(|line| line.starts_with("  "));
        if first.is_empty() || !indented || error.contains("secret") {
            wrong.push(format!("{address} is answered with: {error}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_bad_address_says_where_it_was_found() {
    let home = tempfile::tempdir().unwrap();
    let bad = BAD_ADDRESSES[0];
    let complaint = reached(dbkeep(home.path()).env("DATABASE_URL", bad));
    assert!(complaint.contains("DATABASE_URL"), "{complaint}");
    std::fs::write(home.path().join(".env"), format!("DATABASE_URL={bad}\n")).unwrap();
    let complaint = reached(&mut dbkeep(home.path()));
    assert!(complaint.contains(".env"), "{complaint}");
    configure(
        home.path(),
        &format!("[connections.shop]\nurl = \"{bad}\"\n"),
    );
    let complaint = reached(dbkeep(home.path()).args(["--connection", "shop"]));
    assert!(
        complaint.contains("shop\"") || complaint.contains("config.toml"),
        "{complaint}"
    );
    assert!(!complaint.contains("secret"), "{complaint}");
}

fn configure(home: &Path, text: &str) {
    let folder = home.join(".config/dbkeep");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join("config.toml"), text).unwrap();
}

#[test]
fn each_fault_in_the_configuration_has_its_line_and_its_remedy() {
    let home = tempfile::tempdir().unwrap();
    for (text, line) in [
        ("\n\ntheme = \n", 3),
        ("theme = 3\n", 1),
        ("theme = \"dark\"\ncolour = 3\n", 2),
        ("[keys]\nfly = [\"x\"]\n", 2),
        ("[keys]\nreload = [\"f6\"]\nquit = [\"hyper-q\"]\n", 3),
        ("[keys]\nreload = \"f6\"\nquit = \"hyper-q\"\n", 3),
        ("[keys]\nreload = \"f6\"\nquit = 3\n", 3),
        ("[connections.a]\nurl = 5\n", 2),
        (
            "[connections.a]\nurl = \"host=a\"\npassword = \"secret\"\n",
            3,
        ),
        ("[connections.a]\nurl = \"postgresql://ada:secret@db\n", 2),
        ("[connections.a]\n", 1),
    ] {
        configure(home.path(), text);
        let (code, out, error) = printed(dbkeep(home.path()).arg("keys"));
        assert_eq!((code, out.as_str()), (1, ""), "{text}");
        let place = format!("config.toml, line {line},");
        assert!(error.contains(&place), "{text}: {error}");
        assert!(
            error.contains("because:") && error.contains("to do:"),
            "{text}: {error}"
        );
        assert!(!error.contains("secret"), "{text}: {error}");
    }
}

#[tokio::test]
async fn the_log_is_for_its_owner_only_and_holds_no_password() {
    let database = Database::new().await;
    let state = tempfile::tempdir().unwrap();
    let folder = format!("XDG_STATE_HOME={}", state.path().display());
    let with_password = |address: &str| address.replacen('@', ":secret@", 1);
    for (address, sign, code) in [
        (with_password(&database.url()), database.name.as_str(), 0),
        (with_password(NOWHERE), "Cannot connect", 1),
    ] {
        let program = ["/usr/bin/env", &folder, DBKEEP, "-u", &address];
        let mut terminal = Terminal::run(&program, (80, 24), "");
        terminal.sees(sign);
        terminal.press("q");
        terminal.ends(code);
        let raw = &terminal.output.lock().unwrap().bytes;
        assert!(!String::from_utf8_lossy(raw).contains("secret"));
    }
    let path = state.path().join("dbkeep/dbkeep.log");
    let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&path), 0o600);
    assert_eq!(mode(path.parent().unwrap()), 0o700);
    assert!(!std::fs::read_to_string(&path).unwrap().contains("secret"));
}
