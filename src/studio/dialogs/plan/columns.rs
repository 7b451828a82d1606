//! How wide the columns behind the nodes are, and which of them there are: what matters least goes
//! first where there is little room.

use super::tree::Cells;
use super::words;
use crate::data::plan::{Mark, Plan};
use crate::studio::widgets::text;

/// The nodes themselves keep this room, if they need it: before that marks are shortened, then the
/// share goes …
const NODES: u16 = 36;
/// … and the bar only where they have less than this.
const NARROW: u16 = 30;
/// A column is no wider, whatever figure a server writes.
const WIDEST: u16 = 40;

/// The widths of the columns behind the nodes; nought for one that is not there.
#[derive(Default, Clone, Copy)]
pub(super) struct Columns {
    pub bar: u16,
    pub own: u16,
    pub share: u16,
    pub was: u16,
    pub change: u16,
    pub rows: u16,
    pub marks: u16,
    pub is_short: bool,
}

impl Columns {
    /// The columns for the lines that are shown, as wide as what is in them.
    pub(super) fn of(plan: &Plan, cells: &[(usize, Cells)], width: u16) -> Self {
        let widest = |of: &dyn Fn(&Cells) -> &str| {
            let widths = cells.iter().map(|(_, cells)| text::width(of(cells)));
            widths.max().unwrap_or(0).min(WIDEST)
        };
        let marks = |is_short: bool| {
            let widths = cells
                .iter()
                .map(|(at, _)| text::width(&marked(plan, *at, is_short)));
            widths.max().unwrap_or(0)
        };
        let nodes = cells.iter().map(|(_, cells)| {
            let parts = [&cells.branch, &cells.name, &cells.title, &cells.target];
            let widths = parts.iter().map(|part| text::width(part));
            // Between the parts there are spaces, and behind a name there is a colon.
            widths.fold(8, u16::saturating_add)
        });
        let nodes = nodes.max().unwrap_or(0);
        let mut columns = Self {
            bar: 10,
            own: widest(&|cells| &cells.own).max(8),
            share: widest(&|cells| &cells.share),
            was: widest(&|cells| &cells.was),
            change: widest(&|cells| &cells.change.0),
            rows: widest(&|cells| &cells.rows),
            marks: marks(false),
            is_short: false,
        };
        let too_wide = |columns: Self, least: u16| columns.width().saturating_add(least) > width;
        if too_wide(columns, nodes) {
            columns.bar = 6;
        }
        if too_wide(columns, nodes) {
            columns.is_short = true;
            columns.marks = marks(true);
        }
        if too_wide(columns, nodes.min(NODES)) {
            columns.share = 0;
        }
        if too_wide(columns, nodes.min(NARROW)) {
            columns.bar = 0;
        }
        if too_wide(columns, nodes.min(NARROW / 2)) {
            columns.rows = 0;
        }
        columns
    }

    /// All of them, from left to right.
    pub(super) fn all(self) -> [u16; 7] {
        [
            self.bar,
            self.own,
            self.share,
            self.was,
            self.change,
            self.rows,
            self.marks,
        ]
    }

    /// The room they take, with the gap before each.
    pub(super) fn width(self) -> u16 {
        let there = self.all().into_iter().filter(|width| *width > 0);
        there.map(|width| width + 2).sum()
    }
}

/// A mark as its sign and its words, or as its sign alone.
pub(super) fn one_mark(mark: &Mark, is_short: bool) -> String {
    if is_short {
        words::short_mark(mark)
    } else {
        words::mark(mark)
    }
}

/// All marks of a node, as they stand in its line.
fn marked(plan: &Plan, at: usize, is_short: bool) -> String {
    let marks = plan.nodes[at].marks.iter();
    let marks: Vec<String> = marks.map(|mark| one_mark(mark, is_short)).collect();
    marks.join(if is_short { " " } else { "  " })
}
