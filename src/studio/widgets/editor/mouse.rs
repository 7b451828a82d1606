//! The mouse: pressing puts the cursor, drawing selects, pressing twice selects a word.

use std::time::Instant;

use super::lines::Place;
use super::{Editor, units};
use crate::studio::widgets::grid::DOUBLE;

impl Editor {
    /// Puts the cursor at a place of the screen; twice at once selects the word there. `false` if
    /// the place is outside.
    pub fn click(&mut self, x: u16, y: u16, now: Instant) -> bool {
        if !self.view.whole.contains((x, y).into()) {
            return false;
        }
        let place = self.place_at(x, y);
        let again = self
            .pressed
            .is_some_and(|(at, before)| before == place && now.duration_since(at) < DOUBLE);
        self.pressed = (!again).then_some((now, place));
        if again {
            let (from, to) = self.word_at(place);
            self.move_to(from, false);
            self.move_to(to, true);
        } else {
            self.move_to(place, false);
        }
        true
    }

    /// Selects from where the mouse was pressed; beyond an edge the text follows.
    pub fn drag(&mut self, x: u16, y: u16) {
        let area = self.view.area;
        let mut place = self.place_at(x, y);
        if y < area.y {
            place = self.place_in(self.view.top.saturating_sub(1), x);
        } else if y >= area.bottom() {
            place = self.place_in(self.view.top + usize::from(area.height), x);
        }
        self.move_to(place, true);
    }

    /// Moves what is in view by lines; the cursor stays where it is, until it is moved.
    pub fn scroll(&mut self, by: isize) {
        let height = usize::from(self.view.area.height).max(1);
        let most = self.lines.all().len().saturating_sub(height);
        self.view.top = self.view.top.saturating_add_signed(by).min(most);
        self.view.is_loose = true;
    }

    fn place_at(&self, x: u16, y: u16) -> Place {
        let below = y.saturating_sub(self.view.area.y);
        self.place_in(self.view.top + usize::from(below), x)
    }

    fn place_in(&self, row: usize, x: u16) -> Place {
        if row > self.lines.last() {
            return self.lines.end();
        }
        let column = self.view.left + usize::from(x.saturating_sub(self.view.area.x));
        Place::new(row, units::at_column(self.lines.line(row), column).0)
    }
}
