//! The grid: rows and columns of cells, of which only those in view are looked at. It draws from
//! pages that somebody else fills, and keeps the cursor, the widths and what is scrolled out.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::text;
use crate::data::pages::Pages;
use crate::data::relation::Relation;
use crate::data::{Column, Rows};
use crate::glyphs;
use crate::studio::theme::{Role, Theme};

/// The columns of a screen between two columns of the grid.
const GAP: u16 = 2;
const NARROWEST: u16 = 3;
/// A column is no wider than this unless the person makes it so, or there is room to spare.
const WIDEST: u16 = 32;
/// How many rows are looked at for the widths.
const SAMPLE: usize = 100;
/// The lines above the first row: names and types.
pub const HEADER: u16 = 2;

/// The grid's own state.
#[derive(Debug, Clone, Default)]
pub struct Grid {
    /// The row of the cursor, as a place in the pages.
    pub row: usize,
    /// The column of the cursor.
    pub column: usize,
    top: usize,
    left: usize,
    widths: Vec<Width>,
    area: Rect,
    placed: Vec<Placed>,
    dragged: Option<usize>,
}

#[derive(Debug, Clone, Copy)]
struct Width {
    now: u16,
    /// What would show every value of the sample.
    wanted: u16,
    by_hand: bool,
}

/// Where a column is on the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Placed {
    column: usize,
    x: u16,
    width: u16,
}

impl Grid {
    /// A grid with the cursor in a column.
    #[must_use]
    pub fn at(column: usize) -> Self {
        Self {
            column,
            ..Self::default()
        }
    }

    /// Widths for a relation's columns, before any row is known.
    fn begin(&mut self, relation: &Relation) {
        let width = |column: &Column| {
            let wanted = text::width(&column.name)
                .max(text::width(&kind(column)))
                .max(NARROWEST);
            Width {
                now: wanted.min(WIDEST),
                wanted,
                by_hand: false,
            }
        };
        self.widths = relation.columns.iter().map(width).collect();
    }

    /// Makes room for the values of a page that has come. Columns grow and never shrink: what is
    /// read must not jump about.
    pub fn learn(&mut self, relation: &Relation, rows: &Rows) {
        if self.widths.len() != relation.columns.len() {
            self.begin(relation);
        }
        let step = (rows.len() / SAMPLE).max(1);
        for (at, width) in self.widths.iter_mut().enumerate() {
            let last = rows.len().saturating_sub(1);
            let sample = (0..rows.len()).step_by(step).chain([last]);
            for cell in sample.filter_map(|row| rows.cell(row, at)) {
                width.wanted = width
                    .wanted
                    .max(cell.text.map_or(1, |text| text::width(head(text))));
            }
        }
    }

    /// How many rows are in view.
    #[must_use]
    pub fn height(&self) -> usize {
        usize::from(self.area.height.saturating_sub(HEADER).max(1))
    }

    /// The first row in view, as a place in the pages.
    #[must_use]
    pub fn top(&self) -> usize {
        self.top
    }

    /// Rows came in front of the first one.
    pub fn came_before(&mut self, rows: usize) {
        self.row += rows;
        self.top += rows;
    }

    /// Rows at the beginning were let go.
    pub fn went_before(&mut self, rows: usize) {
        self.row = self.row.saturating_sub(rows);
        self.top = self.top.saturating_sub(rows);
    }

    /// Moves the cursor by rows among `len`; true when it wanted to go beyond them.
    pub fn step(&mut self, by: isize, len: usize) -> bool {
        let last = len.saturating_sub(1);
        let wanted = self.row.checked_add_signed(by);
        self.row = wanted.unwrap_or(0).min(last);
        wanted.is_none_or(|wanted| wanted > last)
    }

    /// Moves a page, and what is in view with it.
    pub fn page(&mut self, by: isize, len: usize) {
        self.top = self
            .top
            .saturating_add_signed(by)
            .min(len.saturating_sub(self.height()));
        self.step(by, len);
    }

    /// The wheel: what is in view moves, and the cursor only as far as it must.
    pub fn scroll(&mut self, by: isize, len: usize) {
        let height = self.height();
        self.top = self
            .top
            .saturating_add_signed(by)
            .min(len.saturating_sub(height));
        self.row = self
            .row
            .clamp(self.top, (self.top + height).saturating_sub(1))
            .min(len.saturating_sub(1));
    }

    /// Puts the cursor on a row, which will be shown at the top or the bottom.
    pub fn jump(&mut self, row: usize) {
        self.row = row;
        self.top = row;
    }

    /// Makes the column under the cursor wider or narrower.
    pub fn widen(&mut self, by: i16) {
        if let Some(width) = self.widths.get_mut(self.column) {
            width.now = width.now.saturating_add_signed(by).max(NARROWEST);
            width.by_hand = true;
        }
    }

    /// Puts the cursor on the cell at a place of the screen; `false` where there is none.
    pub fn click(&mut self, x: u16, y: u16, len: usize) -> bool {
        let row = self.top + usize::from(y.saturating_sub(self.area.y + HEADER));
        let hit = self
            .placed
            .iter()
            .find(|placed| (placed.x..placed.x + placed.width + GAP).contains(&x));
        match hit {
            Some(placed) if y >= self.area.y + HEADER && y < self.area.bottom() && row < len => {
                self.row = row;
                self.column = placed.column;
                true
            }
            _ => false,
        }
    }

    /// Takes hold of a column's right edge in the header; `true` where there is one.
    pub fn grab(&mut self, x: u16, y: u16) -> bool {
        let in_header = (self.area.y..self.area.y + HEADER).contains(&y);
        let edge = self.placed.iter().find(|placed| {
            let edge = placed.x + placed.width;
            (edge.saturating_sub(1)..edge + GAP).contains(&x)
        });
        self.dragged = edge.filter(|_| in_header).map(|placed| placed.column);
        self.dragged.is_some()
    }

