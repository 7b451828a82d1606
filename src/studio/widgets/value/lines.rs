//! A text line by line, or an array element by element: numbered, wrapped or cut.

use std::ops::Range;
use std::sync::Arc;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::{Body, Search, marks, put_marked, wrap};
use crate::data::Align;
use crate::data::array::Element;
use crate::data::catalog::grouped;
use crate::data::search::Needle;
use crate::glyphs;
use crate::studio::theme::{Role, Theme};
use crate::studio::widgets::text;

/// No more bytes than this are laid out; a text may have a thousand million.
pub const MOST: usize = 16 << 20;
/// How many columns a step sideways is.
const STEP: usize = 8;

/// What stands in front of a line.
enum Labels {
    /// Its number.
    Numbers,
    /// The subscripts of the element that it is, and whether that is NULL.
    Elements(Vec<(String, bool)>),
}

/// A row of the screen: a line, or a part of one.
#[derive(Clone, Copy)]
struct Row {
    line: u32,
    from: u32,
}

/// A text of many lines. A line may have line ends in it, which are shown as their sign.
pub struct Lines {
    text: Arc<str>,
    /// Where each line begins; one byte that ends it is between two lines.
    starts: Vec<u32>,
    labels: Labels,
    gutter: u16,
    wrap: bool,
    /// The room that the rows are laid out for.
    room: Option<u16>,
    rows: Vec<Row>,
    top: usize,
    left: usize,
    area: Rect,
    found: Option<Range<usize>>,
}

fn short(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX)
}

impl Lines {
    /// The lines of a text, as far as [`MOST`].
    #[must_use]
    pub fn of_text(text: &Arc<str>) -> Self {
        let text = if text.len() > MOST {
            Arc::from(&text[..text.floor_char_boundary(MOST)])
        } else {
            Arc::clone(text)
        };
        let ends = text.bytes().enumerate().filter(|(_, byte)| *byte == b'\n');
        let starts: Vec<u32> = std::iter::once(0)
            .chain(ends.map(|(at, _)| short(at + 1)))
            .collect();
        let gutter = text::width(&starts.len().to_string());
        Self::new(text, starts, Labels::Numbers, gutter)
    }

    /// The elements of an array, as far as [`MOST`].
    #[must_use]
    pub fn of_elements(elements: &[Element]) -> Self {
        let mut all = String::new();
        let (mut starts, mut labels) = (Vec::new(), Vec::new());
        let mut gutter = 1;
        for element in elements {
            let shown = element.text.as_deref().unwrap_or(glyphs::NULL);
            if all.len() + shown.len() > MOST {
                break;
            }
            if !starts.is_empty() {
                all.push('\n');
            }
            starts.push(short(all.len()));
            all.push_str(shown);
            let subscripts = element.subscripts.iter();
            let label = subscripts.fold(String::new(), |label, at| label + &format!("[{at}]"));
            gutter = gutter.max(text::width(&label));
            labels.push((label, element.text.is_none()));
        }
        Self::new(all.into(), starts, Labels::Elements(labels), gutter)
    }

    fn new(text: Arc<str>, starts: Vec<u32>, labels: Labels, gutter: u16) -> Self {
        Self {
            text,
            starts,
            labels,
            gutter: gutter + 2,
            wrap: true,
            room: None,
            rows: Vec::new(),
            top: 0,
            left: 0,
            area: Rect::default(),
            found: None,
        }
    }

    /// Breaks long lines, or cuts them.
    pub fn set_wrap(&mut self, wrap: bool) {
        self.wrap = wrap;
        self.left = 0;
        self.room = None;
    }

    fn line(&self, line: usize) -> Range<usize> {
        let from = self.starts.get(line).copied().unwrap_or(0) as usize;
        let next = self.starts.get(line + 1);
        from..next.map_or(self.text.len(), |next| *next as usize - 1)
    }

    fn row(&self, at: usize) -> Range<usize> {
        let Some(row) = self.rows.get(at) else {
            return 0..0;
        };
        let next = self.rows.get(at + 1).filter(|next| next.line == row.line);
        let end = next.map_or(self.line(row.line as usize).end, |next| next.from as usize);
        row.from as usize..end
    }

