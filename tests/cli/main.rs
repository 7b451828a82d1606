//! The command line: exit codes, and what is printed.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    missing_docs,
    reason = "a test may panic"
)]

#[path = "../support/mod.rs"]
mod support;

use assert_cmd::Command;
use support::Database;

fn dbkeep(home: &std::path::Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dbkeep"));
    command
        .env_clear()
        .env("HOME", home)
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .current_dir(home);
    command
}

fn printed(command: &mut Command) -> (i32, String, String) {
    let output = command.output().unwrap();
    (
        output.status.code().unwrap_or(-1),
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    )
}

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
    let bad = "postgresql://nobody@127.0.0.1:1/nowhere";
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
                .env("DATABASE_URL", bad)
                .args(["-u", &url])
        ),
        database.name
    );
    assert_eq!(
        name(
            dbkeep(home.path())
                .env("DATABASE_URL", bad)
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
