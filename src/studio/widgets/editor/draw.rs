//! Drawing: the lines in view, what is marked in them, and what stands beside them.

use std::ops::Range;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};

use super::gutter::shown;
use super::lines::Place;
use super::{Editor, units};
use crate::glyphs;
use crate::studio::theme::{Role, Theme};
use crate::studio::widgets::text::{self, MOST_IN_A_CELL};

/// From this room on signs at the edges tell that there is more of a line.
const EDGED: usize = 6;

/// What is told to the editor of the text it draws.
#[derive(Clone)]
pub struct Look<'a> {
    /// Whether it takes the keys.
    pub focused: bool,
    /// What the bytes of a line mean. Where ranges meet, the later one counts.
    pub roles: &'a dyn Fn(usize) -> Vec<(Range<usize>, Role)>,
    /// The bytes of the text that are strings and comments, in order: brackets there are none.
    pub quoted: &'a [Range<usize>],
    /// The bytes of the text that the next command is about.
    pub statement: Option<Range<usize>>,
    /// The bytes of the text that are wrong. An empty range is the character there, or the end.
    pub wrong: &'a [Range<usize>],
}

impl Look<'_> {
    /// A text that means nothing.
    #[must_use]
    pub fn plain(focused: bool) -> Self {
        Self {
            focused,
            roles: &|_| Vec::new(),
            quoted: &[],
            statement: None,
            wrong: &[],
        }
    }

    fn is_wrong(&self, place: usize) -> bool {
        self.wrong.iter().any(|range| shown(range).contains(&place))
    }
}

/// What is drawn now.
pub(super) struct Frame<'a> {
    pub theme: &'a Theme,
    pub look: &'a Look<'a>,
    selection: Range<usize>,
    /// The cursor, as a byte of the text.
    cursor: usize,
    pair: Option<(usize, usize)>,
}

/// A line, as far as it is in view.
pub(super) struct Row<'a> {
    pub number: usize,
    /// The byte of the text that it begins with.
    pub start: usize,
    line: &'a str,
    pub y: u16,
}

impl Row<'_> {
    pub(super) fn end(&self) -> usize {
        self.start + self.line.len()
    }
}

/// A unit of a line on the screen.
struct Unit {
    bytes: Range<usize>,
    x: u16,
    columns: u16,
}

impl Editor {
    /// Draws what is in view.
    pub fn draw(&mut self, area: Rect, buffer: &mut Buffer, theme: &Theme, look: &Look<'_>) {
        let area = area.intersection(buffer.area);
        buffer.set_style(area, theme.style(Role::Text));
        self.view.whole = area;
        self.view.cursor = None;
        let gutter = self.gutter(area.width);
        self.view.area = Rect {
            x: area.x + gutter,
            width: area.width - gutter,
            ..area
        };
        if area.is_empty() {
            return;
        }
        self.settle();
        let known = self.follow();
        let frame = Frame {
            theme,
            look,
            selection: self.selection().unwrap_or_default(),
            cursor: self.offset(),
            pair: look.focused.then(|| self.pair(look.quoted)).flatten(),
        };
        let mut start = self.lines.start(self.view.top);
        let mut cursor = None;
        for (y, number) in (area.y..area.bottom()).zip(self.view.top..=self.lines.last()) {
            let line = self.lines.line(number);
            let row = Row {
                number,
                start,
                line,
                y,
            };
            start += line.len() + 1;
            self.draw_gutter(&row, buffer, &frame);
            // Where the cursor is, its column is known: nothing before it is looked at again.
            let from = match known.filter(|_| number == self.caret.cursor.row) {
                Some(here) if here.1 >= self.view.left => {
                    units::back_to(line, here, self.view.left)
                }
                _ => units::at_column(line, self.view.left),
            };
            cursor = cursor.or(self.draw_row(&row, from, buffer, &frame));
        }
        self.view.cursor = cursor;
    }