    /// Breaks the lines for a room; what was on top stays there.
    fn lay_out(&mut self, room: u16) {
        if self.room == Some(room) {
            return;
        }
        let top = self.row(self.top).start;
        self.rows.clear();
        for line in 0..self.starts.len() {
            let range = self.line(line);
            let row = |at: usize| Row {
                line: short(line),
                from: short(range.start + at),
            };
            if self.wrap {
                let rows = &mut self.rows;
                wrap::breaks(&self.text[range.clone()], room, |at| rows.push(row(at)));
            } else {
                self.rows.push(row(0));
            }
        }
        self.room = Some(room);
        self.top = self.row_at(top);
    }

    fn row_at(&self, place: usize) -> usize {
        let after = self.rows.partition_point(|row| row.from as usize <= place);
        after.saturating_sub(1)
    }

    fn text_room(&self, room: u16) -> u16 {
        room.saturating_sub(self.gutter)
    }

    /// Brings what was found into view.
    fn show(&mut self, found: Range<usize>) {
        let row = self.row_at(found.start);
        let height = usize::from(self.area.height).max(1);
        if !(self.top..self.top + height).contains(&row) {
            self.top = row.saturating_sub(height / 3);
        }
        if !self.wrap {
            let before = &self.text[self.row(row).start..found.start];
            let column: usize = before.chars().map(text::columns).sum();
            let room = usize::from(self.text_room(self.area.width));
            if column < self.left || column + 8 > self.left + room {
                self.left = column.saturating_sub(room / 2);
            }
        }
        self.found = Some(found);
    }

    fn draw_row(
        &self,
        (at, y): (usize, u16),
        buffer: &mut Buffer,
        theme: &Theme,
        needle: Option<&Needle>,
    ) {
        let Some(row) = self.rows.get(at) else {
            return;
        };
        let line = row.line as usize;
        let mut role = Role::Text;
        if row.from as usize == self.line(line).start {
            let label = match &self.labels {
                Labels::Numbers => (line + 1).to_string(),
                Labels::Elements(all) => all[line].0.clone(),
            };
            let room = self.gutter - 2;
            let dim = theme.style(Role::Dim);
            text::put_aligned(buffer, (self.area.x, y), room, &label, Align::Right, dim);
        }
        if let Labels::Elements(all) = &self.labels
            && all[line].1
        {
            role = Role::Null;
        }
        let x = self.area.x + self.gutter;
        let room = self.text_room(self.area.width);
        let range = self.row(at);
        let whole = &self.text[range.clone()];
        let (skipped, part) = if self.wrap {
            (0, whole.trim_end_matches(' '))
        } else {
            beyond(whole, self.left, room)
        };
        let marks = marks(part, range.start + skipped, needle, self.found.as_ref());
        put_marked(buffer, (x, y), room, part, &marks, (role, theme));
    }
}

/// What is to be seen of a line that is moved to the left, and how many bytes are out of view.
fn beyond(line: &str, left: usize, room: u16) -> (usize, &str) {
    let mut used = 0;
    let is_beyond = |(_, ch): &(usize, char)| {
        used += text::columns(*ch);
        used > left
    };
    let from = line
        .char_indices()
        .find(is_beyond)
        .map_or(line.len(), |(at, _)| at);
    let most = line.floor_char_boundary(from + usize::from(room + 1) * 8);
    (from, &line[from..most])
}

impl Body for Lines {
    fn rows(&mut self, room: u16) -> usize {
        self.lay_out(self.text_room(room));
        self.rows.len()
    }

    fn height(&self) -> u16 {
        self.area.height
    }

    fn step(&mut self, by: isize) {
        let most = self
            .rows
            .len()
            .saturating_sub(usize::from(self.area.height));
        self.top = self.top.saturating_add_signed(by).min(most);
    }

    fn jump(&mut self, end: bool) {
        self.step(if end { isize::MAX } else { isize::MIN });
    }

    fn sideways(&mut self, by: isize) {
        if !self.wrap {
            let by = by * isize::try_from(STEP).unwrap_or(1);
            self.left = self.left.saturating_add_signed(by);
            let widest = self.widest();
            self.left = self.left.min(widest);
        }
    }

    fn leap(&mut self, end: bool) {
        if !self.wrap {
            self.left = if end { self.widest() } else { 0 };
        }
    }

