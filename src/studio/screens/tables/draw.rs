//! How the Tables screen looks: the panes, what stands in their borders, and the empty states.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{Focus, Rows, Tables, beside_tree};
use crate::data::catalog::{Count, Kind, Object, grouped, rows as rows_in_words};
use crate::studio::layer::Shared;
use crate::studio::theme::Role;
use crate::studio::widgets::{fault, pane, text};

/// Below this width the tree is a strip, except while it has the focus.
const NARROW: u16 = 100;
const TREE_WIDTH: std::ops::RangeInclusive<u16> = 34..=44;
const STRIP_WIDTH: u16 = 3;

impl Tables {
    /// Draws the tree, or its strip where there is no room for it, and what is open.
    pub(super) fn draw_panes(&mut self, area: Rect, buffer: &mut Buffer, shared: &Shared) {
        let folded = area.width < NARROW && self.focus == Focus::Rows;
        let width = if folded {
            STRIP_WIDTH
        } else {
            let share = (area.width / 4).clamp(*TREE_WIDTH.start(), *TREE_WIDTH.end());
            share.min(area.width)
        };
        let tree = Rect { width, ..area };
        let rest = Rect {
            x: area.x + width,
            width: area.width - width,
            ..area
        };
        (self.tree_area, self.rows_area) = (tree, rest);
        if folded {
            let inner = pane::pane(tree, buffer, &shared.theme, "", "", false);
            let style = shared.theme.style(Role::Dim);
            text::put(buffer, inner.x, inner.y, 1, "▸", style);
        } else {
            self.draw_tree(tree, buffer, shared);
        }
        self.draw_rows(rest, buffer, shared);
    }

    fn draw_tree(&mut self, area: Rect, buffer: &mut Buffer, shared: &Shared) {
        let theme = &shared.theme;
        let focused = self.focus != Focus::Rows;
        let whole = shared.catalog.as_ref().filter(|_| shared.is_whole());
        let fact = whole.map_or_else(String::new, |catalog| {
            let objects = catalog.objects.iter();
            let is_table =
                |object: &&Object| matches!(object.kind, Kind::Table | Kind::Partitioned);
            grouped(objects.filter(is_table).count() as u64)
        });
        let inner = pane::pane(area, buffer, theme, "Tables", &fact, focused);
        let line = Rect {
            x: inner.x + 1,
            width: inner.width.saturating_sub(2),
            height: 1,
            ..inner
        };
        if self.focus == Focus::Search || !self.search.is_empty() {
            let x = text::put(buffer, line.x, line.y, 2, "/ ", theme.style(Role::Hint));
            let input = Rect {
                x,
                width: line.right().saturating_sub(x),
                ..line
            };
            self.search.draw(
                input,
                buffer,
                theme,
                self.focus == Focus::Search,
                "type a few letters",
            );
        } else {
            text::put(
                buffer,
                line.x,
                line.y,
                line.width,
                "/ to find",
                theme.style(Role::Dim),
            );
        }
        let below = Rect {
            y: inner.y + 1,
            height: inner.height.saturating_sub(1),
            ..inner
        };
        match (&shared.catalog, &shared.catalog_fault) {
            (None, Some(_)) => pane::empty(below, buffer, theme, &["Not connected"]),
            (None, None) => pane::empty(below, buffer, theme, &["Connecting…"]),
            (Some(catalog), _) if catalog.objects.is_empty() => {
                pane::empty(
                    below,
                    buffer,
                    theme,
                    &["Nothing here yet.", ". shows the system's own"],
                );
            }
            _ if self.tree.is_empty() => {
                let words = match (shared.is_whole(), &shared.catalog_fault) {
                    (true, _) => ["No name has these letters.", "esc shows all again"],
                    (false, None) => [
                        "No name yet has these letters.",
                        "the rest is still being read",
                    ],
                    (false, Some(_)) => ["Not all tables were read.", "esc, then r reads all"],
                };
                pane::empty(below, buffer, theme, &words);
            }
            _ => {
                let open = beside_tree(self.structure.as_ref(), self.rows.as_ref());
                self.tree.draw(below, buffer, shared, focused, open);
            }
        }
    }

    fn draw_rows(&mut self, area: Rect, buffer: &mut Buffer, shared: &Shared) {
        let theme = &shared.theme;
        let focused = self.focus == Focus::Rows;
        if let Some(structure) = &mut self.structure {
            let title = format!("{} · structure", structure.object.full_name());
            let inner = pane::pane(area, buffer, theme, &title, "", focused);
            structure.draw(inner, buffer, shared);
            return;
        }
        let Some(rows) = &mut self.rows else {
            let inner = pane::pane(area, buffer, theme, "", "", focused);
            match (&shared.catalog_fault, &shared.catalog) {
                (Some(why), None) => fault::draw(inner, buffer, theme, why),
                (_, None) => pane::empty(
                    inner,
                    buffer,
                    theme,
                    &[
                        &format!("Connecting to {}…", shared.target),
                        "ctrl-c gives up",
                    ],
                ),
                (_, Some(catalog)) if catalog.objects.is_empty() => pane::empty(
                    inner,
                    buffer,
                    theme,
                    &[
                        "This database has no tables yet.",
                        "r looks again once there are some",
                    ],
                ),
                _ => pane::empty(
                    inner,
                    buffer,
                    theme,
                    &[
                        "No table is open.",
                        "enter opens the one under the cursor, / finds one by its name",
                    ],
                ),
            }
            return;
        };
        let name = rows.object.full_name();
        let title = if rows.is_record() {
            format!("{name} · row")
        } else {
            name
        };
        let fact = fact_within(pane::fact_room(area, &title), rows, shared);
        let inner = pane::pane(area, buffer, theme, &title, &fact, focused);
        let edits = self.desk.edits(rows.object.oid);
        rows.draw(inner, buffer, shared, edits, focused);
    }
}

/// What the border says of the rows; where there is not room for all, the order has what is left.
fn fact_within(room: u16, rows: &mut Rows, shared: &Shared) -> String {
    let (count, hidden, locked) = (count_words(rows.count(shared)), hidden(rows), locked(rows));
    let joined = |order: &str| {
        let parts = [count.as_str(), hidden.as_str(), order, locked.as_str()].into_iter();
        let parts: Vec<&str> = parts.filter(|part| !part.is_empty()).collect();
        parts.join(" · ")
    };
    // A word in its place, for what stands between the parts.
    let others = text::width(&joined("·")).saturating_sub(1);
    joined(&rows.order(room.saturating_sub(others)))
}

fn hidden(rows: &mut Rows) -> String {
    match rows.grid().hidden() {
        0 => String::new(),
        hidden => format!("{hidden} hidden"),
    }
}

fn locked(rows: &Rows) -> String {
    match rows
        .relation
        .as_ref()
        .map_or(0, |relation| relation.locked_columns)
    {
        0 => String::new(),
        1 => "⊘ 1 column locked".to_owned(),
        more => format!("⊘ {more} columns locked"),
    }
}

fn count_words(count: Count) -> String {
    match count {
        Count::Exact(count) => rows_in_words(count),
        Count::Estimate(rows) => format!("~{} rows", grouped(rows)),
        Count::Unknown => String::new(),
    }
}
