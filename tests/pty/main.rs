//! The real binary in a real terminal, on a real database.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    missing_docs,
    reason = "a test may panic"
)]

#[path = "../support/mod.rs"]
mod support;
#[path = "../support/terminal.rs"]
mod terminal;

mod edits;
mod sql;

use std::fs::Permissions;
use std::io::{Read, Write};
use std::os::unix::fs::PermissionsExt;

use dbkeep::local::Cluster;
use portable_pty::{CommandBuilder, PtySize, native_pty_system};
use support::{Database, open_folder};
use terminal::{DBKEEP, Terminal, dbkeep};

const SHOP: &str = "
    CREATE TABLE customer (id int PRIMARY KEY, name text NOT NULL, note text);
    INSERT INTO customer SELECT g, 'customer ' || g, NULLIF(g % 2, 0)::text FROM generate_series(1, 5000) g;
    CREATE TABLE evil (id int PRIMARY KEY, value text);
    INSERT INTO evil VALUES (1, E'\\x1b]0;owned\\x07\\x1b[2Jcleared'), (2, U&'\\009b31m');
    CREATE VIEW names AS SELECT name FROM customer; ANALYZE";

#[tokio::test]
async fn a_person_browses_jumps_changes_the_theme_resizes_and_quits() {
    let database = Database::with(SHOP).await;
    let mut terminal = dbkeep(&database.url(), (120, 40), "");
    terminal.sees("5,000 rows");
    terminal.sees("customer 1");
    terminal.press("\r");
    terminal.sees("row 1 of 5,000");
    terminal.press("G");
    terminal.sees("row 5,000 of 5,000");
    terminal.press("gg");
    terminal.sees("row 1 of 5,000");
    terminal.press(":4321\r");
    terminal.sees("customer 4321");
    terminal.press(":#77\r");
    terminal.sees("row 77 of 5,000");
    terminal.press("i");
    terminal.sees("PRIMARY KEY (id)");
    terminal.press("\u{1b}");
    // An Esc and a letter that come together are an Alt-letter.
    terminal.until("the structure is gone", |text| {
        !text.contains("PRIMARY KEY (id)")
    });
    terminal.press("T");
    terminal.sees("contrast");
    terminal.press("light\r");
    terminal.press("/evl\r");
    terminal.sees("cleared");
    terminal.sees("row 1 of 2");
    terminal.resize(80, 24);
    terminal.until("80x24", |text| {
        text.lines().count() <= 24 && text.contains("row 1 of 2")
    });
    terminal.press("q");
    terminal.ends(0);
}

#[tokio::test]
async fn the_text_of_a_cell_does_not_drive_the_terminal() {
    let database = Database::with(SHOP).await;
    let mut terminal = dbkeep(&database.url(), (120, 40), "");
    terminal.sees("customer 1");
    terminal.press("/evil\r");
    terminal.sees("␛[2Jcleared");
    terminal.press("q");
    terminal.ends(0);
    // The escape that begins the value's own commands was never sent in front of them.
    let raw = &terminal.output.lock().unwrap().bytes;
    let sent = |wanted: &[u8]| raw.windows(wanted.len()).any(|bytes| bytes == wanted);
    assert!(!sent(b"\x1b]0;owned"));
    assert!(!sent("\u{9b}".as_bytes()));
}

