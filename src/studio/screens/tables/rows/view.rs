//! What is said and shown of the rows: the grid, or why there is none; the order; the position.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::Rows;
use crate::data::catalog::{Count, grouped};
use crate::data::relation::Paging;
use crate::studio::layer::Shared;
use crate::studio::widgets::{fault, pane};

impl Rows {
    /// How the rows stand, for the pane's title: by which key, or how else.
    #[must_use]
    pub fn order(&self) -> String {
        match self.relation.as_ref().map(|relation| &relation.paging) {
            Some(Paging::Keyset(keys)) => {
                let names: Vec<&str> = keys.iter().map(|key| key.column.as_str()).collect();
                format!("by {} ↑", names.join(", "))
            }
            Some(Paging::Ctid) => "no key: in stored order".to_owned(),
            Some(Paging::Cursor) => "in its own order".to_owned(),
            None => String::new(),
        }
    }

    /// Where the cursor is: row, of how many, column, type, and how long the value is.
    #[must_use]
    pub fn position(&self, count: Count) -> String {
        let Some(relation) = self.relation.as_ref().filter(|_| self.has_cells()) else {
            return String::new();
        };
        let row = self.pages.first_number.map_or_else(
            || "row –".to_owned(),
            |first| format!("row {}", grouped(first + self.grid.row as u64 + 1)),
        );
        let of = match count {
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
        let value = match self.value().map(|cell| (cell.text, cell.cut)) {
            Some((None, _)) => " · NULL".to_owned(),
            Some((Some(""), _)) => " · empty".to_owned(),
            Some((Some(_), Some(length))) => {
                format!(" · {} characters, the first shown", grouped(length))
            }
            Some((Some(shown), None)) => match shown.chars().count() {
                1 => " · 1 character".to_owned(),
                length => format!(" · {} characters", grouped(length as u64)),
            },
            None => String::new(),
        };
        format!("{row}{of}{column}{value}")
    }

    /// Draws the grid, or says why there is none.
    pub fn draw(&mut self, area: Rect, buffer: &mut Buffer, shared: &Shared, focused: bool) {
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
        self.grid
            .draw(area, buffer, theme, relation, &self.pages, focused);
        if self.pages.is_empty() && self.asked.is_none() {
            let below = Rect {
                y: area.y + 2,
                height: area.height.saturating_sub(2),
                ..area
            };
            pane::empty(
                below,
                buffer,
                theme,
                &["No rows.", "i shows the structure, r reads again"],
            );
        }
    }
}
