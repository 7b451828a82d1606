//! The command line: exit codes, and what is printed.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    missing_docs,
    reason = "a test may panic"
)]

mod guards;
mod sql;
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
