//! The row under the cursor as a form, a field a line, of a table or of a result. The cursor is the grid's own: its row is the
//! row that is shown, its column the field; so whatever is done to a cell is done to a field too.

use ratatui::buffer::Buffer;
use ratatui::crossterm::event::KeyEvent;
use ratatui::layout::Rect;

use crate::data::Align;
use crate::data::relation::Relation;
use crate::data::search::Needle;
use crate::glyphs;
use crate::studio::keys::Command;
use crate::studio::theme::{Role, Theme};
use crate::studio::widgets::grid::{Grid, Sheet};
use crate::studio::widgets::input::Line;
use crate::studio::widgets::{grid, text, value};

/// A value takes no more rows than this; `v` shows it whole.
const TALLEST: usize = 3;
/// Names and types are no wider than this.
const WIDEST: u16 = 28;
const GAP: u16 = 2;

/// The form's own state.
#[derive(Debug, Default)]
pub struct Record {
    /// The first field in view.
    top: usize,
    /// Which field is on which rows of the screen: its first and the one after its last.
    placed: Vec<(usize, u16, u16)>,
    finding: Option<Finding>,
}

/// A field that is looked for by its name.
#[derive(Debug)]
struct Finding {
    typed: Line,
    /// The field to go back to.
    from: usize,
}

/// Where the parts of a field are.
struct Parts {
    name: u16,
    kind: u16,
    value: u16,
}

impl Record {
    /// Draws the fields in view of the row at `row`, with the cursor on the field at `column`.
    pub fn draw(
        &mut self,
        area: Rect,
        buffer: &mut Buffer,
        theme: &Theme,
        (relation, sheet, (row, column)): (&Relation, &dyn Sheet, (usize, usize)),
        focused: bool,
    ) {
        let mut area = area;
        if let Some(finding) = &mut self.finding {
            area.height = area.height.saturating_sub(1);
            finding.draw(area, buffer, theme);
        }
        let parts = parts(relation, area.width);
        let rows_of = |field: usize| {
            let shown = sheet
                .cell(row, field)
                .and_then(|cell| cell.word.or(cell.text));
            let wrapped = value::wrapped(shown.unwrap_or_default(), parts.value, TALLEST);
            wrapped.0.len().max(1)
        };
        self.top = top(
            self.top,
            (column, relation.columns.len()),
            usize::from(area.height),
            rows_of,
        );
        self.placed.clear();
        let mut y = area.y;
        for field in self.top..relation.columns.len() {
            if y >= area.bottom() {
                break;
            }
            let room = Rect {
                y,
                height: area.bottom() - y,
                ..area
            };
            let is_here = (field == column, focused);
            let rows = draw_field(
                room,
                buffer,
                theme,
                (relation, sheet),
                (row, field),
                is_here,
                &parts,
            );
            self.placed.push((field, y, y + rows));
            y += rows;
        }
    }
}

impl Finding {
    fn draw(&mut self, area: Rect, buffer: &mut Buffer, theme: &Theme) {
        let y = area.bottom();
        let x = text::put(buffer, area.x + 1, y, 2, "/ ", theme.style(Role::Hint));
        let line = Rect {
            x,
            y,
            width: area.right().saturating_sub(x),
            height: 1,
        };
        let hint = "a part of a field's name; ↑ ↓ to others";
        self.typed.draw(line, buffer, theme, true, hint);
    }
}

/// Names and types take what they need, and leave the values half of the room.
fn parts(relation: &Relation, width: u16) -> Parts {
    let widest = |shown: &dyn Fn(usize) -> u16| (0..relation.columns.len()).map(shown).max();
    let most = WIDEST.min(width / 4);
    let name = widest(&|at| text::width(&relation.columns[at].name));
    let kind = widest(&|at| text::width(&grid::kind(&relation.columns[at])));
    let (name, kind) = (name.unwrap_or(0).min(most), kind.unwrap_or(0).min(most));
    Parts {
        name,
        kind,
        value: width.saturating_sub(1 + name + GAP + kind + GAP + 1),
    }
}

/// The first field in view, so that the cursor's is whole in view and no room is left at the end.
/// Only as many fields are looked at as fit on the screen.
fn top(
    now: usize,
    (cursor, len): (usize, usize),
    room: usize,
    rows_of: impl Fn(usize) -> usize,
) -> usize {
    let ending_with = |last: usize| {
        let mut first = last;
        let mut used = rows_of(last);
        while first > 0 {
            used += rows_of(first - 1);
            if used > room {
                break;
            }
            first -= 1;
        }
        first
    };
    let last = ending_with(len.saturating_sub(1));
    now.max(ending_with(cursor)).min(cursor).min(last)
}

