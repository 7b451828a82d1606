//! Where motions lead (vim's manual, motion.txt): by characters, words, lines and what is in view.

use super::Sense;
use super::command::{Motion, Operator, Way};
use super::walk::Walk;
use crate::studio::widgets::editor::history::Class;
use crate::studio::widgets::editor::indent::indentation;
use crate::studio::widgets::editor::lines::Place;
use crate::studio::widgets::editor::{Editor, units};

/// What of the text belongs to a motion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum How {
    /// Up to the place.
    Exclusive,
    /// The character at the place too.
    Inclusive,
    /// Whole lines.
    Lines,
}

/// Where a motion leads.
#[derive(Debug, Clone, Copy)]
pub(super) struct Reach {
    pub to: Place,
    pub how: How,
    /// The column that going up and down keeps to.
    pub goal: Option<usize>,
    /// Whether the end is meant as it is, and never drawn back to the line before.
    pub exact: bool,
}

impl Reach {
    pub(super) fn new(to: Place, how: How) -> Self {
        Self {
            to,
            how,
            goal: None,
            exact: false,
        }
    }
}

impl Editor {
    /// Where a motion leads; nowhere, where it fails. What an operator is about may end otherwise than
    /// where the cursor would go.
    pub(super) fn reach(
        &self,
        motion: &Motion,
        count: Option<usize>,
        operator: Option<Operator>,
        sense: &Sense<'_>,
    ) -> Option<Reach> {
        let times = count.unwrap_or(1);
        let here = self.caret.cursor;
        let (place, how) = match motion {
            Motion::Left => (self.sideways(times, false), How::Exclusive),
            Motion::Right => (self.sideways(times, true), How::Exclusive),
            Motion::Back => return Some(self.back_over(times, operator)),
            Motion::Forth => self.forth_over(times, operator),
            Motion::Up => return Some(self.vertically(self.row_up(times)?)),
            Motion::Down => return Some(self.vertically(self.row_down(times)?)),
            Motion::LineUp => (self.first_of(self.row_up(times)?), How::Lines),
            Motion::LineDown => (self.first_of(self.row_down(times)?), How::Lines),
            Motion::ThisLine => (self.first_of(self.row_down(times - 1)?), How::Lines),
            Motion::LineStart => (Place::new(here.row, 0), How::Exclusive),
            Motion::FirstNonBlank => (self.first_of(here.row), How::Exclusive),
            Motion::LineEnd => return self.line_end(times),
            Motion::LastNonBlank => (self.last_of(self.row_down(times - 1)?), How::Inclusive),
            Motion::Column => (self.at_column(times - 1), How::Exclusive),
            Motion::First => (self.first_of(self.line_number(count, 0)), How::Lines),
            Motion::Last => {
                let row = self.line_number(count, self.lines.last());
                (self.first_of(row), How::Lines)
            }
            Motion::Screen(way) => (self.first_of(self.in_view(*way, times)), How::Lines),
            Motion::Word { .. }
            | Motion::WordEnd { .. }
            | Motion::WordBack { .. }
            | Motion::WordEndBack { .. } => return self.by_words(motion, times, operator),
            Motion::ParagraphBack => return self.by_paragraphs(times, false),
            Motion::Paragraph => return self.by_paragraphs(times, true),
            Motion::Pair => match count {
                Some(percent) if percent > 100 => return None,
                Some(percent) => {
                    let row = (percent * self.lines.all().len()).div_ceil(100);
                    (self.first_of(row.max(1) - 1), How::Lines)
                }
                None => (self.other_bracket(sense)?, How::Inclusive),
            },
            Motion::Find(find) => {
                let how = if find.back {
                    How::Exclusive
                } else {
                    How::Inclusive
                };
                (self.character(*find, times)?, how)
            }
            Motion::Sought(sought) => (self.seek(sought, times)?, How::Exclusive),
            // What these mean is known only together with what was done before.
            Motion::FindAgain { .. }
            | Motion::Search { .. }
            | Motion::SearchAgain { .. }
            | Motion::Under { .. } => return None,
        };
        Some(Reach::new(place, how))
    }

    /// The first character of a line that is no space; the last one, where all are.
    pub(super) fn first_of(&self, row: usize) -> Place {
        let line = self.lines.line(row);
        let at = indentation(line);
        Place::new(row, self.last_unit(row).min(at))
    }

    fn last_of(&self, row: usize) -> Place {
        let line = self.lines.line(row);
        let end = line.trim_end_matches([' ', '\t']).len();
        Place::new(row, units::previous(line, end))
    }

    /// Where the last character of a line begins.
    pub(super) fn last_unit(&self, row: usize) -> usize {
        let line = self.lines.line(row);
        units::previous(line, line.len())
    }

    fn sideways(&self, times: usize, right: bool) -> Place {
        let here = self.caret.cursor;
        let line = self.lines.line(here.row);
        let mut at = here.at;
        for _ in 0..times {
            match right {
                true if at < line.len() => at = units::next(line, at),
                false if at > 0 => at = units::previous(line, at),
                _ => break,
            }
        }
        Place::new(here.row, at)
    }

    fn back_over(&self, times: usize, operator: Option<Operator>) -> Reach {
        let mut place = self.caret.cursor;
        let joins = matches!(operator, Some(Operator::Delete | Operator::Change));
        let mut exact = false;
        for _ in 0..times {
            if place.at > 0 {
                place.at = units::previous(self.lines.line(place.row), place.at);
            } else if let Some(row) = place.row.checked_sub(1) {
                let end = self.lines.line(row).len();
                place = Place::new(row, if joins { end } else { self.last_unit(row) });
                exact |= joins && end > 0;
            } else {
                break;
            }
        }
        Reach {
            exact,
            ..Reach::new(place, How::Exclusive)
        }
    }

