//! Where the columns in view are: those that stay at the left, then those that are not scrolled out.

use super::Grid;
use super::widths::{GAP, NARROWEST};
use crate::data::relation::Relation;

/// Where a column is on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Placed {
    pub(super) column: usize,
    pub(super) x: u16,
    pub(super) width: u16,
}

impl Grid {
    /// Decides which columns are in view and where. Columns that were frozen stay at the left, or
    /// those of the key where none were, as long as they leave half the room to the others.
    pub(super) fn place(&mut self, relation: &Relation) {
        self.fit_to(relation);
        self.column = self.layout.nearest(self.column).unwrap_or(0);
        let cursor = self.layout.position(self.column).unwrap_or(0);
        self.widths.spread(self.layout.shown(), self.area.width);
        let room = self.area.width.saturating_sub(1);
        // Where the cursor is on a column that stays, the others need not move.
        let stays = cursor < self.layout.frozen() && self.is_whole(relation, room);
        if !stays {
            self.left = self.left.min(cursor);
            while self.left < cursor && !self.is_whole(relation, room) {
                self.left += 1;
            }
        }
        self.placed = self.placed_from(relation, room);
    }

    /// Whether the column under the cursor would be in view, with what is scrolled out now.
    fn is_whole(&self, relation: &Relation, room: u16) -> bool {
        let wanted = self.widths.now(self.column).min(room / 2);
        let placed = self.placed_from(relation, room);
        placed
            .iter()
            .any(|placed| placed.column == self.column && placed.width >= wanted)
    }

    fn placed_from(&self, relation: &Relation, room: u16) -> Vec<Placed> {
        let mut placed = Vec::new();
        let mut x = self.area.x + 1;
        let end = self.area.x + room;
        let mut add = |column: usize, limit: u16| {
            let wanted = self.widths.now(column);
            let width = wanted.min(limit.saturating_sub(x));
            if width < NARROWEST.min(wanted) {
                return false;
            }
            placed.push(Placed { column, x, width });
            x += width + GAP;
            true
        };
        let shown = self.layout.shown();
        let (out, rest) = shown.split_at(self.left.min(shown.len()));
        let frozen = self.layout.frozen();
        let keys = relation.bookmark_cells();
        let staying = out
            .iter()
            .enumerate()
            .filter(|(at, column)| match frozen {
                0 => keys.contains(column),
                frozen => *at < frozen,
            })
            .map(|(_, column)| *column);
        for column in staying {
            add(column, self.area.x + room / 2);
        }
        for column in rest {
            if !add(*column, end) {
                break;
            }
        }
        placed
    }
}
