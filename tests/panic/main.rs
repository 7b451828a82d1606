//! A panic gives the terminal back before it says anything. This program is run twice: once as the
//! test, and once by it, in a terminal, to panic there.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "that is what it is for"
)]

#[path = "../support/terminal.rs"]
mod terminal;

use dbkeep::studio::app::terminal::Screen;
use terminal::Terminal;

fn main() {
    if std::env::args().any(|argument| argument == "--panic") {
        let _screen = Screen::take().unwrap();
        panic!("something that cannot be");
    }
    let program = std::env::current_exe().unwrap();
    let mut terminal = Terminal::run(&[program.to_str().unwrap(), "--panic"], (80, 24), "");
    terminal.ends(101);
    // The message stands on the screen that the person had before.
    terminal.sees("something that cannot be");
    let raw = terminal.raw.lock().unwrap();
    let at = |wanted: &[u8]| raw.windows(wanted.len()).position(|bytes| bytes == wanted);
    let (taken, given) = (at(b"\x1b[?1049h"), at(b"\x1b[?1049l"));
    assert!(taken.is_some() && taken < given && given < at(b"something"));
}