    fn find(&mut self, needle: &Needle, search: Search) -> bool {
        let here = self.found.clone();
        let top = self.row(self.top).start;
        let from = here.unwrap_or(top..top);
        let text = &self.text;
        let after = |at: usize| {
            let found = needle.first(&text[at..])?;
            Some(at + found.start..at + found.end)
        };
        let found = match search {
            Search::Here => after(from.start).or_else(|| after(0)),
            Search::Next => after(from.end).or_else(|| after(0)),
            Search::Previous => needle
                .last(&text[..from.start])
                .or_else(|| needle.last(text)),
        };
        self.found = None;
        let is_there = found.is_some();
        if let Some(found) = found {
            self.show(found);
        }
        is_there
    }

    fn place(&self) -> String {
        let last = self.top + usize::from(self.area.height);
        if self.rows.len() <= usize::from(self.area.height) {
            return String::new();
        }
        let line = |row: usize| self.rows.get(row).map_or(0, |row| u64::from(row.line) + 1);
        let word = match self.labels {
            Labels::Numbers => "line",
            Labels::Elements(_) => "element",
        };
        let last = last.min(self.rows.len()).saturating_sub(1);
        format!(
            "{word} {} to {} of {}",
            grouped(line(self.top)),
            grouped(line(last)),
            grouped(self.starts.len() as u64)
        )
    }

    fn draw(&mut self, area: Rect, buffer: &mut Buffer, theme: &Theme, needle: Option<&Needle>) {
        self.area = area;
        self.lay_out(self.text_room(area.width));
        self.step(0);
        for (y, at) in (area.y..area.bottom()).zip(self.top..self.rows.len()) {
            self.draw_row((at, y), buffer, theme, needle);
        }
    }

    fn has_lines(&self) -> bool {
        true
    }

    fn lines(&mut self) -> Option<&mut Lines> {
        Some(self)
    }
}

impl Lines {
    /// How far to the left the lines in view can be moved.
    fn widest(&self) -> usize {
        let shown = self.top..self.top + usize::from(self.area.height);
        let width = |row: usize| -> usize {
            let part = &self.text[self.row(row)];
            part.chars().map(text::columns).sum()
        };
        let widest = shown.map(width).max().unwrap_or(0);
        let room = usize::from(self.text_room(self.area.width));
        (widest + 1).saturating_sub(room)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(text: &str, size: (u16, u16)) -> Lines {
        let mut lines = Lines::of_text(&text.into());
        lines.rows(size.0);
        lines.area = Rect::new(0, 0, size.0, size.1);
        lines
    }

    #[test]
    fn what_is_found_comes_into_view_and_the_search_goes_round() {
        let text: Vec<String> = (1..=100).map(|number| format!("line {number}")).collect();
        let mut lines = lines(&text.join("\n"), (40, 10));
        let needle = Needle::new("7");
        let Some(needle) = needle else { unreachable!() };
        let mut seen = Vec::new();
        for _ in 0..20 {
            assert!(lines.find(&needle, Search::Next));
            let found = lines.found.clone().map_or(0, |found| found.start);
            let row = lines.row_at(found);
            assert!((lines.top..lines.top + 10).contains(&row));
            seen.push(row + 1);
        }
        // 77 has two of them; after the last comes the first.
        assert_eq!(seen[..3], [7, 17, 27]);
        assert_eq!(seen[19], 97);
        assert!(lines.find(&needle, Search::Next));
        assert_eq!(lines.row_at(lines.found.clone().map_or(0, |f| f.start)), 6);
        assert!(lines.find(&needle, Search::Previous));
        assert_eq!(lines.row_at(lines.found.clone().map_or(0, |f| f.start)), 96);
    }

    #[test]
    fn another_width_keeps_what_was_on_top() {
        let text = "word ".repeat(2_000);
        let mut lines = lines(&text, (43, 10));
        lines.step(50);
        let top = lines.row(lines.top).start;
        lines.rows(23);
        assert!(lines.row(lines.top).contains(&top));
        assert!(lines.rows(23) > lines.rows(43));
        lines.set_wrap(false);
        assert_eq!(lines.rows(43), 1);
        lines.leap(true);
        assert_eq!(lines.left, 10_000 + 1 - 40);
    }
}
