//! The row under the cursor as a form, a field a line. The cursor is the grid's own: its row is the
//! row that is shown, its column the field; so whatever is done to a cell is done to a field too.

use ratatui::buffer::Buffer;
use ratatui::crossterm::event::KeyEvent;
use ratatui::layout::Rect;

use super::Rows;
use crate::data::Align;
use crate::data::relation::Relation;
use crate::data::search::Needle;
use crate::glyphs;
use crate::studio::keys::Command;
use crate::studio::layer::Cx;
use crate::studio::theme::{Role, Theme};
use crate::studio::widgets::grid::Sheet;
use crate::studio::widgets::input::Line;
use crate::studio::widgets::{grid, text, value};

/// A value takes no more rows than this; `v` shows it whole.
const TALLEST: usize = 3;
/// Names and types are no wider than this.
const WIDEST: u16 = 28;
const GAP: u16 = 2;

/// The form's own state.
#[derive(Debug, Default)]
pub(super) struct Record {
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
    pub(super) fn draw(
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

impl Rows {
    /// Whether the row under the cursor is shown as a form.
    #[must_use]
    pub fn is_record(&self) -> bool {
        self.record.is_some()
    }

    /// Whether one of its fields is looked for.
    #[must_use]
    pub fn is_finding(&self) -> bool {
        let record = self.record.as_ref();
        record.is_some_and(|record| record.finding.is_some())
    }

    /// Shows the rows again.
    pub fn show_rows(&mut self) {
        self.record = None;
    }

    /// Ends the search for a field, which goes back to where it began, or else the form; `false`
    /// where there is neither.
    pub fn close_record(&mut self) -> bool {
        let Some(record) = &mut self.record else {
            return false;
        };
        if let Some(finding) = record.finding.take() {
            self.grid.column = finding.from;
        } else {
            self.record = None;
            // A field that the grid hides has no cell to stand on there.
            self.grid.sideways(0);
        }
        true
    }

    /// Does what a command says while a form is shown, or opens it; `false` where it means the same
    /// as in the grid.
    pub fn in_record(&mut self, command: Command, cx: &mut Cx<'_>) -> bool {
        let Some(record) = &mut self.record else {
            if command == Command::ShowRecord {
                self.record = Some(Record::default());
            }
            return command == Command::ShowRecord;
        };
        let page = isize::try_from(record.placed.len()).unwrap_or(1).max(2);
        match command {
            Command::Up => self.step_field(-1),
            Command::Down => self.step_field(1),
            Command::PageUp => self.step_field(1 - page),
            Command::PageDown => self.step_field(page - 1),
            Command::HalfUp => self.step_field(-page / 2),
            Command::HalfDown => self.step_field(page / 2),
            Command::NextRow | Command::Right => self.step(1, cx),
            Command::PreviousRow | Command::Left => self.step(-1, cx),
            Command::ViewField => self.view(cx),
            Command::FindField => {
                record.finding = Some(Finding {
                    typed: Line::default(),
                    from: self.grid.column,
                });
            }
            Command::Choose => record.finding = None,
            Command::ListDown => self.find_field(1),
            Command::ListUp => self.find_field(-1),
            _ => return false,
        }
        true
    }

    /// Moves by fields: all of the relation's, those that the grid hides too.
    fn step_field(&mut self, by: isize) {
        let last = self
            .relation
            .as_ref()
            .map_or(0, |relation| relation.columns.len());
        let field = self.grid.column.saturating_add_signed(by);
        self.grid.column = field.min(last.saturating_sub(1));
    }

    /// Goes to the field whose name has what is typed: the one under the cursor, or the next one
    /// down or up.
    fn find_field(&mut self, by: isize) {
        let typed = self.record.as_ref().and_then(|record| {
            let finding = record.finding.as_ref()?;
            Needle::new(finding.typed.text())
        });
        let (Some(needle), Some(relation)) = (typed, &self.relation) else {
            return;
        };
        let len = relation.columns.len();
        let begin = self.grid.column.min(len.saturating_sub(1));
        let place = |step: usize| match by {
            0 => (begin + step) % len,
            down if down > 0 => (begin + 1 + step) % len,
            _ => (begin + 2 * len - 1 - step) % len,
        };
        let is_it = |at: &usize| needle.first(&relation.columns[*at].name).is_some();
        if let Some(found) = (0..len).map(place).find(is_it) {
            self.grid.column = found;
        }
    }

    /// Takes a key for the name of the field that is looked for.
    pub fn type_field(&mut self, key: &KeyEvent) {
        if let Some(finding) = self
            .record
            .as_mut()
            .and_then(|record| record.finding.as_mut())
            && finding.typed.key(key)
        {
            self.grid.column = finding.from;
            self.find_field(0);
        }
    }

    /// Takes pasted text for it.
    pub fn paste_field(&mut self, pasted: &str) {
        if let Some(finding) = self
            .record
            .as_mut()
            .and_then(|record| record.finding.as_mut())
        {
            finding.typed.paste(pasted);
            self.find_field(0);
        }
    }

    /// Puts the cursor on the field at a row of the screen; `false` where no form is shown.
    pub fn click_field(&mut self, y: u16) -> bool {
        let Some(record) = &self.record else {
            return false;
        };
        let hit = record
            .placed
            .iter()
            .find(|(_, from, to)| (*from..*to).contains(&y));
        if let Some((field, _, _)) = hit {
            self.grid.column = *field;
        }
        true
    }
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