/// Draws a field; returns how many rows it took.
fn draw_field(
    area: Rect,
    buffer: &mut Buffer,
    theme: &Theme,
    (relation, sheet): (&Relation, &dyn Sheet),
    (row, field): (usize, usize),
    (here, focused): (bool, bool),
    parts: &Parts,
) -> u16 {
    let column = &relation.columns[field];
    let name = if here { Role::Accent } else { Role::Title };
    let mut x = area.x + 1;
    text::put_aligned(
        buffer,
        (x, area.y),
        parts.name,
        &column.name,
        Align::Left,
        theme.style(name),
    );
    x += parts.name + GAP;
    let kind = grid::kind(column);
    text::put(buffer, x, area.y, parts.kind, &kind, theme.style(Role::Dim));
    x += parts.kind + GAP;
    let cell = sheet.cell(row, field).unwrap_or_default();
    let shown = cell.word.or(cell.text);
    let role = match (here && focused, here) {
        (true, _) => Role::Cursor,
        (_, true) => Role::Trace,
        _ if cell.changed => Role::Warning,
        _ if cell.word.is_some() || shown.is_none() => Role::Null,
        _ => Role::Text,
    };
    if cell.changed {
        text::put(buffer, area.x, area.y, 1, "~", theme.style(Role::Warning));
    }
    let (rows, more) = value::wrapped(shown.unwrap_or(glyphs::NULL), parts.value, TALLEST);
    let more = more || cell.cut.is_some();
    let height = u16::try_from(rows.len())
        .unwrap_or(1)
        .max(1)
        .min(area.height);
    let whole = Rect {
        x,
        y: area.y,
        width: parts.value,
        height,
    };
    buffer.set_style(whole.intersection(area), theme.style(role));
    let last = rows.len().saturating_sub(1);
    for ((at, line), y) in rows.iter().enumerate().zip(whole.y..whole.bottom()) {
        let line = line.trim_end_matches(' ');
        let sign = if more && at == last { glyphs::MORE } else { "" };
        let line = format!("{line}{sign}");
        text::put(buffer, x, y, parts.value, &line, theme.style(role));
    }
    height
}

/// What a command means while a form is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Meant {
    /// It was about the form, and is done.
    Done,
    /// Another row, so many further.
    Row(isize),
    /// The field's whole value.
    View,
    /// The same as in the grid.
    Other,
}

impl Record {
    /// Whether one of its fields is looked for.
    #[must_use]
    pub fn is_finding(&self) -> bool {
        self.finding.is_some()
    }

    /// Ends the search for a field, which goes back to where it began; `false` where there is none.
    pub fn stop_finding(&mut self, grid: &mut Grid) -> bool {
        let finding = self.finding.take();
        if let Some(finding) = &finding {
            grid.column = finding.from;
        }
        finding.is_some()
    }

    /// Does what a command says of the form.
    pub fn command(&mut self, command: Command, grid: &mut Grid, relation: &Relation) -> Meant {
        let page = isize::try_from(self.placed.len()).unwrap_or(1).max(2);
        match command {
            Command::Up => step(grid, relation, -1),
            Command::Down => step(grid, relation, 1),
            Command::PageUp => step(grid, relation, 1 - page),
            Command::PageDown => step(grid, relation, page - 1),
            Command::HalfUp => step(grid, relation, -page / 2),
            Command::HalfDown => step(grid, relation, page / 2),
            Command::NextRow | Command::Right => return Meant::Row(1),
            Command::PreviousRow | Command::Left => return Meant::Row(-1),
            Command::ViewField => return Meant::View,
            Command::FindField => {
                self.finding = Some(Finding {
                    typed: Line::default(),
                    from: grid.column,
                });
            }
            Command::Choose => self.finding = None,
            Command::ListDown => self.find(1, grid, relation),
            Command::ListUp => self.find(-1, grid, relation),
            _ => return Meant::Other,
        }
        Meant::Done
    }

    /// Goes to the field whose name has what is typed: the one under the cursor, or the next one
    /// down or up.
    fn find(&self, by: isize, grid: &mut Grid, relation: &Relation) {
        let typed = self.finding.as_ref();
        let Some(needle) = typed.and_then(|finding| Needle::new(finding.typed.text())) else {
            return;
        };
        let len = relation.columns.len();
        let begin = grid.column.min(len.saturating_sub(1));
        let place = |step: usize| match by {
            0 => (begin + step) % len,
            down if down > 0 => (begin + 1 + step) % len,
            _ => (begin + 2 * len - 1 - step) % len,
        };
        let is_it = |at: &usize| needle.first(&relation.columns[*at].name).is_some();
        if let Some(found) = (0..len).map(place).find(is_it) {
            grid.column = found;
        }
    }

    /// Takes a key for the name of the field that is looked for.
    pub fn key(&mut self, key: &KeyEvent, grid: &mut Grid, relation: &Relation) {
        if let Some(finding) = &mut self.finding
            && finding.typed.key(key)
        {
            grid.column = finding.from;
            self.find(0, grid, relation);
        }
    }

    /// Takes pasted text for it.
    pub fn paste(&mut self, pasted: &str, grid: &mut Grid, relation: &Relation) {
        if let Some(finding) = &mut self.finding {
            finding.typed.paste(pasted);
            self.find(0, grid, relation);
        }
    }

    /// Puts the cursor on the field at a row of the screen.
    pub fn click(&self, y: u16, grid: &mut Grid) {
        let mut placed = self.placed.iter();
        if let Some((field, ..)) = placed.find(|(_, from, to)| (*from..*to).contains(&y)) {
            grid.column = *field;
        }
    }
}

/// Moves by fields: all of the relation's, those that the grid hides too.
fn step(grid: &mut Grid, relation: &Relation, by: isize) {
    let last = relation.columns.len().saturating_sub(1);
    grid.column = grid.column.saturating_add_signed(by).min(last);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_cursors_field_is_whole_in_view(
            heights in proptest::collection::vec(1..4usize, 1..60),
            moves in proptest::collection::vec(0..60usize, 1..20),
            room in 3..20usize,
        ) {
            let mut first = 0;
            let len = heights.len();
            for cursor in moves {
                let cursor = cursor % len;
                first = top(first, (cursor, len), room, |field| heights[field]);
                prop_assert!(first <= cursor);
                let used: usize = heights[first..=cursor].iter().sum();
                prop_assert!(used <= room, "{} rows in {}", used, room);
                let all: usize = heights[first..].iter().sum();
                prop_assert!(all + 3 > room || first == 0, "room is left");
            }
        }
    }
}