#[tokio::test]
async fn a_value_is_looked_at_in_an_editor_that_has_the_terminal_to_itself_and_saved() {
    let database = Database::with(SHOP).await;
    let folder = tempfile::tempdir().unwrap();
    let drafts = folder.path().join("drafts");
    std::fs::create_dir(&drafts).unwrap();
    let script = r#"cat "$1" | wc -c; echo "the editor is here"; read line; echo "it read <$line>"; read line"#;
    let editor = format!("EDITOR=/bin/sh -c '{script}' editor");
    let temporary = format!("TMPDIR={}", drafts.display());
    let url = database.url();
    let program = ["/usr/bin/env", &editor, &temporary, DBKEEP, "-u", &url];
    let mut terminal = Terminal::run(&program, (120, 40), "");
    terminal.sees("customer 1");
    terminal.press("/evil\r");
    terminal.sees("cleared");
    terminal.press("lv");
    terminal.sees("value · text · 21 characters");
    terminal.press("E");
    terminal.sees("the editor is here");
    terminal.press("every key is the editor's\r");
    terminal.sees("it read <every key is the editor's>");
    assert_eq!(std::fs::read_dir(&drafts).unwrap().count(), 1);
    // What ends the editor must not end dbkeep.
    terminal.press("\u{3}");
    terminal.sees("value · text · 21 characters");
    assert_eq!(std::fs::read_dir(&drafts).unwrap().count(), 0);
    terminal.press("\u{c}");
    terminal.sees("value · text · 21 characters");
    let path = folder.path().join("saved");
    terminal.press("s");
    terminal.sees("Save the value");
    terminal.press(&"\u{7f}".repeat("evil.value.txt".len()));
    terminal.press(&format!("{}\r", path.display()));
    terminal.sees("saved 21 bytes");
    let saved = std::fs::read(&path).unwrap();
    assert_eq!(saved, b"\x1b]0;owned\x07\x1b[2Jcleared");
    terminal.press("s");
    terminal.sees("Save the value");
    terminal.press("\r");
    terminal.sees("is there already");
    assert_eq!(std::fs::read(&path).unwrap(), saved);
    terminal.press("\u{1b}");
    terminal.until("the value is gone", |text| {
        !text.contains("21 characters ─")
    });
    terminal.press("q");
    terminal.ends(0);
}

#[tokio::test]
async fn a_copied_value_is_on_the_terminals_clipboard_and_on_the_systems() {
    let database = Database::with(SHOP).await;
    let folder = tempfile::tempdir().unwrap();
    let (program, copied) = (folder.path().join("wl-copy"), folder.path().join("copied"));
    std::fs::write(&program, format!("#!/bin/sh\ncat > {}\n", copied.display())).unwrap();
    std::fs::set_permissions(&program, Permissions::from_mode(0o700)).unwrap();
    let path = format!("PATH={}:/usr/bin:/bin", folder.path().display());
    let url = database.url();
    let program = [
        "/usr/bin/env",
        &path,
        "WAYLAND_DISPLAY=w",
        DBKEEP,
        "-u",
        &url,
    ];
    let mut terminal = Terminal::run(&program, (120, 40), "");
    terminal.sees("customer 1");
    terminal.press("\r");
    terminal.sees("row 1 of 5,000");
    terminal.press("ly");
    terminal.sees("sent the value of name to the clipboard");
    // What is still on its way when the studio ends gets there.
    terminal.press("q");
    terminal.ends(0);
    assert_eq!(std::fs::read_to_string(copied).unwrap(), "customer 1");
    let raw = &terminal.output.lock().unwrap().bytes;
    let sent = b"\x1b]52;c;Y3VzdG9tZXIgMQ==";
    assert!(raw.windows(sent.len()).any(|bytes| bytes == sent));
}

#[tokio::test]
async fn a_view_is_read_and_ctrl_c_asks() {
    let database = Database::with(SHOP).await;
    let mut terminal = dbkeep(&database.url(), (120, 40), "theme = \"sixteen\"\n");
    terminal.sees("customer 1");
    terminal.press("/names\r");
    terminal.sees("in its own order");
    terminal.press("G");
    terminal.sees("customer 5000");
    terminal.press("\u{3}");
    terminal.sees("Quit dbkeep?");
    terminal.press("n");
    terminal.until("the question is gone", |text| {
        !text.contains("Quit dbkeep?")
    });
    terminal.press("\u{3}");
    terminal.sees("Quit dbkeep?");
    terminal.press("y");
    terminal.ends(0);
}

#[tokio::test]
async fn signals_give_the_terminal_back() {
    let database = Database::with(SHOP).await;
    for signal in ["TERM", "HUP", "INT", "QUIT"] {
        let mut terminal = dbkeep(&database.url(), (80, 24), "");
        terminal.sees("customer 1");
        let process = terminal.child.process_id().unwrap().to_string();
        let sent = std::process::Command::new("kill")
            .args([format!("-{signal}"), process])
            .status();
        assert!(sent.unwrap().success());
        terminal.ends(0);
    }
}

