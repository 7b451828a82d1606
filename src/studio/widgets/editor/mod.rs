//! The editor: a text of many lines with a cursor, a selection and a history, of which only what is
//! in view is looked at. What the text means is told by whoever draws it; it knows nothing of SQL.
//!
//! It keeps its lines itself. The text area that single lines are typed in measures the whole text
//! anew at every key and reaches no further than 65,535 characters into a line.

use std::ops::Range;
use std::time::Instant;

use ratatui::layout::Rect;

mod brackets;
mod draw;
mod edit;
mod gutter;
mod history;
mod indent;
mod key;
mod lines;
mod motion;
mod mouse;
mod search;
mod units;
pub mod vim;

#[cfg(test)]
mod pictures;
#[cfg(test)]
mod tests;

pub use draw::Look;

use crate::data::search::Needle;
use history::{Caret, Edit, History, Run};
use lines::{Lines, Place};
use vim::Vim;

/// A text of any number of lines.
#[derive(Debug)]
pub struct Editor {
    lines: Lines,
    caret: Caret,
    /// The column that going up and down keeps to.
    goal: Option<usize>,
    history: History,
    changes: Changes,
    /// What was cut last, to be pasted by a key.
    cut: String,
    needle: Option<Needle>,
    view: View,
    pressed: Option<(Instant, Place)>,
    /// What vim's way of editing has going, where it is the way.
    vim: Option<Vim>,
}

/// What is in view, and where.
#[derive(Debug, Default)]
struct View {
    /// Everything that is drawn.
    whole: Rect,
    /// The room of the text, without what is beside it.
    area: Rect,
    top: usize,
    left: usize,
    /// Whether the wheel has left the cursor behind.
    is_loose: bool,
    cursor: Option<(u16, u16)>,
}

/// Which lines changed, and when.
#[derive(Debug, Default)]
struct Changes {
    revision: u64,
    /// Revisions and the first line that changed with each. One that a later one makes needless is
    /// not kept, so that both rise.
    first: Vec<(u64, usize)>,
}

impl Changes {
    fn add(&mut self, row: usize) {
        self.revision += 1;
        while self.first.last().is_some_and(|(_, before)| *before >= row) {
            self.first.pop();
        }
        self.first.push((self.revision, row));
    }

    fn since(&self, revision: u64) -> Option<usize> {
        let at = self.first.partition_point(|(made, _)| *made <= revision);
        self.first.get(at).map(|(_, row)| *row)
    }
}

impl Default for Editor {
    fn default() -> Self {
        Self::holding("")
    }
}

impl Editor {
    /// A text, the cursor before it.
    #[must_use]
    pub fn holding(text: &str) -> Self {
        Self {
            lines: Lines::of(text),
            caret: Caret::default(),
            goal: None,
            history: History::default(),
            changes: Changes::default(),
            cut: String::new(),
            needle: None,
            view: View::default(),
            pressed: None,
            vim: None,
        }
    }

    /// The text.
    #[must_use]
    pub fn text(&self) -> String {
        self.lines.text()
    }

    /// Its lines, of which there is always one.
    #[must_use]
    pub fn lines(&self) -> &[String] {
        self.lines.all()
    }

    /// Whether it is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.lines.end() == Place::default()
    }

    /// The cursor's line and the characters before it there, both from nought.
    #[must_use]
    pub fn cursor(&self) -> (usize, usize) {
        let Place { row, at } = self.caret.cursor;
        (row, self.lines.line(row)[..at].chars().count())
    }

    /// How many bytes of the text are before the cursor.
    #[must_use]
    pub fn offset(&self) -> usize {
        self.lines.offset(self.caret.cursor)
    }

    /// How many bytes of the text are before a line.
    #[must_use]
    pub fn start_of(&self, row: usize) -> usize {
        self.lines.start(row.min(self.lines.last()))
    }

    /// Puts the cursor before a byte of the text, or before the character that the byte is in;
    /// nothing is selected then.
    pub fn go_to(&mut self, offset: usize) {
        let place = self.lines.place(offset);
        self.move_to(place, false);
    }

    /// The bytes of the text that are selected; never none.
    #[must_use]
    pub fn selection(&self) -> Option<Range<usize>> {
        let (from, to) = self.selected()?;
        let start = self.lines.offset(from);
        Some(start..start + self.lines.offset(to) - self.lines.offset(from))
    }

    /// Selects bytes of the text, the cursor after them.
    pub fn select(&mut self, range: &Range<usize>) {
        self.go_to(range.start);
        let end = self.lines.place(range.end);
        self.move_to(end, true);
    }

    /// Selects everything.
    pub fn select_all(&mut self) {
        self.select(&(0..usize::MAX));
    }

    /// Selects nothing; `false` if nothing was selected.
    pub fn deselect(&mut self) -> bool {
        self.history.end_run();
        let was = self.selected().is_some();
        self.caret.anchor = None;
        was
    }

    /// Rises with every change of the text.
    #[must_use]
    pub fn revision(&self) -> u64 {
        self.changes.revision
    }

    /// The first line that is not what it was at a revision; the lines after it may have moved.
    #[must_use]
    pub fn changed_since(&self, revision: u64) -> Option<usize> {
        self.changes.since(revision)
    }

    fn selected(&self) -> Option<(Place, Place)> {
        if self.is_selecting() {
            return self.selected_in_vim();
        }
        let (one, other) = (self.caret.anchor?, self.caret.cursor);
        (one != other).then(|| (one.min(other), one.max(other)))
    }

    /// Moves the cursor; what it goes over is selected, or nothing is.
    fn move_to(&mut self, place: Place, selecting: bool) {
        self.caret.anchor = if selecting {
            self.caret.anchor.or(Some(self.caret.cursor))
        } else {
            None
        };
        self.caret.cursor = place;
        self.goal = None;
        self.view.is_loose = false;
        self.history.end_run();
        self.break_insertion();
    }

    /// Makes a change of several parts, each of which counts from the text that the ones before it
    /// left. The cursor goes with the text around it, or where it is told.
    fn change(
        &mut self,
        parts: impl IntoIterator<Item = (Place, Place, String)>,
        run: Run,
        then: Option<Place>,
    ) -> bool {
        let before = self.caret;
        let mut edits = Vec::new();
        for (from, to, inserted) in parts {
            let removed = self.lines.slice(from, to);
            if removed == inserted {
                continue;
            }
            self.note(from, to, &inserted);
            self.lines.replace(from, to, &inserted);
            let end = Lines::end_of(from, &inserted);
            let anchor = self.caret.anchor.map(|place| place.after(from, to, end));
            self.caret = Caret {
                cursor: self.caret.cursor.after(from, to, end),
                anchor,
            };
            self.changes.add(from.row);
            edits.push(Edit {
                from,
                removed,
                inserted,
            });
        }
        if let Some(cursor) = then {
            self.caret = Caret {
                cursor,
                anchor: None,
            };
        }
        self.goal = None;
        self.view.is_loose = false;
        let changed = !edits.is_empty();
        if changed {
            self.history.push(edits, run, before, self.caret);
        }
        changed
    }

    /// Replaces one stretch of the text, the cursor after it and nothing selected.
    fn put(&mut self, (from, to): (Place, Place), with: &str, run: Run) -> bool {
        let end = Lines::end_of(from, with);
        self.change([(from, to, with.to_owned())], run, Some(end))
    }
}