    /// Where the cursor was drawn, for what is to stand beside it; nothing where it is out of view.
    #[must_use]
    pub fn cell_of_cursor(&self) -> Option<(u16, u16)> {
        self.view.cursor
    }

    /// Brings the cursor into view, and tells the byte and the column of the unit that it is in.
    fn follow(&mut self) -> Option<(usize, usize)> {
        let Place { row, at } = self.caret.cursor;
        let height = usize::from(self.view.area.height).max(1);
        self.view.top = self.view.top.min(self.lines.last());
        if self.view.is_loose {
            return None;
        }
        if row < self.view.top {
            self.view.top = row;
        }
        if row >= self.view.top + height {
            self.view.top = row + 1 - height;
        }
        let line = self.lines.line(row);
        let at = units::start(line, at);
        let column = units::column(line, at);
        let room = usize::from(self.view.area.width);
        let wide = units::width(line, at).min(room);
        // At an edge stands the sign for what is beyond it, if there is anything.
        let before = usize::from(room >= EDGED);
        let is_last = at == line.len() || units::next(line, at) == line.len();
        let after = if is_last { 0 } else { before };
        if column < self.view.left + before {
            // A short line is seen from its beginning.
            self.view.left = if column + wide + after <= room {
                0
            } else {
                column.saturating_sub(room / 2)
            };
        }
        let right = column + wide + after;
        if right > self.view.left + room {
            self.view.left = right - room;
        }
        Some((at, column))
    }

    /// Draws a line from the unit at a byte and its column on; where the cursor is in it.
    fn draw_row(
        &self,
        row: &Row<'_>,
        from: (usize, usize),
        buffer: &mut Buffer,
        frame: &Frame<'_>,
    ) -> Option<(u16, u16)> {
        let area = self.view.area;
        let (units, end) = laid_out(row.line, from, self.view.left, area);
        let seen = from.0..units.last().map_or(from.0, |unit| unit.bytes.end);
        let roles: Vec<_> = (frame.look.roles)(row.number)
            .into_iter()
            .filter(|(range, _)| range.start < seen.end && range.end > seen.start)
            .collect();
        let matches = self.matches(row.line, &seen);
        let more = |buffer: &mut Buffer, x: u16| {
            if usize::from(area.width) >= EDGED {
                let dim = frame.theme.style(Role::Dim);
                put(buffer, (x, row.y), 1, glyphs::MORE, dim);
            }
        };
        let mut cursor = None;
        for unit in &units {
            let at = &unit.bytes;
            let role = roles
                .iter()
                .rev()
                .find(|(range, _)| range.contains(&at.start));
            let role = role.map_or(Role::Text, |(_, role)| *role);
            let found = matches.iter().any(|found| found.contains(&at.start));
            let symbol = symbol(&row.line[at.clone()]);
            let role = if found {
                Role::Match
            } else if symbol.is_sign {
                Role::Null
            } else {
                role
            };
            let style = frame.style(row.start + at.start, row.start + at.end, role);
            put(buffer, (unit.x, row.y), unit.columns, &symbol.text, style);
            if frame.has_cursor(row.start + at.start, row.start + at.end) {
                cursor = Some((unit.x, row.y));
            }
        }
        match end {
            // The end of the line can be selected, and wrong, and the cursor's.
            Some(x) => {
                let style = frame.style(row.end(), row.end() + 1, Role::Text);
                buffer[(x, row.y)].set_style(style);
                if frame.cursor == row.end() {
                    cursor = Some((x, row.y));
                }
            }
            None if seen.end < row.line.len() => {
                let half = units.last().filter(|unit| unit.columns > 1);
                if let Some(unit) = half.filter(|unit| unit.x + unit.columns == area.right()) {
                    put(
                        buffer,
                        (unit.x, row.y),
                        2,
                        " ",
                        frame.theme.style(Role::Text),
                    );
                }
                more(buffer, area.right().saturating_sub(1));
            }
            None => {}
        }
        if self.view.left > 0 && !row.line.is_empty() {
            more(buffer, area.x);
        }
        cursor
    }

