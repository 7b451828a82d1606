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

use std::io::{Read, Write};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use support::Database;

/// The binary in a terminal of its own.
struct Terminal {
    screen: Arc<Mutex<vt100::Parser>>,
    raw: Arc<Mutex<Vec<u8>>>,
    keys: Box<dyn Write + Send>,
    master: Box<dyn MasterPty + Send>,
    child: Box<dyn Child + Send + Sync>,
    _home: tempfile::TempDir,
}

impl Terminal {
    fn open(url: &str, (columns, rows): (u16, u16), config: &str) -> Self {
        let size = PtySize {
            rows,
            cols: columns,
            pixel_width: 0,
            pixel_height: 0,
        };
        let pair = native_pty_system().openpty(size).unwrap();
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join(".config/dbkeep");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("config.toml"), config).unwrap();
        let mut command = CommandBuilder::new(env!("CARGO_BIN_EXE_dbkeep"));
        command.env_clear();
        command.env("HOME", home.path());
        command.env("TERM", "xterm-256color");
        command.env("COLORTERM", "truecolor");
        command.args(["-u", url]);
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let screen = Arc::new(Mutex::new(vt100::Parser::new(rows, columns, 0)));
        let raw = Arc::new(Mutex::new(Vec::new()));
        let mut reader = pair.master.try_clone_reader().unwrap();
        let (to, log) = (Arc::clone(&screen), Arc::clone(&raw));
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(count @ 1..) = reader.read(&mut bytes) {
                to.lock().unwrap().process(&bytes[..count]);
                log.lock().unwrap().extend_from_slice(&bytes[..count]);
            }
        });
        let keys = pair.master.take_writer().unwrap();
        Self {
            screen,
            raw,
            keys,
            master: pair.master,
            child,
            _home: home,
        }
    }

    fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
    }

    fn text(&self) -> String {
        self.screen.lock().unwrap().screen().contents()
    }

    /// Waits until the screen shows `wanted`.
    fn sees(&self, wanted: &str) {
        self.until(wanted, |text| text.contains(wanted));
    }

    fn until(&self, wanted: &str, holds: impl Fn(&str) -> bool) {
        let begun = Instant::now();
        while !holds(&self.text()) {
            assert!(
                begun.elapsed() < Duration::from_secs(20),
                "{wanted:?} was not seen:\n{}",
                self.text()
            );
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    fn resize(&self, columns: u16, rows: u16) {
        self.screen
            .lock()
            .unwrap()
            .screen_mut()
            .set_size(rows, columns);
        let size = PtySize {
            rows,
            cols: columns,
            pixel_width: 0,
            pixel_height: 0,
        };
        self.master.resize(size).unwrap();
    }

    /// Waits for the end; the terminal must be as it was.
    fn ends(&mut self, code: u32) {
        let begun = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(
                begun.elapsed() < Duration::from_secs(20),
                "it does not end:\n{}",
                self.text()
            );
            std::thread::sleep(Duration::from_millis(10));
        };
        assert_eq!(status.exit_code(), code);
        // What was still on its way to the screen.
        std::thread::sleep(Duration::from_millis(100));
        let screen = self.screen.lock().unwrap();
        assert!(
            !screen.screen().alternate_screen(),
            "the alternate screen was left on"
        );
        assert!(!screen.screen().hide_cursor(), "the cursor was left hidden");
        assert!(!screen.screen().bracketed_paste());
        assert_eq!(
            screen.screen().mouse_protocol_mode(),
            vt100::MouseProtocolMode::None
        );
    }
}

const SHOP: &str = "
    CREATE TABLE customer (id int PRIMARY KEY, name text NOT NULL, note text);
    INSERT INTO customer SELECT g, 'customer ' || g, NULLIF(g % 2, 0)::text FROM generate_series(1, 5000) g;
    CREATE TABLE evil (id int PRIMARY KEY, value text);
    INSERT INTO evil VALUES (1, E'\\x1b]0;owned\\x07\\x1b[2Jcleared'), (2, U&'\\009b31m');
    CREATE VIEW names AS SELECT name FROM customer; ANALYZE";

#[tokio::test]
async fn a_person_browses_jumps_changes_the_theme_resizes_and_quits() {
    let database = Database::with(SHOP).await;
    let mut terminal = Terminal::open(&database.url(), (120, 40), "");
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
    terminal.press("/evl");
    terminal.sees("cleared");
    terminal.press("\r");
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
    let mut terminal = Terminal::open(&database.url(), (120, 40), "");
    terminal.sees("customer 1");
    terminal.press("/evil\r");
    terminal.sees("␛[2Jcleared");
    terminal.press("q");
    terminal.ends(0);
    // The escape that begins the value's own commands was never sent in front of them.
    let raw = terminal.raw.lock().unwrap();
    let sent = |wanted: &[u8]| raw.windows(wanted.len()).any(|bytes| bytes == wanted);
    assert!(!sent(b"\x1b]0;owned"));
    assert!(!sent("\u{9b}".as_bytes()));
}

#[tokio::test]
async fn a_view_is_read_and_ctrl_c_asks() {
    let database = Database::with(SHOP).await;
    let mut terminal = Terminal::open(&database.url(), (120, 40), "theme = \"sixteen\"\n");
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
    for signal in ["TERM", "HUP"] {
        let mut terminal = Terminal::open(&database.url(), (80, 24), "");
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
    let mut terminal = Terminal::open(&database.url(), (120, 40), "");
    terminal.sees("row");
    terminal.press("/slow\r");
    terminal.sees("waiting for the server");
    terminal.press("\u{3}");
    terminal.sees("Reading was cancelled");
    let busy = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' AND pid <> pg_backend_pid()";
    assert_eq!(database.value(busy).await, "0");
    terminal.press("q");
    terminal.ends(0);
}

#[tokio::test]
async fn an_unreachable_server_is_told_on_the_screen() {
    let mut terminal = Terminal::open("postgresql://ada:secret@127.0.0.1:1/shop", (80, 24), "");
    terminal.sees("Cannot connect to shop as ada");
    assert!(!terminal.text().contains("secret"));
    terminal.press("q");
    terminal.ends(1);
}

#[tokio::test]
async fn a_lost_server_is_told_and_reading_again_reconnects() {
    let database = Database::with(SHOP).await;
    let mut terminal = Terminal::open(&database.url(), (120, 40), "");
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
