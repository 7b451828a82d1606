//! How wide the columns are: as their values want it, or as a person does.

use std::collections::BTreeMap;

use crate::data::relation::Relation;
use crate::data::{Column, Rows};
use crate::studio::widgets::text;

/// The columns of a screen between two columns of the grid.
pub(super) const GAP: u16 = 2;
pub(super) const NARROWEST: u16 = 3;
/// A column is no wider than this unless the person makes it so, or there is room to spare.
const WIDEST: u16 = 32;
/// How wide the text of a `uuid` is, always: less of it names nothing.
const UUID: u16 = 36;
/// How many rows are looked at for the widths.
const SAMPLE: usize = 100;

/// One width for each column of the relation.
#[derive(Debug, Clone, Default)]
pub(super) struct Widths(Vec<Width>);

#[derive(Debug, Clone, Copy)]
struct Width {
    now: u16,
    /// What would show every value of the sample.
    wanted: u16,
    /// No wider than this by itself.
    most: u16,
    by_hand: bool,
}

impl Width {
    fn base(self) -> u16 {
        if self.by_hand {
            self.now
        } else {
            self.wanted.min(self.most)
        }
    }
}

impl Widths {
    /// Widths for a relation's columns, before any row is known.
    pub(super) fn of(relation: &Relation) -> Self {
        let width = |column: &Column| {
            let wanted = text::width(&column.name)
                .max(text::width(&super::kind(column)))
                .max(NARROWEST);
            let most = match column.type_name.as_str() {
                "uuid" => UUID,
                _ => WIDEST,
            };
            Width {
                now: wanted.min(most),
                wanted,
                most,
                by_hand: false,
            }
        };
        Self(relation.columns.iter().map(width).collect())
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// How wide a column is now.
    pub(super) fn now(&self, column: usize) -> u16 {
        self.0.get(column).map_or(0, |width| width.now)
    }

    /// Makes room for the values of a page. Columns grow and never shrink: what is read must not
    /// jump about.
    pub(super) fn learn(&mut self, rows: &Rows) {
        let step = (rows.len() / SAMPLE).max(1);
        for (at, width) in self.0.iter_mut().enumerate() {
            let last = rows.len().saturating_sub(1);
            let sample = (0..rows.len()).step_by(step).chain([last]);
            for cell in sample.filter_map(|row| rows.cell(row, at)) {
                width.wanted = width
                    .wanted
                    .max(cell.text.map_or(1, |text| text::width(head(text))));
            }
        }
    }

    /// Makes room for a text that is in no page.
    pub(super) fn want(&mut self, column: usize, text: &str) {
        if let Some(width) = self.0.get_mut(column) {
            width.wanted = width.wanted.max(text::width(head(text)));
        }
    }

    /// Gives a column the width that a person wants.
    pub(super) fn set(&mut self, column: usize, width: u16) {
        if let Some(old) = self.0.get_mut(column) {
            old.now = width.max(NARROWEST);
            old.by_hand = true;
        }
    }

    /// Makes a column as wide as its values; one that is so already gets the width it has by itself.
    pub(super) fn fit(&mut self, column: usize) {
        if let Some(width) = self.0.get_mut(column) {
            width.by_hand = !(width.by_hand && width.now == width.wanted);
            width.now = if width.by_hand {
                width.wanted
            } else {
                width.base()
            };
        }
    }

    /// Takes the widths that a person has chosen, and no others.
    pub(super) fn take(&mut self, relation: &Relation, chosen: &BTreeMap<String, u16>) {
        for (at, column) in relation.columns.iter().enumerate() {
            match (chosen.get(&column.name), self.0.get_mut(at)) {
                (Some(width), _) => self.set(at, *width),
                (None, Some(width)) => width.by_hand = false,
                (None, None) => {}
            }
        }
    }

    /// The widths that a person has chosen.
    pub(super) fn chosen(&self, relation: &Relation) -> BTreeMap<String, u16> {
        let all = relation.columns.iter().zip(&self.0);
        all.filter(|(_, width)| width.by_hand)
            .map(|(column, width)| (column.name.clone(), width.now))
            .collect()
    }

    /// Gives the room that is left, when all that is shown fits, to the columns that want more.
    pub(super) fn spread(&mut self, shown: &[usize], room: u16) {
        let gaps = u32::from(GAP) * u32::try_from(shown.len()).unwrap_or(u32::MAX / 4);
        let bases = shown.iter().filter_map(|column| self.0.get(*column));
        let used: u32 = bases.map(|width| u32::from(width.base())).sum();
        let mut spare = u32::from(room).saturating_sub(used + gaps + 1);
        for column in shown {
            let Some(width) = self.0.get_mut(*column) else {
                continue;
            };
            let more = if width.by_hand {
                0
            } else {
                width.wanted.saturating_sub(width.most)
            };
            let given = u32::from(more).min(spare);
            spare -= given;
            width.now = width.base() + u16::try_from(given).unwrap_or(0);
        }
    }
}

/// The part of a long value that can matter for a width.
fn head(text: &str) -> &str {
    text.char_indices()
        .nth(200)
        .map_or(text, |(at, _)| &text[..at])
}
