//! Where the cursor goes: by characters, words, lines and pages.

use super::history::Class;
use super::lines::Place;
use super::{Editor, units};

/// A way for the cursor to go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Motion {
    Left,
    Right,
    Up,
    Down,
    PageUp,
    PageDown,
    LineStart,
    LineEnd,
    /// To the beginning of a word.
    WordLeft,
    /// To the end of a word.
    WordRight,
    /// To the beginning of what stands between spaces.
    BlankLeft,
    Start,
    End,
}

impl Editor {
    pub(super) fn go(&mut self, motion: Motion, selecting: bool) {
        let (place, goal) = match (motion, self.selected()) {
            // An arrow lets go of what is selected, on its side.
            (Motion::Left, Some((from, _))) if !selecting => (from, None),
            (Motion::Right, Some((_, to))) if !selecting => (to, None),
            _ => self.target(motion),
        };
        self.move_to(place, selecting);
        self.goal = goal;
    }

    /// Where a motion leads, and the column that it keeps to.
    pub(super) fn target(&self, motion: Motion) -> (Place, Option<usize>) {
        let here = self.caret.cursor;
        let line = self.lines.line(here.row);
        let page = isize::try_from(self.view.area.height)
            .unwrap_or(1)
            .saturating_sub(1)
            .max(1);
        let place = match motion {
            Motion::Up => return self.vertical(-1),
            Motion::Down => return self.vertical(1),
            Motion::PageUp => return self.vertical(-page),
            Motion::PageDown => return self.vertical(page),
            Motion::Left if here.at > 0 => Place::new(here.row, units::previous(line, here.at)),
            Motion::Left => self.line_before(here),
            Motion::Right if here.at < line.len() => {
                Place::new(here.row, units::next(line, here.at))
            }
            Motion::Right => self.line_after(here),
            Motion::LineStart => Place::new(here.row, 0),
            Motion::LineEnd => Place::new(here.row, line.len()),
            Motion::WordLeft => self.word_left(here),
            Motion::WordRight => self.word_right(here),
            Motion::BlankLeft if here.at == 0 => self.line_before(here),
            Motion::BlankLeft => {
                let word = line[..here.at].trim_end();
                let blank = word.char_indices().rev().find(|(_, ch)| ch.is_whitespace());
                let at = blank.map_or(0, |(at, ch)| at + ch.len_utf8());
                Place::new(here.row, at)
            }
            Motion::Start => Place::default(),
            Motion::End => self.lines.end(),
        };
        (place, None)
    }

    /// The end of the line before; the beginning of the text where there is none.
    fn line_before(&self, here: Place) -> Place {
        let before = here.row.checked_sub(1);
        before.map_or(Place::default(), |row| {
            Place::new(row, self.lines.line(row).len())
        })
    }

    fn line_after(&self, here: Place) -> Place {
        if here.row == self.lines.last() {
            return self.lines.end();
        }
        Place::new(here.row + 1, 0)
    }

    fn vertical(&self, by: isize) -> (Place, Option<usize>) {
        let here = self.caret.cursor;
        let row = here.row.saturating_add_signed(by).min(self.lines.last());
        let goal = self
            .goal
            .unwrap_or_else(|| units::column(self.lines.line(here.row), here.at));
        let at = if row == here.row {
            here.at
        } else {
            units::at_column(self.lines.line(row), goal).0
        };
        (Place::new(row, at), Some(goal))
    }

    fn word_right(&self, mut here: Place) -> Place {
        loop {
            let rest = &self.lines.line(here.row)[here.at..];
            let word = |ch| Class::of(ch) == Class::Word;
            if let Some(from) = rest.find(word) {
                let to = rest[from..].find(|ch| !word(ch));
                let at = to.map_or(rest.len(), |to| from + to);
                return Place::new(here.row, here.at + at);
            }
            if here.row == self.lines.last() {
                return self.lines.end();
            }
            here = Place::new(here.row + 1, 0);
        }
    }

    fn word_left(&self, mut here: Place) -> Place {
        loop {
            let rest = &self.lines.line(here.row)[..here.at];
            let word = |ch| Class::of(ch) == Class::Word;
            let end = rest.char_indices().rev().find(|(_, ch)| word(*ch));
            if let Some((end, _)) = end {
                let before = rest[..end].char_indices().rev().find(|(_, ch)| !word(*ch));
                let at = before.map_or(0, |(at, ch)| at + ch.len_utf8());
                return Place::new(here.row, at);
            }
            if here.row == 0 {
                return Place::default();
            }
            here = self.line_before(here);
        }
    }

    /// The run of characters of one class at a place: a word, spaces, or signs.
    pub(super) fn word_at(&self, place: Place) -> (Place, Place) {
        let line = self.lines.line(place.row);
        let at = if place.at < line.len() {
            place.at
        } else {
            units::previous(line, place.at)
        };
        let class = Class::of_text(&line[at..]);
        let other = |ch: char| Class::of(ch) != class;
        let before = line[..at].char_indices().rev().find(|(_, ch)| other(*ch));
        let from = before.map_or(0, |(at, ch)| at + ch.len_utf8());
        let to = line[at..].find(other).map_or(line.len(), |to| at + to);
        (Place::new(place.row, from), Place::new(place.row, to))
    }
}
