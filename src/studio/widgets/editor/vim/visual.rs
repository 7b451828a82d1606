//! What is selected by commands.

use super::Mode;
use super::command::Extent;
use super::object::Stretch;
use crate::studio::widgets::editor::Editor;
use crate::studio::widgets::editor::lines::Place;
use crate::studio::widgets::editor::units;

impl Editor {
    /// Begins to select, goes over to selecting the other way, or ends it. With a count so many
    /// characters or lines are selected at once.
    pub(super) fn begin_selection(&mut self, lines: bool, times: usize) {
        let mode = if lines { Mode::Lines } else { Mode::Visual };
        if self.mode() == Some(mode) {
            return self.end_selection();
        }
        let was = self.is_selecting();
        self.set_mode(mode);
        if was {
            return;
        }
        self.caret.anchor = Some(self.caret.cursor);
        let Place { row, at } = self.caret.cursor;
        if lines {
            let last = row.saturating_add(times - 1).min(self.lines.last());
            if last > row {
                self.caret.cursor = self.keeping_column(last).0;
            }
        } else {
            let line = self.lines.line(row);
            for _ in 1..times {
                if self.caret.cursor.at >= self.last_unit(row) {
                    break;
                }
                self.caret.cursor.at = units::next(line, self.caret.cursor.at);
            }
            debug_assert!(self.caret.cursor.at >= at);
        }
    }

    /// Ends it; it can be had again.
    pub(super) fn end_selection(&mut self) {
        if !self.is_selecting() {
            return;
        }
        let cursor = self.caret.cursor;
        if let (Some(anchor), Some(vim)) = (self.caret.anchor.take(), &mut self.vim) {
            vim.selected = Some((anchor, cursor, vim.mode));
        }
        self.goal = None;
        self.set_mode(Mode::Normal);
    }

    pub(super) fn select_again(&mut self) {
        let selected = self.vim.as_ref().and_then(|vim| vim.selected);
        let Some((anchor, cursor, mode)) = selected else {
            return;
        };
        self.end_selection();
        // The text may be shorter by now.
        let within = |place: Place| {
            let row = place.row.min(self.lines.last());
            let line = self.lines.line(row);
            Place::new(row, line.floor_char_boundary(place.at.min(line.len())))
        };
        let (anchor, cursor) = (within(anchor), within(cursor));
        self.set_mode(mode);
        self.caret.anchor = Some(anchor);
        self.caret.cursor = cursor;
        self.view.is_loose = false;
    }

    pub(super) fn swap_ends(&mut self) {
        if let Some(anchor) = self.caret.anchor {
            self.caret.anchor = Some(self.caret.cursor);
            self.caret.cursor = anchor;
            self.goal = None;
            self.view.is_loose = false;
        }
    }

    /// Selects an object.
    pub(super) fn select_stretch(&mut self, stretch: Stretch) {
        match stretch {
            Stretch::Characters(from, to) if from < to => {
                let is_back = self.caret.anchor > Some(self.caret.cursor);
                self.set_mode(Mode::Visual);
                self.caret.anchor = Some(from);
                self.caret.cursor = to;
                self.step_back_inside(from);
                if is_back {
                    self.swap_ends();
                }
            }
            Stretch::Characters(..) => return,
            Stretch::Lines(first, last) => {
                self.set_mode(Mode::Lines);
                self.caret.anchor = Some(Place::new(first, 0));
                self.caret.cursor = Place::new(last, 0);
            }
        }
        self.goal = None;
        self.view.is_loose = false;
    }

    /// What is selected, and how much it is.
    pub(super) fn taken(&self, lines: bool) -> (Stretch, Extent) {
        let anchor = self.caret.anchor.unwrap_or(self.caret.cursor);
        let (from, last) = (anchor.min(self.caret.cursor), anchor.max(self.caret.cursor));
        let rows = last.row - from.row;
        if lines || self.mode() == Some(Mode::Lines) {
            let extent = Extent {
                rows,
                columns: 0,
                lines: true,
            };
            return (Stretch::Lines(from.row, last.row), extent);
        }
        let (from, to) = self.selected().unwrap_or((from, from));
        let rows = to.row - from.row;
        let begin = if rows == 0 { from.at } else { 0 };
        let extent = Extent {
            rows,
            columns: self.lines.line(to.row)[begin..to.at].chars().count(),
            lines: false,
        };
        (Stretch::Characters(from, to), extent)
    }
}
