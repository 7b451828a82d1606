//! `--read-only`, and saved connections that are read-only.

use crate::support::{Database, dbkeep, printed};

async fn kept() -> Database {
    Database::with("CREATE TABLE kept (n int); INSERT INTO kept VALUES (1)").await
}

#[tokio::test]
async fn what_only_reads_is_printed_and_nothing_is_written() {
    let database = kept().await;
    let home = tempfile::tempdir().unwrap();
    let run = |sql: &str| {
        let target = ["--read-only", "-u", &database.url()].map(str::to_owned);
        let arguments = ["sql", "--format", "csv", "-c", sql];
        printed(dbkeep(home.path()).args(target).args(arguments))
    };
    let (code, out, error) =
        run("SET search_path = public; SELECT n FROM kept; -- all\nSHOW search_path");
    assert_eq!((code, error.as_str()), (0, ""));
    assert!(
        out.contains("n\n1\n") && out.ends_with("search_path\npublic\n"),
        "{out}"
    );
    for (sql, why) in [
        ("DELETE FROM kept", "25006"),
        ("SELECT 1; DELETE FROM kept", "25006"),
        ("COMMIT; DELETE FROM kept", "25006"),
        ("SELECT '\\'; DELETE FROM kept; --'", "25006"),
        ("VACUUM kept", "25001"),
        (
            "SET transaction_read_only = off; DELETE FROM kept",
            "was not sent",
        ),
        ("RESET ALL", "was not sent"),
        (
            "SELECT 1; COMMIT; BEGIN READ WRITE; DELETE FROM kept; COMMIT",
            "was not sent",
        ),
    ] {
        let (code, _, error) = run(sql);
        assert_eq!(code, 1, "{sql}: {error}");
        assert!(error.contains(why), "{sql}: {error}");
        assert_eq!(
            database.value("SELECT count(*) FROM kept").await,
            "1",
            "{sql}"
        );
    }
}

#[tokio::test]
async fn a_saved_connection_can_be_read_only() {
    let database = kept().await;
    let home = tempfile::tempdir().unwrap();
    let config = home.path().join(".config/dbkeep");
    std::fs::create_dir_all(&config).unwrap();
    let url = database.url();
    let text = format!(
        "[connections.safe]\nurl = \"{url}\"\nread_only = true\nproduction = true\n\
         [connections.free]\nurl = \"{url}\"\n"
    );
    std::fs::write(config.join("config.toml"), text).unwrap();
    let run = |arguments: &[&str]| {
        let sql = ["sql", "-c", "UPDATE kept SET n = n + 1"];
        printed(dbkeep(home.path()).args(arguments).args(sql))
    };
    let (code, _, error) = run(&["--connection", "safe"]);
    assert_eq!(code, 1);
    assert!(error.contains("25006"), "{error}");
    let (code, _, error) = run(&["--connection", "free", "--read-only"]);
    assert_eq!(code, 1, "{error}");
    assert_eq!(database.value("SELECT n FROM kept").await, "1");
    assert_eq!(run(&["--connection", "free"]).0, 0);
    assert_eq!(database.value("SELECT n FROM kept").await, "2");
}