    /// The places in view of what is looked for.
    fn matches(&self, line: &str, seen: &Range<usize>) -> Vec<Range<usize>> {
        let Some(needle) = &self.needle else {
            return Vec::new();
        };
        // One may begin before what is seen and end after it.
        let around = needle.typed().len() * 4;
        let from = line.floor_char_boundary(seen.start.saturating_sub(around));
        let to = line.floor_char_boundary(seen.end + around);
        let found = needle.all(&line[from..to]).into_iter();
        found
            .map(|found| from + found.start..from + found.end)
            .collect()
    }
}

impl Frame<'_> {
    /// What the bytes of the text look like that have this role by themselves.
    fn style(&self, from: usize, to: usize, role: Role) -> Style {
        let theme = self.theme;
        let mut style = theme.style(role);
        if self
            .pair
            .is_some_and(|(one, other)| one == from || other == from)
        {
            let modifier = Modifier::BOLD | Modifier::UNDERLINED;
            style = theme.style(Role::Accent).add_modifier(modifier);
        }
        let is_wrong = self.look.is_wrong(from);
        if is_wrong {
            style = theme.style(Role::Error);
        }
        if self.selection.contains(&from) {
            style = theme.style(Role::Selection);
        }
        if self.has_cursor(from, to) {
            let role = if self.look.focused {
                Role::Cursor
            } else {
                Role::Trace
            };
            style = theme.style(role);
        }
        if is_wrong {
            style = style.add_modifier(Modifier::UNDERLINED);
        }
        style
    }

    fn has_cursor(&self, from: usize, to: usize) -> bool {
        (from..to).contains(&self.cursor)
    }
}

/// The units in view of a line, and the column of the screen where the line ends, if that is seen.
fn laid_out(
    line: &str,
    (mut at, mut column): (usize, usize),
    left: usize,
    area: Rect,
) -> (Vec<Unit>, Option<u16>) {
    let right = left + usize::from(area.width);
    let x = |column: usize| area.x + u16::try_from(column - left).unwrap_or(0);
    let mut units = Vec::new();
    while at < line.len() {
        let (end, columns) = (units::next(line, at), units::width(line, at));
        if column + columns > right {
            return (units, None);
        }
        // Of a wide character that is half out of view, nothing is seen.
        if column >= left {
            units.push(Unit {
                bytes: at..end,
                x: x(column),
                columns: u16::try_from(columns).unwrap_or(1),
            });
        }
        at = end;
        column += columns;
    }
    (units, (left..right).contains(&column).then(|| x(column)))
}

/// A unit as it is shown.
struct Symbol {
    text: String,
    is_sign: bool,
}

fn symbol(unit: &str) -> Symbol {
    let mut text = String::new();
    if unit.chars().next().is_some_and(|ch| text::columns(ch) == 0) {
        // What would be written over something has nothing below it.
        text.push('◌');
    }
    let chars = unit.chars().take(MOST_IN_A_CELL);
    text.extend(chars.map(|ch| glyphs::sign(ch).unwrap_or(ch)));
    let first = unit.chars().next();
    Symbol {
        text,
        is_sign: first.is_some_and(|ch| glyphs::sign(ch).is_some()),
    }
}

fn put(buffer: &mut Buffer, (x, y): (u16, u16), columns: u16, symbol: &str, style: Style) {
    // As much of the style as is there is meant: nothing of what was below shines through.
    buffer[(x, y)].reset();
    buffer[(x, y)].set_symbol(symbol).set_style(style);
    for rest in x + 1..x + columns {
        // The right half of a wide character is the terminal's to draw.
        buffer[(rest, y)].reset();
        buffer[(rest, y)].set_style(style);
    }
}
