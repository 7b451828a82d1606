//! Finding: a character in the line, the other bracket, a text.

use super::Sense;
use super::command::{Find, Sought};
use crate::data::search::Needle;
use crate::studio::widgets::editor::history::Class;
use crate::studio::widgets::editor::lines::Place;
use crate::studio::widgets::editor::{Editor, units};

const OPENING: &str = "([{";
const CLOSING: &str = ")]}";

impl Editor {
    /// Where a character is in the line, or the one before it.
    pub(super) fn character(&self, find: Find, times: usize) -> Option<Place> {
        let here = self.caret.cursor;
        let line = self.lines.line(here.row);
        let mut at = here.at;
        let mut left = times;
        // Beside the one that was found before, the next one is looked for.
        let mut is_skipped = find.again && find.before && times == 1;
        while left > 0 {
            at = if find.back {
                (at > 0).then(|| units::previous(line, at))?
            } else {
                let next = if at < line.len() {
                    units::next(line, at)
                } else {
                    at
                };
                (next < line.len()).then_some(next)?
            };
            if line[at..].starts_with(find.ch) && !is_skipped {
                left -= 1;
            }
            is_skipped = false;
        }
        let at = match (find.before, find.back) {
            (false, _) => at,
            (true, true) => units::next(line, at),
            (true, false) => units::previous(line, at),
        };
        Some(Place::new(here.row, at))
    }

    /// The bracket that belongs to the next one in the line. Those in strings and comments are none,
    /// unless the cursor is there too.
    pub(super) fn other_bracket(&self, sense: &Sense<'_>) -> Option<Place> {
        let here = self.caret.cursor;
        let line = self.lines.line(here.row);
        let rest = line.get(here.at..)?;
        let is_bracket = |ch: char| OPENING.contains(ch) || CLOSING.contains(ch);
        let start = self.lines.start(here.row);
        let within = sense.range_at(start + here.at);
        let found = rest
            .char_indices()
            .find(|(at, ch)| is_bracket(*ch) && sense.range_at(start + here.at + at) == within)?;
        let place = Place::new(here.row, here.at + found.0);
        if let Some(kind) = OPENING.find(found.1) {
            let pair = (found.1, CLOSING.as_bytes().get(kind).copied()?.into());
            return self.closing_of(place, pair, sense);
        }
        let kind = CLOSING.find(found.1)?;
        let pair = (OPENING.as_bytes().get(kind).copied()?.into(), found.1);
        self.opening_of(place, pair, sense)
    }

