//! A panic gives the terminal back before it says anything, and nothing is written to it after
//! that. This program is run by itself, in a terminal, to panic there.
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

const MESSAGE: &str = "something that cannot be";

fn main() {
    let places = ["--between-drawings", "--in-a-drawing"];
    let place = std::env::args().find(|argument| places.contains(&argument.as_str()));
    match place {
        Some(place) => panics(place == places[1]),
        None => places.into_iter().for_each(gives_the_terminal_back),
    }
}

fn panics(in_a_drawing: bool) {
    let mut screen = Screen::take().unwrap();
    screen.render(|_, _| {}).unwrap();
    if in_a_drawing {
        screen.render(|_, _| panic!("{MESSAGE}")).unwrap();
    }
    panic!("{MESSAGE}");
}

fn gives_the_terminal_back(place: &str) {
    let program = std::env::current_exe().unwrap();
    let mut terminal = Terminal::run(&[program.to_str().unwrap(), place], (80, 24), "");
    terminal.ends(101);
    // The message stands on the screen that the person had before.
    terminal.sees(MESSAGE);
    let raw = &terminal.output.lock().unwrap().bytes;
    let at = |wanted: &[u8]| raw.windows(wanted.len()).position(|bytes| bytes == wanted);
    let (taken, given) = (at(b"\x1b[?1049h"), at(b"\x1b[?1049l"));
    let said = at(MESSAGE.as_bytes()).unwrap();
    assert!(taken.is_some() && taken < given && given < Some(said));
    let after = String::from_utf8_lossy(&raw[said..]);
    assert!(!after.contains('\x1b'), "{place}: {after:?}");
}