#[tokio::test]
async fn a_slow_view_is_cancelled_on_the_server() {
    let database = Database::with(
        "CREATE TABLE one (id int PRIMARY KEY); INSERT INTO one VALUES (1);
         CREATE FUNCTION forever() RETURNS SETOF int LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(600); END';
         CREATE VIEW slow AS SELECT * FROM forever() AS f (n)",
    )
    .await;
    let mut terminal = dbkeep(&database.url(), (120, 40), "");
    terminal.sees("row");
    terminal.press("/slow\r");
    terminal.sees("waiting for the server");
    terminal.press("\u{3}");
    terminal.sees("Reading was cancelled");
    // What nobody waits for, such as counts, may have begun meanwhile.
    let busy = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' AND query ~ 'slow|FETCH' AND pid <> pg_backend_pid()";
    assert_eq!(database.value(busy).await, "0");
    terminal.press("q");
    terminal.ends(0);
}

/// Somebody closes the window: no signal comes, but what is read and drawn fails.
#[tokio::test]
async fn a_terminal_that_goes_leaves_nothing_running_at_the_server() {
    let database = Database::with(
        "CREATE TABLE one (id int PRIMARY KEY);
         CREATE VIEW slow AS SELECT 1 AS n FROM pg_sleep(600)",
    )
    .await;
    let pair = native_pty_system().openpty(PtySize::default()).unwrap();
    let mut command = CommandBuilder::new(DBKEEP);
    let home = tempfile::tempdir().unwrap();
    command.env_clear();
    command.env("HOME", home.path());
    command.args(["-u", &database.url()]);
    let mut child = pair.slave.spawn_command(command).unwrap();
    let mut reader = pair.master.try_clone_reader().unwrap();
    let mut keys = pair.master.take_writer().unwrap();
    let mut until = |wanted: &str| {
        let (mut bytes, mut more) = (Vec::new(), [0; 4096]);
        while !String::from_utf8_lossy(&bytes).contains(wanted) {
            let count = reader.read(&mut more).unwrap();
            bytes.extend_from_slice(&more[..count]);
        }
    };
    // Blanks between words are not drawn.
    until("structure");
    keys.write_all(b"/slow\r").unwrap();
    until("waiting");
    drop((reader, keys, pair));
    // The signal may come first, or the write that fails; a panic is 101.
    assert!(child.wait().unwrap().exit_code() <= 1);
    let busy = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' AND pid <> pg_backend_pid()";
    assert_eq!(database.value(busy).await, "0");
}

#[tokio::test]
async fn an_unreachable_server_is_told_on_the_screen() {
    let mut terminal = dbkeep("postgresql://ada:secret@127.0.0.1:1/shop", (80, 24), "");
    terminal.sees("Cannot connect to shop as ada");
    assert!(!terminal.text().contains("secret"));
    terminal.press("q");
    terminal.ends(1);
    // Behind the studio the reason is still there to be read.
    terminal.sees("dbkeep: Cannot connect to shop as ada");
    assert!(!terminal.text().contains("secret"));
}

#[tokio::test]
async fn a_lost_server_is_told_and_reading_again_reconnects() {
    let database = Database::with(SHOP).await;
    let mut terminal = dbkeep(&database.url(), (120, 40), "");
    terminal.sees("customer 1");
    database
        .run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")
        .await;
    terminal.press("\r");
    terminal.press("r");
    terminal.sees("row 1 of 5,000");
    terminal.press("q");
    terminal.ends(0);
}

