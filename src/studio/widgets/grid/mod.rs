//! The grid: rows and columns of cells, of which only those in view are looked at. It draws from
//! pages that somebody else fills, and keeps the cursor, the widths and what is scrolled out.

use std::time::{Duration, Instant};

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::Style;

use super::text;
use crate::data::catalog::grouped;
use crate::data::relation::Relation;
use crate::data::{Arrangement, Column, Rows};
use crate::glyphs;
use crate::studio::keys::Command;
use crate::studio::theme::{Role, Theme};

mod header;
mod layout;
mod place;
mod widths;

use layout::Layout;
use place::Placed;
use widths::{GAP, NARROWEST, Widths};

/// Two presses within this time are a double click.
pub(super) const DOUBLE: Duration = Duration::from_millis(400);
/// The lines above the first row: names and types.
pub const HEADER: u16 = 2;

/// What the grid draws.
pub trait Sheet {
    /// How many rows there are.
    fn rows(&self) -> usize;
    /// A cell; nothing where there is none.
    fn cell(&self, row: usize, column: usize) -> Option<Shown<'_>>;
    /// The mark of a row, if it has one.
    fn mark(&self, row: usize) -> Option<Mark>;
    /// Whether a row is one of those that the next command is about.
    fn is_chosen(&self, row: usize) -> bool;
}

/// A cell as it is drawn.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Shown<'a> {
    /// Its text; `None` for NULL.
    pub text: Option<&'a str>,
    /// The true length in characters where the text is only the beginning.
    pub cut: Option<u64>,
    /// What stands for a value that is not known yet.
    pub word: Option<&'static str>,
    /// Whether it is staged.
    pub changed: bool,
}

/// What is staged of a row, or that it is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// It is changed.
    Changed,
    /// It is added.
    Added,
    /// It is deleted.
    Deleted,
}

impl Mark {
    fn sign(self) -> (&'static str, Role) {
        match self {
            Self::Changed => ("~", Role::Warning),
            Self::Added => ("+", Role::Good),
            Self::Deleted => ("-", Role::Error),
        }
    }
}

/// What a click met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hit {
    /// Nothing.
    Nothing,
    /// A cell, or the header of a column: the cursor is there now.
    There,
    /// The cell that was clicked last and still has the cursor.
    SameCell,
    /// The header of the column that had the cursor already.
    SameColumn,
}

impl Hit {
    /// What a click there asks for, besides that the cursor moves.
    #[must_use]
    pub fn command(self) -> Option<Command> {
        match self {
            Self::Nothing | Self::There => None,
            Self::SameCell => Some(Command::ShowRecord),
            Self::SameColumn => Some(Command::Sort),
        }
    }
}

/// The grid's own state.
#[derive(Debug, Clone, Default)]
pub struct Grid {
    /// The row of the cursor, as a place in the pages.
    pub row: usize,
    /// The column of the cursor, as a place in the relation.
    pub column: usize,
    top: usize,
    /// The first column that is not scrolled out, among those that are shown.
    left: usize,
    layout: Layout,
    widths: Widths,
    area: Rect,
    placed: Vec<Placed>,
    dragged: Option<usize>,
    /// The cell that was clicked last.
    clicked: Option<(usize, usize)>,
    /// The column whose edge was taken hold of last, and when.
    grabbed: Option<(usize, Instant)>,
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

    /// Arranges the columns as they were once; what was learned of their values is kept.
    pub fn arrange(&mut self, relation: &Relation, arrangement: &Arrangement) {
        self.fit_to(relation);
        self.layout = Layout::of(relation, arrangement);
        self.widths.take(relation, &arrangement.widths);
    }

    /// How the columns are arranged.
    #[must_use]
    pub fn arrangement(&self, relation: &Relation) -> Arrangement {
        Arrangement {
            widths: self.widths.chosen(relation),
            ..self.layout.arrangement(relation)
        }
    }

    fn fit_to(&mut self, relation: &Relation) {
        if self.widths.len() != relation.columns.len() {
            self.widths = Widths::of(relation);
        }
        if self.layout.len() != relation.columns.len() {
            self.layout = Layout::of(relation, &Arrangement::default());
        }
    }

    /// Makes room for the values of a page that has come.
    pub fn learn(&mut self, relation: &Relation, rows: &Rows) {
        self.fit_to(relation);
        self.widths.learn(rows);
    }

    /// Makes room for a text that is in no page.
    pub fn want(&mut self, relation: &Relation, column: usize, text: &str) {
        self.fit_to(relation);
        self.widths.want(column, text);
    }

    /// How many rows are in view.
    #[must_use]
    pub fn height(&self) -> usize {
        usize::from(self.area.height.saturating_sub(HEADER).max(1))
    }

