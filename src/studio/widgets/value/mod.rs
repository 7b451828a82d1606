//! A whole value on the screen: as text, as the elements of an array, as bytes, as a JSON tree. Each
//! keeps its own place, draws only what is in view, and finds what is looked for.

use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::text;
use crate::data::search::Needle;
use crate::studio::theme::{Role, Theme};

mod hex;
mod lines;
mod outline;
mod wrap;

pub use hex::Hex;
pub use lines::{Lines, MOST};
pub use outline::Outline;
pub use wrap::wrapped;

/// Where a search goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Search {
    /// From where one is, which may be found again.
    Here,
    /// After it, and from the beginning again after the end.
    Next,
    /// Before it, and from the end again.
    Previous,
}

/// One way to show a value.
pub trait Body {
    /// How many rows it takes in a room of so many columns.
    fn rows(&mut self, room: u16) -> usize;

    /// How many rows are in view.
    fn height(&self) -> u16;

    /// Moves by rows.
    fn step(&mut self, by: isize);

    /// Moves what is in view, as the wheel does.
    fn scroll(&mut self, by: isize) {
        self.step(by);
    }

    /// To the first or the last row.
    fn jump(&mut self, end: bool);

    /// Moves sideways, by columns or into what is under the cursor.
    fn sideways(&mut self, _by: isize) {}

    /// To the beginning or the end of the row.
    fn leap(&mut self, _end: bool) {}

    /// Goes to what is looked for; `false` where it is nowhere.
    fn find(&mut self, needle: &Needle, search: Search) -> bool;

    /// Takes a click on a row of the screen.
    fn click(&mut self, _y: u16) {}

    /// Where one is, in words.
    fn place(&self) -> String;

    /// Draws what is in view.
    fn draw(&mut self, area: Rect, buffer: &mut Buffer, theme: &Theme, needle: Option<&Needle>);

    /// The tree, where it is one.
    fn outline(&mut self) -> Option<&mut Outline> {
        None
    }

    /// Whether it has long lines to wrap or to cut.
    fn has_lines(&self) -> bool {
        false
    }

    /// The lines, where it is lines.
    fn lines(&mut self) -> Option<&mut Lines> {
        None
    }
}

/// Writes a part of a text, with what was found in it marked; returns the column after it.
fn put_marked(
    buffer: &mut Buffer,
    (x, y): (u16, u16),
    room: u16,
    part: &str,
    marks: &[(Range<usize>, Role)],
    (role, theme): (Role, &Theme),
) -> u16 {
    let end = x + room;
    let mut x = x;
    let mut at = 0;
    let mut put = |x: u16, text: &str, role: Role| {
        let room = end.saturating_sub(x);
        text::put(buffer, x, y, room, text, theme.style(role))
    };
    for (range, mark) in marks {
        let from = range.start.clamp(at, part.len());
        let to = range.end.clamp(from, part.len());
        x = put(x, &part[at..from], role);
        x = put(x, &part[from..to], *mark);
        at = to;
    }
    put(x, &part[at..], role)
}

/// What is marked in a part of a text that begins at `from`: everything that is looked for, and
/// among it what was gone to.
fn marks(
    part: &str,
    from: usize,
    needle: Option<&Needle>,
    found: Option<&Range<usize>>,
) -> Vec<(Range<usize>, Role)> {
    let Some(needle) = needle else {
        return Vec::new();
    };
    let here = found.map(|found| found.start.saturating_sub(from)..found.end.saturating_sub(from));
    let here = here.filter(|here| here.end > 0 && here.start < part.len());
    let others = needle.all(part).into_iter().filter(|other| {
        let meets = |here: &Range<usize>| other.start < here.end && here.start < other.end;
        !here.as_ref().is_some_and(meets)
    });
    let mut marks: Vec<_> = others.map(|other| (other, Role::Match)).collect();
    marks.extend(here.map(|here| (here, Role::Cursor)));
    marks.sort_by_key(|(range, _)| range.start);
    marks
}