#[tokio::test]
async fn the_demo_is_made_on_the_server_that_is_named() {
    let database = Database::new().await;
    let mut terminal = Terminal::run(&[DBKEEP, "demo", "-u", &database.url()], (120, 40), "");
    terminal.sees("Making the demo database");
    terminal.sees("demo @ local socket");
    terminal.sees("verification");
    terminal.press("q");
    terminal.ends(0);
    let run = |more: &[&str]| {
        let url = database.url();
        let program = [&[DBKEEP, "demo", "-u", &url], more].concat();
        Terminal::run(&program, (120, 40), "")
    };
    // Somebody's own database of that name is left alone, and nothing is made where nothing may be.
    database.run("COMMENT ON DATABASE demo IS 'mine'").await;
    let mut terminal = run(&[]);
    terminal.sees("is not dbkeep's demo");
    terminal.ends(1);
    database.run("DROP DATABASE demo WITH (FORCE)").await;
    let mut terminal = run(&["--read-only"]);
    terminal.sees("25006");
    terminal.ends(1);
}

#[test]
fn the_demo_is_made_and_its_million_rows_are_walked() {
    let folder = open_folder();
    let data = format!("XDG_DATA_HOME={}", folder.display());
    let program = ["/usr/bin/env", &data, DBKEEP, "demo"];
    for first in [true, false] {
        let mut terminal = Terminal::run(&program, (120, 40), "");
        if first {
            terminal.sees("Making the demo database");
        }
        terminal.sees("demo @ private server");
        for (table, rows) in [
            ("account", 3),
            ("project", 8),
            ("session", 12),
            ("user", 5),
            ("verification", 0),
        ] {
            let line = |text: &str| {
                let count = format!(" {rows} rows");
                text.lines()
                    .any(|line| line.contains(table) && line.contains(&count))
            };
            terminal.until(table, line);
        }
        terminal.press("/event\r");
        terminal.sees("shop.event");
        terminal.press("G");
        terminal.sees("row 1,000,000 of 1,000,000");
        terminal.press("i");
        terminal.sees("PRIMARY KEY");
        terminal.resize(80, 24);
        terminal.press("i");
        terminal.sees("row 1,000,000 of 1,000,000");
        terminal.press("q");
        terminal.ends(0);
    }
    Cluster::of_person(&folder.join("dbkeep"))
        .unwrap()
        .destroy()
        .unwrap();
    std::fs::remove_dir_all(folder).unwrap();
}

#[tokio::test]
async fn colours_are_left_out_where_that_is_asked_for_and_may_be_ones_own() {
    let database = Database::with(SHOP).await;
    let config = tempfile::tempdir().unwrap();
    let themes = config.path().join("dbkeep/themes");
    std::fs::create_dir_all(&themes).unwrap();
    let dark = include_str!("../../assets/themes/dark.toml");
    std::fs::write(themes.join("mine.toml"), dark.replace("#c9d1e0", "#010203")).unwrap();
    let settings = config.path().join("dbkeep/config.toml");
    std::fs::write(settings, "theme = \"mine\"\n").unwrap();
    let config = format!("XDG_CONFIG_HOME={}", config.path().display());
    let url = database.url();
    let colours = |environment: &[&str]| {
        let program = [&["/usr/bin/env"], environment, &[DBKEEP, "-u", &url]].concat();
        let mut terminal = Terminal::run(&program, (120, 40), "");
        terminal.sees("customer 1");
        terminal.press("q");
        terminal.ends(0);
        let raw = &terminal.output.lock().unwrap().bytes;
        let sent = String::from_utf8_lossy(raw).into_owned();
        (sent.contains("38;2;1;2;3"), sent.contains("38;2;"))
    };
    assert_eq!(colours(&[&config]), (true, true));
    assert_eq!(colours(&[&config, "NO_COLOR=1"]), (false, false));
    assert_eq!(colours(&[&config, "NO_COLOR="]), (true, true));
}

/// A resize and a key that come together must not hide each other.
#[tokio::test]
async fn a_key_pressed_while_the_terminal_is_resized_is_not_lost() {
    let database = Database::with(SHOP).await;
    let mut terminal = dbkeep(&database.url(), (120, 40), "");
    terminal.sees("customer 1");
    terminal.press("\r");
    for round in 1..=100_u16 {
        terminal.resize(100 + round % 20, 30 + round % 10);
        terminal.press("j");
        terminal.sees(&format!("row {} of 5,000", round + 1));
    }
    terminal.press("q");
    terminal.ends(0);
}