    /// For an operator the end of a line is a character too.
    fn forth_over(&self, times: usize, operator: Option<Operator>) -> (Place, How) {
        let mut place = self.caret.cursor;
        let mut how = How::Exclusive;
        for _ in 0..times {
            let line = self.lines.line(place.row);
            if place.at < self.last_unit(place.row) {
                place.at = units::next(line, place.at);
            } else if operator.is_some() && how == How::Exclusive && !line.is_empty() {
                how = How::Inclusive;
            } else if place.row < self.lines.last() {
                place = Place::new(place.row + 1, 0);
                how = How::Exclusive;
            } else {
                break;
            }
        }
        (place, how)
    }

    fn row_up(&self, by: usize) -> Option<usize> {
        let row = self.caret.cursor.row;
        (by == 0 || row > 0).then(|| row.saturating_sub(by))
    }

    fn row_down(&self, by: usize) -> Option<usize> {
        let (row, last) = (self.caret.cursor.row, self.lines.last());
        (by == 0 || row < last).then(|| row.saturating_add(by).min(last))
    }

    fn vertically(&self, row: usize) -> Reach {
        let (to, goal) = self.keeping_column(row);
        Reach {
            goal: Some(goal),
            ..Reach::new(to, How::Lines)
        }
    }

    /// The place of a line below or above the cursor's, and the column.
    pub(super) fn keeping_column(&self, row: usize) -> (Place, usize) {
        let here = self.caret.cursor;
        let column = || units::column(self.lines.line(here.row), here.at);
        let goal = self.goal.unwrap_or_else(column);
        let at = units::at_column(self.lines.line(row), goal).0;
        (Place::new(row, at), goal)
    }

    fn line_end(&self, times: usize) -> Option<Reach> {
        let row = self.row_down(times - 1)?;
        let to = Place::new(row, self.lines.line(row).len());
        Some(Reach {
            goal: Some(usize::MAX),
            exact: true,
            ..Reach::new(to, How::Exclusive)
        })
    }

    fn at_column(&self, column: usize) -> Place {
        let row = self.caret.cursor.row;
        let at = units::at_column(self.lines.line(row), column).0;
        Place::new(row, at.min(self.last_unit(row)))
    }

    fn line_number(&self, count: Option<usize>, otherwise: usize) -> usize {
        count
            .map_or(otherwise, |line| line.max(1) - 1)
            .min(self.lines.last())
    }

    fn in_view(&self, way: Way, times: usize) -> usize {
        let top = self.view.top.min(self.lines.last());
        let height = usize::from(self.view.area.height).max(1);
        let bottom = (top + height - 1).min(self.lines.last());
        match way {
            Way::Top => (top + times - 1).min(bottom),
            Way::Middle => usize::midpoint(top, bottom),
            Way::Bottom => bottom.saturating_sub(times - 1).max(top),
        }
    }

    fn by_words(&self, motion: &Motion, times: usize, operator: Option<Operator>) -> Option<Reach> {
        let here = self.caret.cursor;
        let walk = |big: bool| Walk::new(&self.lines, here, big);
        let (walk, how, reached) = match motion {
            Motion::WordBack { big } => {
                let mut walk = walk(*big);
                let reached = walk.word_back(times, false);
                (walk, How::Exclusive, reached)
            }
            Motion::WordEndBack { big } => {
                let mut walk = walk(*big);
                let reached = walk.word_end_back(times, false);
                (walk, How::Inclusive, reached)
            }
            Motion::WordEnd { big } => {
                let mut walk = walk(*big);
                let reached = walk.word_end(times, false, false);
                (walk, How::Inclusive, reached || operator.is_some())
            }
            Motion::Word { big } => {
                let mut walk = walk(*big);
                let line = self.lines.line(here.row);
                // A word that is changed is changed without the space behind it.
                let is_end = operator == Some(Operator::Change)
                    && here.at < line.len()
                    && walk.class() != Class::Space;
                let reached = if is_end {
                    walk.word_end(times, true, false)
                } else {
                    walk.word(times, operator.is_some())
                };
                let how = if is_end {
                    How::Inclusive
                } else {
                    How::Exclusive
                };
                (walk, how, reached || operator.is_some())
            }
            _ => return None,
        };
        let mut reach = Reach::new(walk.place, how);
        let line = self.lines.line(walk.place.row);
        if walk.place > here && walk.place.at == line.len() && !line.is_empty() {
            reach = Reach::new(
                Place::new(walk.place.row, self.last_unit(walk.place.row)),
                How::Inclusive,
            );
        }
        // Without an operator it goes as far as it can.
        (reached || operator.is_none()).then_some(reach)
    }

    fn by_paragraphs(&self, times: usize, down: bool) -> Option<Reach> {
        let last = self.lines.last();
        let mut row = self.caret.cursor.row;
        for left in (0..times).rev() {
            let mut is_text = false;
            let mut is_first = true;
            loop {
                let is_empty = self.lines.line(row).is_empty();
                is_text |= !is_empty;
                if !is_first && is_text && is_empty {
                    break;
                }
                is_first = false;
                let is_end = if down { row == last } else { row == 0 };
                if is_end {
                    if left > 0 {
                        return None;
                    }
                    break;
                }
                row = if down { row + 1 } else { row - 1 };
            }
        }
        let end = self.lines.line(row).len();
        if down && row == last && end > 0 {
            return Some(Reach::new(
                Place::new(row, self.last_unit(row)),
                How::Inclusive,
            ));
        }
        Some(Reach::new(Place::new(row, 0), How::Exclusive))
    }
}
