//! What is said and shown of the rows: the grid, or why there is none; the order; the position.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use std::sync::Arc;

use super::Rows;
use super::edit::Overlay;
use crate::data::OrderKey;
use crate::data::catalog::{Count, grouped};
use crate::data::edits::{Edits, RowId, Who};
use crate::data::order::in_words_of;
use crate::data::relation::{PLACE, Paging};
use crate::studio::layer::{Cx, Route, Shared, Viewed};
use crate::studio::theme::Role;
use crate::studio::widgets::grid::{Sheet, said, with_column};
use crate::studio::widgets::{fault, pane, text};

/// A name that is cut keeps so many columns.
const SHORTEST: u16 = 5;

impl Rows {
    /// How the rows stand, for the pane's title: by which key, or how else; in `room` columns, if
    /// names can be cut so far.
    #[must_use]
    pub fn order(&self, room: u16) -> String {
        let Some(relation) = &self.relation else {
            return String::new();
        };
        match &relation.paging {
            Paging::Keyset(keys) => {
                // The place of a row in a heap is how its order goes on, and nobody's word.
                let seen: Vec<&OrderKey> = keys.iter().filter(|key| key.column != PLACE).collect();
                order_within(&seen, room)
            }
            Paging::Ctid => "no key: in stored order".to_owned(),
            Paging::Cursor if relation.sort.is_empty() => "in its own order".to_owned(),
            Paging::Cursor => order_within(&relation.sort.iter().collect::<Vec<_>>(), room),
        }
    }

    /// The filter in words, where there is one.
    fn filter_line(&self) -> Option<String> {
        let words = self.filter().words();
        (!words.is_empty()).then(|| format!("where {}", words.join(" ")))
    }

    /// Where the cursor is: row, of how many, column, type, and how long the value is; in `room`
    /// columns, where that can be.
    #[must_use]
    pub fn position(&self, shared: &Shared, edits: Option<&Edits>, room: u16) -> String {
        let Some(relation) = self.relation.as_ref().filter(|_| self.has_cells()) else {
            return String::new();
        };
        let is_added = self.grid.row >= self.pages.len();
        let number = self.pages.first_number.filter(|_| !is_added);
        let row = number.map_or_else(
            || if is_added { "new row" } else { "row –" }.to_owned(),
            |first| format!("row {}", grouped(first + self.grid.row as u64 + 1)),
        );
        let of = match self.count(shared) {
            _ if is_added => String::new(),
            Count::Exact(rows) => format!(" of {}", grouped(rows)),
            Count::Estimate(rows) => format!(" of ~{}", grouped(rows)),
            Count::Unknown => String::new(),
        };
        let column = relation
            .columns
            .get(self.grid.column)
            .map_or_else(String::new, |column| {
                format!(" · {} {}", column.name, column.short_type())
            });
        let sheet = Overlay {
            rows: self,
            relation,
            edits,
        };
        let shown = sheet.cell(self.grid.row, self.grid.column);
        let value = shown.as_ref().map_or_else(String::new, said);
        let staged = if shown.is_some_and(|shown| shown.changed) {
            " · staged"
        } else {
            ""
        };
        let before = format!("{row}{of}{column}");
        let after = format!("{value}{staged}");
        with_column(&before, &self.grid.column_in_words(), &after, room)
    }

    /// Shows the value under the cursor whole.
    pub fn view(&self, cx: &mut Cx<'_>) {
        let (Some(relation), Some(cell)) = (&self.relation, self.value()) else {
            return;
        };
        let Some(text) = cell.text else {
            cx.refuse("the value is NULL: there is nothing to see");
            return;
        };
        cx.open(Route::Value(Viewed {
            relation: Arc::clone(relation),
            column: self.grid.column,
            text: text.to_owned(),
            cut: cell.cut,
            id: self.identity(),
        }));
    }

    /// What finds the row under the cursor again.
    fn identity(&self) -> Option<RowId> {
        match self.who(self.grid.row)? {
            Who::Old(id) => Some(id),
            Who::New(_) => None,
        }
    }

    /// Draws the grid, or says why there is none.
    pub fn draw(
        &mut self,
        area: Rect,
        buffer: &mut Buffer,
        shared: &Shared,
        edits: Option<&Edits>,
        focused: bool,
    ) {
        let theme = &shared.theme;
        if let Some(why) = &self.fault {
            fault::draw(area, buffer, theme, why);
            return;
        }
        let Some(relation) = &self.relation else {
            return;
        };
        if relation.columns.is_empty() {
            pane::empty(
                area,
                buffer,
                theme,
                &["This table has no columns.", "i shows its structure"],
            );
            return;
        }
        let mut area = area;
        if let Some(line) = self.filter_line() {
            let room = area.width.saturating_sub(2);
            text::put(
                buffer,
                area.x + 1,
                area.y,
                room,
                &line,
                theme.style(Role::Accent),
            );
            area.y += 1;
            area.height = area.height.saturating_sub(1);
        }
        let relation = Arc::clone(relation);
        // The grid draws from the rows it is a part of: it is taken out meanwhile.
        let mut grid = std::mem::take(&mut self.grid);
        let mut record = self.record.take();
        let sheet = Overlay {
            rows: self,
            relation: &relation,
            edits,
        };
        match &mut record {
            Some(record) if sheet.rows() > 0 => {
                let at = (grid.row, grid.column);
                record.draw(area, buffer, theme, (&relation, &sheet, at), focused);
            }
            _ => grid.draw(area, buffer, theme, &relation, &sheet, focused),
        }
        self.grid = grid;
        self.record = record;
        let is_read = self.asked.is_none() || self.pages.at_start && self.pages.at_end;
        if self.len() == 0 && is_read {
            let below = Rect {
                y: area.y + 2,
                height: area.height.saturating_sub(2),
                ..area
            };
            let words = match relation.allows.insert && !relation.allows.read_only {
                _ if !relation.filter.is_empty() => ["No row passes the filter.", "F changes it"],
                true => ["No rows.", "a adds one, i shows the structure"],
                false => ["No rows.", "i shows the structure"],
            };
            pane::empty(below, buffer, theme, &words);
        }
    }
}

/// An order in words. Where there is no room for them, the longest names are cut in the middle: the
/// arrows are what it says.
fn order_within(keys: &[&OrderKey], room: u16) -> String {
    let longest = keys.iter().map(|key| text::width(&key.column)).max();
    let cut_to = |most| in_words_of(keys, |name| text::middle(name, most));
    let mut tried = (SHORTEST..=longest.unwrap_or(0)).rev().map(cut_to);
    tried
        .find(|words| text::width(words) <= room)
        .unwrap_or_else(|| cut_to(SHORTEST))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::{Direction, Nulls};

    fn key(column: &str, direction: Direction) -> OrderKey {
        OrderKey {
            column: column.to_owned(),
            cast: "pg_catalog.int4".to_owned(),
            operators: None,
            direction,
            nulls: Nulls::Last,
            nullable: false,
        }
    }

    #[test]
    fn names_are_cut_before_arrows_are() {
        let language = key("original_language_id", Direction::Descending);
        let id = key("id", Direction::Ascending);
        let keys = [&language, &id];
        assert_eq!(order_within(&keys, 40), "by original_language_id ↓, id ↑");
        assert_eq!(order_within(&keys, 25), "by origina…age_id ↓, id ↑");
        assert_eq!(order_within(&keys, 3), "by or…id ↓, id ↑");
    }
}