    /// Moves the edge that is held.
    pub fn drag(&mut self, x: u16) {
        let held = self.dragged.and_then(|column| {
            self.placed
                .iter()
                .find(|placed| placed.column == column)
                .copied()
        });
        if let Some(placed) = held
            && let Some(width) = self.widths.get_mut(placed.column)
        {
            width.now = x.saturating_sub(placed.x).max(NARROWEST);
            width.by_hand = true;
        }
    }

    /// Lets go of the edge.
    pub fn release(&mut self) {
        self.dragged = None;
    }

    /// Draws what is in view.
    pub fn draw(
        &mut self,
        area: Rect,
        buffer: &mut Buffer,
        theme: &Theme,
        relation: &Relation,
        pages: &Pages,
        focused: bool,
    ) {
        self.area = area;
        self.place(relation);
        self.draw_header(area, buffer, theme, relation);
        let height = self.height();
        if self.row < self.top {
            self.top = self.row;
        }
        if self.row >= self.top + height {
            self.top = self.row + 1 - height;
        }
        self.top = self.top.min(pages.len().saturating_sub(height));
        for (y, row) in (area.y + HEADER..area.bottom()).zip(self.top..pages.len()) {
            let here = row == self.row;
            let ground = if here { Role::Trace } else { Role::Text };
            if here {
                buffer.set_style(
                    Rect {
                        y,
                        height: 1,
                        ..area
                    },
                    theme.style(ground),
                );
            }
            for placed in &self.placed {
                let Some(cell) = pages.cell(row, placed.column) else {
                    continue;
                };
                let chosen = here && placed.column == self.column && focused;
                let role = match (chosen, cell.text) {
                    (true, _) => Role::Cursor,
                    (false, None) if !here => Role::Null,
                    _ => ground,
                };
                if chosen {
                    let whole = Rect {
                        x: placed.x,
                        y,
                        width: placed.width,
                        height: 1,
                    };
                    buffer.set_style(whole, theme.style(role));
                }
                let align = relation.columns[placed.column].align();
                let style = theme.style(role);
                let shown = cell.text.unwrap_or(glyphs::NULL);
                if cell.cut.is_some() && text::width(shown) < placed.width {
                    let shown = format!("{shown}{}", glyphs::MORE);
                    text::put_aligned(buffer, (placed.x, y), placed.width, &shown, align, style);
                } else {
                    text::put_aligned(buffer, (placed.x, y), placed.width, shown, align, style);
                }
            }
        }
    }

    fn draw_header(&self, area: Rect, buffer: &mut Buffer, theme: &Theme, relation: &Relation) {
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

    /// Decides which columns are in view and where. Key columns that would be scrolled out to the
    /// left stay there, as long as they leave half the room to the others.
    fn place(&mut self, relation: &Relation) {
        let count = relation.columns.len();
        if self.widths.len() != count {
            self.begin(relation);
        }
        self.column = self.column.min(count.saturating_sub(1));
        self.left = self.left.min(self.column);
        self.spread();
        let room = self.area.width.saturating_sub(1);
        loop {
            let placed = self.placed_from(relation, room);
            let whole = placed
                .iter()
                .find(|placed| placed.column == self.column)
                .is_some_and(|placed| placed.width >= self.widths[self.column].now.min(room / 2));
            if whole || self.left >= self.column {
                self.placed = placed;
                return;
            }
            self.left += 1;
        }
    }

    /// Gives the room that is left, when everything fits, to the columns that want more.
    fn spread(&mut self) {
        let gaps = GAP * u16::try_from(self.widths.len()).unwrap_or(u16::MAX / GAP);
        let base = |width: &Width| {
            if width.by_hand {
                width.now
            } else {
                width.wanted.min(WIDEST)
            }
        };
        let used: u32 = self.widths.iter().map(|width| u32::from(base(width))).sum();
        let mut spare = u32::from(self.area.width).saturating_sub(used + u32::from(gaps) + 1);
        for width in &mut self.widths {
            let more = if width.by_hand {
                0
            } else {
                width.wanted.saturating_sub(WIDEST)
            };
            let given = u32::from(more).min(spare);
            spare -= given;
            width.now = base(width) + u16::try_from(given).unwrap_or(0);
        }
    }

    fn placed_from(&self, relation: &Relation, room: u16) -> Vec<Placed> {
        let mut placed = Vec::new();
        let mut x = self.area.x + 1;
        let end = self.area.x + room;
        let mut add = |column: usize, limit: u16| {
            let width = self.widths[column].now.min(limit.saturating_sub(x));
            if width < NARROWEST.min(self.widths[column].now) {
                return false;
            }
            placed.push(Placed { column, x, width });
            x += width + GAP;
            true
        };
        let keys = relation.bookmark_cells();
        for &key in keys.iter().filter(|&&key| key < self.left) {
            add(key, self.area.x + room / 2);
        }
        for column in self.left..relation.columns.len() {
            if !add(column, end) {
                break;
            }
        }
        placed
    }
}

/// The part of a long value that can matter for a width.
fn head(text: &str) -> &str {
    text.char_indices()
        .nth(200)
        .map_or(text, |(at, _)| &text[..at])
}

/// A column's type with the signs of its keys.
#[must_use]
pub fn kind(column: &Column) -> String {
    let mut text = column.short_type();
    for (sign, holds) in [
        ("⚷", column.key.primary),
        ("∪", column.key.unique && !column.key.primary),
        ("→", column.key.foreign),
        ("ƒ", column.generated),
    ] {
        if holds {
            text.push(' ');
            text.push_str(sign);
        }
    }
    text
}
