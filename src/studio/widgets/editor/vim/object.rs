//! What the text is made of (vim's manual, motion.txt, "Text object selection"): words, what is in
//! quotes and brackets, paragraphs, and here statements.

use super::Sense;
use super::command::{Object, Select};
use super::walk::{Step, Walk};
use crate::studio::widgets::editor::Editor;
use crate::studio::widgets::editor::history::Class;
use crate::studio::widgets::editor::lines::Place;
use crate::studio::widgets::editor::units;

/// A stretch of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stretch {
    /// Up to the second place.
    Characters(Place, Place),
    /// With the second one.
    Lines(usize, usize),
}

impl Editor {
    /// The object at the cursor, or so many of them. What is selected already is extended.
    pub(super) fn object(
        &self,
        select: Select,
        times: usize,
        sense: &Sense<'_>,
    ) -> Option<Stretch> {
        let around = select.around;
        match select.object {
            Object::Word { big } => self.words(big, around, times),
            Object::Quoted(quote) => self.in_quotes(quote, around, times),
            Object::Bracket(open, close) => {
                let selected = self.selected().filter(|_| self.is_selecting());
                let mut found = self.in_brackets((open, close), around, times, sense)?;
                // What is selected already is not meant again.
                if let Some((from, to)) = selected
                    && let Stretch::Characters(start, end) = found
                    && from <= start
                    && end <= to
                    && self.caret.anchor != Some(self.caret.cursor)
                {
                    found = self.in_brackets((open, close), around, times + 1, sense)?;
                }
                Some(found)
            }
            Object::Paragraph => self.paragraph(around, times),
            Object::Statement => {
                let text = self.text();
                let (inner, end) = (sense.statement)(&text, self.offset())?;
                let from = self.lines.place(inner.start);
                let to = self.lines.place(if around { end } else { inner.end });
                Some(if around {
                    self.with_space_around(from, to)
                } else {
                    Stretch::Characters(from, to)
                })
            }
        }
    }

    /// What belongs to a statement when it goes: whole lines, if nothing else is on them.
    fn with_space_around(&self, from: Place, to: Place) -> Stretch {
        let before = &self.lines.line(from.row)[..from.at];
        let line = self.lines.line(to.row);
        let rest = &line[to.at..];
        if before.trim().is_empty() && rest.trim().is_empty() {
            return Stretch::Lines(from.row, to.row);
        }
        let spaces = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        Stretch::Characters(from, Place::new(to.row, to.at + spaces))
    }

    /// The place behind the character at a place; the end of the line stays.
    fn behind(&self, place: Place) -> Place {
        let line = self.lines.line(place.row);
        if place.at >= line.len() {
            return place;
        }
        Place::new(place.row, units::next(line, place.at))
    }

    fn words(&self, big: bool, around: bool, times: usize) -> Option<Stretch> {
        let here = self.caret.cursor;
        let mut walk = Walk::new(&self.lines, here, big);
        let selecting = self.is_selecting();
        let anchor = self.caret.anchor.filter(|_| selecting);
        let mut start = anchor.unwrap_or(here);
        let mut left = times;
        let mut wants_space = false;
        if anchor.is_none_or(|anchor| anchor == here) {
            walk.run_start();
            start = walk.place;
            if (walk.class() == Class::Space) == around {
                if !walk.word_end(1, true, true) {
                    return None;
                }
            } else {
                walk.word(1, true);
                if walk.place.at == 0 {
                    walk.back_over();
                } else {
                    walk.back();
                }
                wants_space = around;
            }
            left -= 1;
        }
        let ends_within = further(&mut walk, start, left, around)?;
        if wants_space && (walk.class() != Class::Space || walk.place.at == 0 && !ends_within) {
            // Where no space follows, the one before goes with it; but not an indentation.
            let mut before = Walk::new(&self.lines, start, big);
            if start.at > 0 {
                before.back();
                before.run_start();
                if before.class() == Class::Space && before.place.at > 0 {
                    start = before.place;
                }
            }
        }
        if walk.place < start {
            return Some(Stretch::Characters(walk.place, self.behind(start)));
        }
        let end = if ends_within {
            self.behind(walk.place)
        } else {
            walk.place
        };
        Some(Stretch::Characters(start, end))
    }

    /// What is in quotes in the line; a doubled quote ends one and begins another.
    fn in_quotes(&self, quote: char, around: bool, times: usize) -> Option<Stretch> {
        let here = self.caret.cursor;
        let line = self.lines.line(here.row);
        let quotes: Vec<usize> = line.match_indices(quote).map(|(at, _)| at).collect();
        let pairs = quotes.chunks_exact(2).map(|pair| (pair[0], pair[1]));
        let (open, close) = if line[here.at..].starts_with(quote) {
            // At a quote only counting tells whether it opens.
            let mut pairs = pairs;
            pairs.find(|(open, close)| (*open..=*close).contains(&here.at))?
        } else {
            match quotes.iter().rposition(|at| *at < here.at) {
                Some(at) => (quotes[at], *quotes.get(at + 1)?),
                None => (*quotes.first()?, *quotes.get(1)?),
            }
        };
        let place = |at: usize| Place::new(here.row, at);
        if !around && times < 2 {
            return Some(Stretch::Characters(place(open + 1), place(close)));
        }
        let (mut from, mut to) = (open, close + 1);
        if around {
            let is_blank = [' ', '\t'];
            let rest = &line[to..];
            let behind = rest.len() - rest.trim_start_matches(is_blank).len();
            to += behind;
            if behind == 0 {
                from = line[..from].trim_end_matches(is_blank).len();
            }
        }
        Some(Stretch::Characters(place(from), place(to)))
    }

