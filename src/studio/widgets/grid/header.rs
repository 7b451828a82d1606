//! The lines above the rows: names and types of the columns, and which way the rows are sorted.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::place::Placed;
use super::{Grid, kind};
use crate::data::Align;
use crate::data::relation::Relation;
use crate::studio::theme::{Role, Theme};
use crate::studio::widgets::text;

impl Grid {
    pub(super) fn draw_header(
        &self,
        area: Rect,
        buffer: &mut Buffer,
        theme: &Theme,
        relation: &Relation,
    ) {
        for placed in &self.placed {
            let column = &relation.columns[placed.column];
            let role = if placed.column == self.column {
                Role::Accent
            } else {
                Role::Title
            };
            let at = (placed.x, area.y);
            text::put_aligned(
                buffer,
                at,
                placed.width,
                &column.name,
                column.align(),
                theme.style(role),
            );
            draw_arrow(area, buffer, relation, placed, theme.style(role));
            let at = (placed.x, area.y + 1);
            text::put_aligned(
                buffer,
                at,
                placed.width,
                &kind(column),
                column.align(),
                theme.style(Role::Dim),
            );
        }
    }
}

/// Draws which way a person sorts by a column, behind its name; where that takes the whole width,
/// the space between two columns has room for it.
fn draw_arrow(area: Rect, buffer: &mut Buffer, relation: &Relation, placed: &Placed, style: Style) {
    let column = &relation.columns[placed.column];
    let mut sort = relation.sort.iter();
    let Some(key) = sort.find(|key| key.column == column.name) else {
        return;
    };
    let behind = match column.align() {
        Align::Left => text::width(&column.name).min(placed.width),
        Align::Right => placed.width,
    };
    let x = placed.x + behind;
    if x < area.right() {
        text::put(buffer, x, area.y, 1, key.direction.arrow(), style);
    }
}