    /// The bracket that closes what is open at a place, which is an opening one or within.
    pub(super) fn closing_of(
        &self,
        from: Place,
        (open, close): (char, char),
        sense: &Sense<'_>,
    ) -> Option<Place> {
        let mut depth = 0_usize;
        let mut start = self.lines.start(from.row);
        let within = sense.range_at(start + from.at);
        for row in from.row..=self.lines.last() {
            let line = self.lines.line(row);
            let begin = if row == from.row { from.at } else { 0 };
            for (at, ch) in line[begin..].char_indices() {
                let at = begin + at;
                if (ch != open && ch != close) || sense.range_at(start + at) != within {
                    continue;
                }
                if ch == open {
                    depth += 1;
                } else {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        return Some(Place::new(row, at));
                    }
                }
            }
            start += line.len() + 1;
        }
        None
    }

    /// The bracket that opens what is closed at a place, which is a closing one.
    pub(super) fn opening_of(
        &self,
        from: Place,
        (open, close): (char, char),
        sense: &Sense<'_>,
    ) -> Option<Place> {
        let line = self.lines.line(from.row);
        let mut depth = usize::from(!line[from.at..].starts_with(close));
        let mut start = self.lines.start(from.row);
        let within = sense.range_at(start + from.at);
        let mut end = if depth == 0 {
            from.at + close.len_utf8()
        } else {
            from.at
        };
        for row in (0..=from.row).rev() {
            let line = self.lines.line(row);
            for (at, ch) in line[..end.min(line.len())].char_indices().rev() {
                if (ch != open && ch != close) || sense.range_at(start + at) != within {
                    continue;
                }
                if ch == close {
                    depth += 1;
                } else {
                    depth -= 1;
                    if depth == 0 {
                        return Some(Place::new(row, at));
                    }
                }
            }
            if let Some(before) = row.checked_sub(1) {
                start -= self.lines.line(before).len() + 1;
            }
            end = usize::MAX;
        }
        None
    }

    /// Where a text is that was looked for, going round at the end.
    pub(super) fn seek(&self, sought: &Sought, times: usize) -> Option<Place> {
        let needle = Needle::new(&sought.typed)?;
        let mut place = sought.from.unwrap_or(self.caret.cursor);
        // However often: after as many as there are lines and more, it only goes round.
        for _ in 0..times.min(10_000) {
            place = self.next_match(&needle, place, sought)?;
        }
        Some(place)
    }

    fn next_match(&self, needle: &Needle, from: Place, sought: &Sought) -> Option<Place> {
        let mut place = from;
        let mut first = None;
        loop {
            let (found, end) = if sought.back {
                self.match_before(needle, place)?
            } else {
                self.match_behind(needle, place)?
            };
            if !sought.whole || self.is_word(found, end) {
                return Some(found);
            }
            // Once around, and no whole word among them.
            if first == Some(found) {
                return None;
            }
            first.get_or_insert(found);
            place = found;
        }
    }

    fn match_behind(&self, needle: &Needle, from: Place) -> Option<(Place, Place)> {
        let line = self.lines.line(from.row);
        let begin = if from.at < line.len() {
            units::next(line, from.at)
        } else {
            line.len()
        };
        self.forwards(needle, Place::new(from.row, begin))
    }

    fn match_before(&self, needle: &Needle, from: Place) -> Option<(Place, Place)> {
        // The last one of a line that begins before a byte; it may end behind it.
        let last = |row: usize, before: usize| {
            let line = self.lines.line(row);
            let mut end = line.len();
            loop {
                let found = needle.last(&line[..end])?;
                if found.start < before {
                    return Some((Place::new(row, found.start), Place::new(row, found.end)));
                }
                end = line.floor_char_boundary(found.end.checked_sub(1)?);
            }
        };
        let rows = (0..from.row).rev();
        let mut rows = rows.chain((from.row..=self.lines.last()).rev());
        last(from.row, from.at).or_else(|| rows.find_map(|row| last(row, usize::MAX)))
    }

    fn is_word(&self, from: Place, to: Place) -> bool {
        let line = self.lines.line(from.row);
        let is_word = |ch: Option<char>| ch.is_some_and(|ch| Class::of(ch) == Class::Word);
        !is_word(line[..from.at].chars().next_back()) && !is_word(line[to.at..].chars().next())
    }

    /// The word at the cursor, or the next one in the line, and where it begins; where there is none, the
    /// signs there.
    pub(super) fn word_under(&self) -> Option<(Place, String)> {
        let here = self.caret.cursor;
        let line = self.lines.line(here.row);
        let is_word = |ch: char| Class::of(ch) == Class::Word;
        let rest = line.get(here.at..)?;
        let Some(at) = rest.find(is_word) else {
            let at = here.at + rest.find(|ch: char| !ch.is_whitespace())?;
            let signs = line[at..].split_whitespace().next()?;
            return Some((Place::new(here.row, at), signs.to_owned()));
        };
        let at = here.at + at;
        let before = line[..at]
            .char_indices()
            .rev()
            .find(|(_, ch)| !is_word(*ch));
        let from = before.map_or(0, |(at, ch)| at + ch.len_utf8());
        let to = line[at..].find(|ch| !is_word(ch));
        let to = to.map_or(line.len(), |to| at + to);
        Some((Place::new(here.row, from), line[from..to].to_owned()))
    }
}
