//! A program in a terminal of its own, read as a person would read it.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    missing_docs,
    reason = "each test target uses a part of this, and a test may panic"
)]

use std::io::{Read, Write};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, native_pty_system};
use tempfile::TempDir;

/// The binary that is tested.
pub const DBKEEP: &str = env!("CARGO_BIN_EXE_dbkeep");

/// How long anything may take on a busy machine.
const DEADLINE: Duration = Duration::from_mins(1);

/// The studio on a database.
pub fn dbkeep(url: &str, size: (u16, u16), config: &str) -> Terminal {
    Terminal::run(&[DBKEEP, "-u", url], size, config)
}

fn size(columns: u16, rows: u16) -> PtySize {
    PtySize {
        rows,
        cols: columns,
        pixel_width: 0,
        pixel_height: 0,
    }
}

/// How long `when` looks away.
const LOOK: Duration = Duration::from_millis(100);

/// What a program wrote.
#[derive(Default, Clone)]
pub struct Output {
    pub bytes: Vec<u8>,
    /// How many bytes there were at which moment.
    arrived: Vec<(Instant, usize)>,
}

/// What a terminal shows, and how much of the output it has read.
struct Shown {
    parser: vt100::Parser,
    read: usize,
}

impl Shown {
    fn read(&mut self, bytes: &[u8], to: usize) {
        self.parser.process(&bytes[self.read..to]);
        self.read = to;
    }
}

/// A program in its terminal. Its output is kept as it comes and read when somebody looks, so that
/// who measures a program takes no processor from it.
pub struct Terminal {
    screen: Mutex<Shown>,
    pub output: Arc<Mutex<Output>>,
    keys: Box<dyn Write + Send>,
    master: Box<dyn MasterPty + Send>,
    pub child: Box<dyn Child + Send + Sync>,
    _home: Arc<TempDir>,
}

impl Terminal {
    /// Runs a program, and nothing of the environment but a home of its own.
    pub fn run(program: &[&str], size: (u16, u16), config: &str) -> Self {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join(".config/dbkeep");
        std::fs::create_dir_all(&folder).unwrap();
        std::fs::write(folder.join("config.toml"), config).unwrap();
        Self::run_at(Arc::new(home), program, size)
    }

    /// The same, in a home that was used before.
    pub fn run_at(home: Arc<TempDir>, program: &[&str], (columns, rows): (u16, u16)) -> Self {
        let pair = native_pty_system().openpty(size(columns, rows)).unwrap();
        let mut command = CommandBuilder::new(program[0]);
        command.env_clear();
        command.env("HOME", home.path());
        command.env("TERM", "xterm-256color");
        command.env("COLORTERM", "truecolor");
        command.args(&program[1..]);
        let child = pair.slave.spawn_command(command).unwrap();
        drop(pair.slave);
        let screen = Mutex::new(Shown {
            parser: vt100::Parser::new(rows, columns, 0),
            read: 0,
        });
        let output = Arc::new(Mutex::new(Output::default()));
        let mut reader = pair.master.try_clone_reader().unwrap();
        let to = Arc::clone(&output);
        std::thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(count @ 1..) = reader.read(&mut bytes) {
                let at = Instant::now();
                let mut to = to.lock().unwrap();
                to.bytes.extend_from_slice(&bytes[..count]);
                let length = to.bytes.len();
                to.arrived.push((at, length));
            }
        });
        let keys = pair.master.take_writer().unwrap();
        Self {
            screen,
            output,
            keys,
            master: pair.master,
            child,
            _home: home,
        }
    }

    pub fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
    }

    /// The screen with all that has come.
    fn shown(&self) -> MutexGuard<'_, Shown> {
        let mut shown = self.screen.lock().unwrap();
        let output = self.output.lock().unwrap();
        shown.read(&output.bytes, output.bytes.len());
        shown
    }

    pub fn text(&self) -> String {
        self.shown().parser.screen().contents()
    }

    /// Waits until the screen shows `wanted`.
    pub fn sees(&self, wanted: &str) {
        self.until(wanted, |text| text.contains(wanted));
    }

    pub fn until(&self, wanted: &str, holds: impl Fn(&str) -> bool) {
        let begun = Instant::now();
        while !holds(&self.text()) {
            assert!(
                begun.elapsed() < DEADLINE,
                "{wanted:?} was not seen:\n{}",
                self.text()
            );
            std::thread::sleep(Duration::from_millis(1));
        }
    }

    /// The moment at which what had come since the last look, or what it ended with, showed what `holds`,
    /// to the read.
    pub fn when(&self, wanted: &str, holds: impl Fn(&str) -> bool) -> Instant {
        let begun = Instant::now();
        loop {
            std::thread::sleep(LOOK);
            let mut shown = self.screen.lock().unwrap();
            // Copied, so that what comes meanwhile need not wait.
            let Output { bytes, arrived } = self.output.lock().unwrap().clone();
            for (at, length) in arrived {
                if length < shown.read {
                    continue;
                }
                shown.read(&bytes, length);
                if holds(&shown.parser.screen().contents()) {
                    return at;
                }
            }
            drop(shown);
            assert!(begun.elapsed() < DEADLINE, "{wanted:?} was not seen");
        }
    }

    pub fn resize(&self, columns: u16, rows: u16) {
        self.shown().parser.screen_mut().set_size(rows, columns);
        self.master.resize(size(columns, rows)).unwrap();
    }

    /// Waits for the end; the terminal must be as it was.
    pub fn ends(&mut self, code: u32) {
        let begun = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(
                begun.elapsed() < DEADLINE,
                "it does not end:\n{}",
                self.text()
            );
            std::thread::sleep(Duration::from_millis(10));
        };
        assert_eq!(status.exit_code(), code);
        // What was still on its way to the screen.
        std::thread::sleep(Duration::from_millis(100));
        let shown = self.shown();
        let screen = shown.parser.screen();
        assert!(
            !screen.alternate_screen(),
            "the alternate screen was left on"
        );
        assert!(!screen.hide_cursor(), "the cursor was left hidden");
        assert!(!screen.bracketed_paste());
        assert_eq!(screen.mouse_protocol_mode(), vt100::MouseProtocolMode::None);
    }
}