    fn in_brackets(
        &self,
        pair: (char, char),
        around: bool,
        times: usize,
        sense: &Sense<'_>,
    ) -> Option<Stretch> {
        let here = self.caret.cursor;
        let (open, close) = pair;
        let at_cursor = &self.lines.line(here.row)[here.at..];
        let mut left = times;
        let mut from = here;
        if at_cursor.starts_with(open) {
            left -= 1;
        }
        for _ in 0..left {
            // One that closes at the cursor is the pair's own.
            from = match self.opening_of(from, pair, sense) {
                Some(opening) => opening,
                // Where the cursor is in none, the next one is meant.
                None if times == 1 => self.next_opening(pair)?,
                None => return None,
            };
        }
        let to = self.closing_of(from, pair, sense)?;
        let end = Place::new(to.row, to.at + close.len_utf8());
        if around {
            return Some(Stretch::Characters(from, end));
        }
        let start = Place::new(from.row, from.at + open.len_utf8());
        Some(self.without_margins(start, to))
    }

    /// The next bracket that opens, before any that closes.
    fn next_opening(&self, (open, close): (char, char)) -> Option<Place> {
        let here = self.caret.cursor;
        let mut rows = here.row..=self.lines.last();
        let found = rows.find_map(|row| {
            let from = if row == here.row { here.at } else { 0 };
            let at = self.lines.line(row)[from..].find([open, close])?;
            Some(Place::new(row, from + at))
        });
        found.filter(|place| self.lines.line(place.row)[place.at..].starts_with(open))
    }

    /// What is between brackets: the ends of lines beside them are not part of it, and where nothing
    /// is beside them, whole lines are.
    fn without_margins(&self, start: Place, end: Place) -> Stretch {
        let opens = self.lines.line(start.row);
        let start = if start.at == opens.len() && start.row < end.row {
            Place::new(start.row + 1, 0)
        } else {
            start
        };
        let closes = &self.lines.line(end.row)[..end.at];
        if end.row > start.row && closes.trim().is_empty() {
            if start.at == 0 {
                return Stretch::Lines(start.row, end.row - 1);
            }
            let row = end.row - 1;
            return Stretch::Characters(start, Place::new(row, self.lines.line(row).len()));
        }
        Stretch::Characters(start, end.max(start))
    }

    fn paragraph(&self, around: bool, times: usize) -> Option<Stretch> {
        let last = self.lines.last();
        let is_blank = |row: usize| self.lines.line(row).trim().is_empty();
        let row = self.caret.cursor.row;
        let selected = self.selected().filter(|_| self.is_selecting());
        // More of it is wanted where more than a line is selected.
        let extended = selected.filter(|(from, _)| from.row < row);
        let first = extended.map_or(row, |_| (row + 1).min(last));
        let begins_blank = is_blank(first);
        let mut start = first;
        if extended.is_none() {
            while start > 0 && is_blank(start - 1) == begins_blank {
                start -= 1;
            }
        } else if first == row {
            return None;
        }
        // The first line behind what is taken.
        let mut end = first;
        let run = |mut end: usize, blank: bool| {
            while end <= last && is_blank(end) == blank {
                end += 1;
            }
            end
        };
        let mut blank = begins_blank;
        for _ in 0..times {
            if end > last {
                return None;
            }
            end = run(end, blank);
            if around {
                if end > last && blank {
                    return None;
                }
                end = run(end, !blank);
            } else {
                blank = !blank;
            }
        }
        if around && !begins_blank && extended.is_none() && !is_blank(end - 1) {
            while start > 0 && is_blank(start - 1) {
                start -= 1;
            }
        }
        let start = extended.map_or(start, |(from, _)| from.row);
        Some(Stretch::Lines(start, end - 1))
    }
}

/// Goes on over so many words or the spaces between them, away from where the first one began; whether
/// the character that is reached belongs to them.
fn further(walk: &mut Walk<'_>, start: Place, left: usize, around: bool) -> Option<bool> {
    let mut ends_within = true;
    for left in (0..left).rev() {
        ends_within = true;
        if walk.place < start {
            if walk.back_over() == Step::Nowhere {
                return None;
            }
            if around == (walk.class() == Class::Space) {
                if !walk.word_back(1, true) {
                    return None;
                }
            } else {
                if !walk.word_end_back(1, true) {
                    return None;
                }
                walk.forth_over();
            }
            continue;
        }
        if walk.forth_over() == Step::Nowhere {
            return None;
        }
        if around == (walk.class() == Class::Space) {
            if !walk.word_end(1, true, true) {
                return None;
            }
        } else {
            if !walk.word(1, true) && left > 0 {
                return None;
            }
            if walk.place.at > 0 {
                walk.back();
            } else {
                ends_within = false;
            }
        }
    }
    Some(ends_within)
}
