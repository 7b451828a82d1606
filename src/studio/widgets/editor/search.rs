//! Finding and replacing a text that was typed, line by line.

use super::Editor;
use super::history::Run;
use super::lines::Place;
use crate::data::search::Needle;
use crate::studio::widgets::value::Search;

impl Editor {
    /// Looks for a text, going round at the end, and selects it; `false` if it is nowhere. Capitals
    /// count only where some were typed. Everywhere else it is marked, until [`Self::end_search`].
    pub fn find(&mut self, typed: &str, search: Search) -> bool {
        self.needle = Needle::new(typed);
        let Some(needle) = self.needle.take() else {
            return false;
        };
        let (from, to) = self
            .selected()
            .unwrap_or((self.caret.cursor, self.caret.cursor));
        let found = match search {
            Search::Here => self.forwards(&needle, from),
            Search::Next => self.forwards(&needle, to),
            Search::Previous => self.backwards(&needle, from),
        };
        self.needle = Some(needle);
        if let Some((from, to)) = found {
            self.move_to(from, false);
            self.move_to(to, true);
        }
        found.is_some()
    }

    /// Marks what was looked for no longer.
    pub fn end_search(&mut self) {
        self.needle = None;
    }

    /// Replaces the next place, beginning with the one that is selected, and goes on to the one
    /// after it; `false` if there is none.
    pub fn replace(&mut self, typed: &str, by: &str) -> bool {
        if !self.find(typed, Search::Here) {
            return false;
        }
        let changed = self.paste(by);
        self.find(typed, Search::Next);
        changed
    }

    /// Replaces every place, which can be undone at once; how many there were.
    pub fn replace_all(&mut self, typed: &str, by: &str) -> usize {
        let Some(needle) = Needle::new(typed) else {
            return 0;
        };
        let mut count = 0;
        let mut parts = Vec::new();
        // From the last line, so that those before it stay where they are.
        for (row, line) in self.lines.all().iter().enumerate().rev() {
            let found = needle.all(line);
            let (Some(first), Some(last)) = (found.first(), found.last()) else {
                continue;
            };
            let mut text = String::new();
            let mut from = first.start;
            for place in &found {
                text.push_str(&line[from..place.start]);
                text.push_str(by);
                from = place.end;
            }
            count += found.len();
            parts.push((
                Place::new(row, first.start),
                Place::new(row, last.end),
                text,
            ));
        }
        self.caret.anchor = None;
        self.change(parts, Run::Alone, None);
        count
    }

    fn found(&self, row: usize, from: usize, needle: &Needle) -> Option<(Place, Place)> {
        let found = needle.first(&self.lines.line(row)[from..])?;
        let place = |at| Place::new(row, from + at);
        Some((place(found.start), place(found.end)))
    }

    pub(super) fn forwards(&self, needle: &Needle, from: Place) -> Option<(Place, Place)> {
        let rest = from.row + 1..=self.lines.last();
        self.found(from.row, from.at, needle).or_else(|| {
            let mut rows = rest.chain(0..=from.row);
            rows.find_map(|row| self.found(row, 0, needle))
        })
    }

    fn backwards(&self, needle: &Needle, from: Place) -> Option<(Place, Place)> {
        let last = |row: usize, to: usize| {
            let found = needle.last(&self.lines.line(row)[..to])?;
            Some((Place::new(row, found.start), Place::new(row, found.end)))
        };
        let whole = |row: usize| last(row, self.lines.line(row).len());
        last(from.row, from.at).or_else(|| {
            let before = (0..from.row).rev();
            let mut rows = before.chain((from.row..=self.lines.last()).rev());
            rows.find_map(whole)
        })
    }
}