    /// The line of the screen that the cursor is on.
    #[must_use]
    pub fn line(&self) -> u16 {
        let below = u16::try_from(self.row.saturating_sub(self.top)).unwrap_or(0);
        (self.area.y + HEADER)
            .saturating_add(below)
            .min(self.area.bottom().saturating_sub(1))
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

    /// Moves the cursor by columns, over those that are shown.
    pub fn sideways(&mut self, by: isize) {
        let here = self.layout.position(self.column).unwrap_or(0);
        let last = self.layout.shown().len().saturating_sub(1);
        let there = here.saturating_add_signed(by).min(last);
        self.column = self.layout.shown().get(there).copied().unwrap_or(0);
    }

    /// Puts the cursor on the first or the last column.
    pub fn leap(&mut self, end: bool) {
        let shown = self.layout.shown();
        let column = if end { shown.last() } else { shown.first() };
        self.column = column.copied().unwrap_or(0);
        if !end {
            // The beginning of the row is meant, and not only the columns that stay.
            self.left = 0;
        }
    }

    /// Puts the cursor on a column, which is shown from now on.
    pub fn go_to(&mut self, column: usize) {
        self.layout.show(column);
        self.column = column;
    }

    /// How many columns are hidden.
    #[must_use]
    pub fn hidden(&self) -> usize {
        self.layout.hidden()
    }

    /// Hides the column under the cursor; `false` if it is the only one that is shown.
    pub fn hide(&mut self) -> bool {
        let hidden = self.layout.hide(self.column);
        self.column = self.layout.nearest(self.column).unwrap_or(0);
        hidden
    }

    /// Moves the column under the cursor past its neighbour; `false` where it has none.
    pub fn shift(&mut self, right: bool) -> bool {
        self.layout.shift(self.column, right)
    }

    /// Freezes the columns up to the one under the cursor, or lets them go.
    pub fn freeze(&mut self) {
        self.layout.freeze(self.column);
    }

    /// Makes the column under the cursor wider or narrower.
    pub fn widen(&mut self, by: i16) {
        let width = self.widths.now(self.column).saturating_add_signed(by);
        self.widths.set(self.column, width);
    }

    /// Makes the column under the cursor as wide as its values, or again as it was by itself.
    pub fn fit(&mut self) {
        self.widths.fit(self.column);
    }

    /// Puts the cursor on the cell, or on the column of the header, at a place of the screen.
    pub fn click(&mut self, x: u16, y: u16, len: usize) -> Hit {
        let before = (self.row, self.column);
        let clicked = self.clicked.take();
        let first = self.area.y + HEADER;
        let row = self.top + usize::from(y.saturating_sub(first));
        let is_at = |placed: &&Placed| (placed.x..placed.x + placed.width + GAP).contains(&x);
        let Some(column) = self.placed.iter().find(is_at).map(|placed| placed.column) else {
            return Hit::Nothing;
        };
        if (self.area.y..first).contains(&y) {
            self.column = column;
            let is_same = before.1 == column;
            return if is_same { Hit::SameColumn } else { Hit::There };
        }
        if !(first..self.area.bottom()).contains(&y) || row >= len {
            return Hit::Nothing;
        }
        let cell = (row, column);
        (self.row, self.column) = cell;
        if before == cell && clicked == Some(cell) {
            return Hit::SameCell;
        }
        self.clicked = Some(cell);
        Hit::There
    }

    /// Where the column of the cursor is among those that are shown, in words; nothing, where it is
    /// hidden.
    #[must_use]
    pub fn column_in_words(&self) -> String {
        let of = self.layout.shown().len();
        let at = self.layout.position(self.column);
        at.map_or_else(String::new, |at| format!(" · column {} of {of}", at + 1))
    }

    /// Takes hold of a column's right edge in the header, the space beside its name; `true` where
    /// there is one. Twice at once fits the column to its values.
    pub fn grab(&mut self, x: u16, y: u16, now: Instant) -> bool {
        let in_header = (self.area.y..self.area.y + HEADER).contains(&y);
        let edge = self.placed.iter().find(|placed| {
            let edge = placed.x + placed.width;
            (edge..edge + GAP).contains(&x)
        });
        self.dragged = edge.filter(|_| in_header).map(|placed| placed.column);
        let again = self.grabbed.filter(|(column, at)| {
            Some(*column) == self.dragged && now.duration_since(*at) < DOUBLE
        });
        self.grabbed = self.dragged.map(|column| (column, now));
        if let Some((column, _)) = again {
            self.widths.fit(column);
            self.grabbed = None;
        }
        self.dragged.is_some()
    }

    /// Moves the edge that is held.
    pub fn drag(&mut self, x: u16) {
        let held = self
            .dragged
            .and_then(|column| self.placed.iter().find(|placed| placed.column == column));
        if let Some(placed) = held {
            self.widths.set(placed.column, x.saturating_sub(placed.x));
            self.grabbed = None;
        }
    }

    /// Lets go of the edge.
    pub fn release(&mut self) {
        self.dragged = None;
    }

    /// Where the cell under the cursor is on the screen.
    #[must_use]
    pub fn cell_area(&self) -> Rect {
        let placed = self
            .placed
            .iter()
            .find(|placed| placed.column == self.column);
        let below = u16::try_from(self.row.saturating_sub(self.top)).unwrap_or(0);
        Rect {
            x: placed.map_or(self.area.x, |placed| placed.x),
            y: self.area.y + HEADER + below,
            width: placed.map_or(NARROWEST, |placed| placed.width),
            height: 1,
        }
    }

    /// Draws what is in view.
    pub fn draw(
        &mut self,
        area: Rect,
        buffer: &mut Buffer,
        theme: &Theme,
        relation: &Relation,
        sheet: &dyn Sheet,
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
        self.top = self.top.min(sheet.rows().saturating_sub(height));
        for (y, row) in (area.y + HEADER..area.bottom()).zip(self.top..sheet.rows()) {
            let line = Rect {
                y,
                height: 1,
                ..area
            };
            self.draw_row(line, buffer, theme, relation, (sheet, row), focused);
        }
        self.draw_edge(area, buffer, theme);
    }

    fn draw_row(
        &self,
        line: Rect,
        buffer: &mut Buffer,
        theme: &Theme,
        relation: &Relation,
        (sheet, row): (&dyn Sheet, usize),
        focused: bool,
    ) {
        let here = row == self.row;
        let mark = sheet.mark(row);
        let ground = if here { Role::Trace } else { Role::Text };
        if here {
            buffer.set_style(line, theme.style(ground));
        }
        // What is staged of a row is seen on one that is meant, too.
        let sign = match (mark.map(Mark::sign), sheet.is_chosen(row)) {
            (Some((sign, _)), true) => Some((sign, theme.style(Role::Tab))),
            (Some((sign, role)), false) => Some((sign, theme.on(role, ground))),
            (None, true) => Some(("●", theme.on(Role::Accent, ground))),
            (None, false) => None,
        };
        if let Some((sign, style)) = sign {
            text::put(buffer, line.x, line.y, 1, sign, style);
        }
        for placed in &self.placed {
            let Some(cell) = sheet.cell(row, placed.column) else {
                continue;
            };
            let chosen = here && placed.column == self.column && focused;
            let role = match mark {
                _ if chosen => Role::Cursor,
                Some(Mark::Deleted) => Role::Error,
                Some(Mark::Added) if cell.changed && cell.word.is_none() => Role::Good,
                Some(Mark::Changed) if cell.changed => Role::Warning,
                _ if !here && (cell.word.is_some() || cell.text.is_none()) => Role::Null,
                _ => ground,
            };
            let style = if chosen {
                theme.style(role)
            } else {
                theme.on(role, ground)
            };
            if chosen {
                let whole = Rect {
                    x: placed.x,
                    width: placed.width,
                    ..line
                };
                buffer.set_style(whole, style);
            }
            let align = relation.columns[placed.column].align();
            let shown = cell.word.or(cell.text).unwrap_or(glyphs::NULL);
            let at = (placed.x, line.y);
            if cell.cut.is_some() && text::width(shown) < placed.width {
                let shown = format!("{shown}{}", glyphs::MORE);
                text::put_aligned(buffer, at, placed.width, &shown, align, style);
            } else {
                text::put_aligned(buffer, at, placed.width, shown, align, style);
            }
        }
    }

    /// Draws the line between the columns that a person has frozen and the others, on whatever
    /// ground is there.
    fn draw_edge(&self, area: Rect, buffer: &mut Buffer, theme: &Theme) {
        let last = self.layout.frozen().checked_sub(1);
        let frozen = last.and_then(|last| self.layout.shown().get(last));
        let sides = self.placed.iter().zip(self.placed.iter().skip(1));
        let style = Style {
            bg: None,
            ..theme.style(Role::Border)
        };
        for (left, _) in sides.filter(|(left, _)| Some(&left.column) == frozen) {
            for y in area.y..area.bottom() {
                text::put(buffer, left.x + left.width, y, 1, "│", style);
            }
        }
    }
}

/// A value in words: that there is none, or how long it is.
#[must_use]
pub fn said(shown: &Shown<'_>) -> String {
    match (shown.word, shown.text, shown.cut) {
        (Some(word), _, _) => format!(" · {word}"),
        (_, None, _) => " · NULL".to_owned(),
        (_, Some(""), _) => " · empty".to_owned(),
        (_, Some(text), Some(length)) => format!(
            " · the first {} of {} characters",
            grouped(text.chars().count() as u64),
            grouped(length)
        ),
        (_, Some(text), None) => match text.chars().count() {
            1 => " · 1 character".to_owned(),
            length => format!(" · {} characters", grouped(length as u64)),
        },
    }
}

/// Where a cursor is, with the column's place in the middle, unless there is no room for it.
#[must_use]
pub fn with_column(before: &str, column: &str, after: &str, room: u16) -> String {
    let whole = format!("{before}{column}{after}");
    if text::width(&whole) <= room {
        whole
    } else {
        format!("{before}{after}")
    }
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
