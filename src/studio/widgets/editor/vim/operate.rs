//! What operators do to a stretch of the text.

use super::command::{Act, Command, Operator};
use super::object::Stretch;
use super::reach::{How, Reach};
use super::registers::Piece;
use super::{Cx, Mode};
use crate::studio::widgets::editor::Editor;
use crate::studio::widgets::editor::history::Run;
use crate::studio::widgets::editor::indent::{STEP, indentation};
use crate::studio::widgets::editor::lines::Place;
use crate::studio::widgets::editor::units;

impl Operator {
    /// Whether it is about whole lines, whatever is selected of them.
    pub(super) fn is_of_lines(self) -> bool {
        matches!(self, Self::Right | Self::Left)
    }

    fn cased(self, ch: char) -> char {
        let lower = |ch: char| only(ch.to_lowercase(), ch);
        let upper = |ch: char| only(ch.to_uppercase(), ch);
        match self {
            Self::Lower => lower(ch),
            Self::Upper => upper(ch),
            _ if ch.is_lowercase() => upper(ch),
            _ => lower(ch),
        }
    }
}

/// The one character that another one becomes; itself, where it would become several.
fn only(mut all: impl Iterator<Item = char>, ch: char) -> char {
    match (all.next(), all.next()) {
        (Some(one), None) => one,
        _ => ch,
    }
}

impl Editor {
    /// What of the text a motion from the cursor takes in.
    pub(super) fn stretch_to(&self, reach: &Reach, operator: Operator) -> Stretch {
        let here = self.caret.cursor;
        let (start, mut end) = (here.min(reach.to), here.max(reach.to));
        let is_in_indent = start.at <= indentation(self.lines.line(start.row));
        match reach.how {
            How::Lines => return Stretch::Lines(start.row, end.row),
            How::Inclusive => {
                let line = self.lines.line(end.row);
                if end.at < line.len() {
                    end.at = units::next(line, end.at);
                }
            }
            // What ends before the first character of a line ends with the line before it.
            How::Exclusive if end.at == 0 && end.row > start.row && !reach.exact => {
                let row = end.row - 1;
                if is_in_indent {
                    return Stretch::Lines(start.row, row);
                }
                end = Place::new(row, self.lines.line(row).len());
            }
            How::Exclusive => {}
        }
        self.whole_lines(Stretch::Characters(start, end), operator)
    }

    /// What is deleted over several lines and leaves nothing of them are whole lines.
    pub(super) fn whole_lines(&self, stretch: Stretch, operator: Operator) -> Stretch {
        let Stretch::Characters(start, end) = stretch else {
            return stretch;
        };
        let is_blank = |text: &str| text.trim_matches([' ', '\t']).is_empty();
        let before = &self.lines.line(start.row)[..start.at];
        let behind = &self.lines.line(end.row)[end.at..];
        if operator == Operator::Delete
            && start.row < end.row
            && is_blank(before)
            && is_blank(behind)
        {
            return Stretch::Lines(start.row, end.row);
        }
        stretch
    }

    /// The text of a stretch.
    pub(super) fn piece(&self, stretch: Stretch) -> Piece {
        let (from, to, lines) = match stretch {
            Stretch::Characters(from, to) => (from, to, false),
            Stretch::Lines(first, last) => {
                let end = self.lines.line(last).len();
                (Place::new(first, 0), Place::new(last, end), true)
            }
        };
        Piece {
            text: self.lines.slice(from, to),
            lines,
        }
    }

    /// Does it; the cursor is at the beginning of what it is about. Indenting is done so many times,
    /// and what a far motion took away is kept as something large.
    pub(super) fn apply(
        &mut self,
        operator: Operator,
        stretch: Stretch,
        (command, shifts, is_far): (Command, usize, bool),
        cx: &mut Cx<'_>,
    ) {
        let register = command.register;
        match operator {
            Operator::Delete | Operator::Change => {
                let is_nothing = matches!(stretch, Stretch::Characters(from, to) if from == to);
                if !is_nothing {
                    let piece = self.piece(stretch);
                    send(register, &piece, cx);
                    cx.memory.registers.delete(register, piece, is_far);
                }
                if operator == Operator::Delete {
                    self.take_away(stretch);
                } else {
                    let indented = self.clear(stretch);
                    self.begin_insertion(command);
                    self.mark_indented(indented);
                }
            }
            Operator::Yank => {
                let piece = self.piece(stretch);
                send(register, &piece, cx);
                cx.memory.registers.yank(register, piece);
            }
            Operator::Right | Operator::Left => self.shift(stretch, operator, shifts),
            Operator::Lower | Operator::Upper | Operator::Toggle => {
                let here = self.caret.cursor;
                let (from, to) = match stretch {
                    Stretch::Characters(from, to) => (from, to),
                    Stretch::Lines(first, last) => (
                        Place::new(first, 0),
                        Place::new(last, self.lines.line(last).len()),
                    ),
                };
                self.recase(from, to, operator, here);
            }
        }
    }

    fn take_away(&mut self, stretch: Stretch) {
        let (first, last) = match stretch {
            Stretch::Characters(from, to) => {
                self.change([(from, to, String::new())], Run::Alone, Some(from));
                return;
            }
            Stretch::Lines(first, last) => (first, last),
        };
        let end = self.lines.line(last).len();
        let (from, to) = if last < self.lines.last() {
            (Place::new(first, 0), Place::new(last + 1, 0))
        } else if let Some(before) = first.checked_sub(1) {
            let from = Place::new(before, self.lines.line(before).len());
            (from, Place::new(last, end))
        } else {
            (Place::default(), Place::new(last, end))
        };
        self.change([(from, to, String::new())], Run::Alone, Some(from));
        let row = first.min(self.lines.last());
        self.caret.cursor = self.first_of(row);
    }

    /// Takes away what is to be typed anew; whether only an indentation is left of its lines.
    fn clear(&mut self, stretch: Stretch) -> bool {
        let (from, to) = match stretch {
            Stretch::Characters(from, to) => (from, to),
            Stretch::Lines(first, last) => {
                let from = indentation(self.lines.line(first));
                (
                    Place::new(first, from),
                    Place::new(last, self.lines.line(last).len()),
                )
            }
        };
        self.change([(from, to, String::new())], Run::Alone, Some(from));
        matches!(stretch, Stretch::Lines(..)) && from.at > 0
    }

    fn shift(&mut self, stretch: Stretch, operator: Operator, times: usize) {
        let (first, last) = match stretch {
            Stretch::Characters(from, to) => (from.row, to.row),
            Stretch::Lines(first, last) => (first, last),
        };
        // Nobody can see more of it.
        let times = times.min(1_000);
        let mut parts = Vec::new();
        for row in first..=last {
            let line = self.lines.line(row);
            if operator == Operator::Right {
                if !line.is_empty() {
                    let at = Place::new(row, 0);
                    parts.push((at, at, STEP.repeat(times)));
                }
                continue;
            }
            let mut taken = 0;
            for _ in 0..times {
                let rest = &line[taken..];
                let spaces = rest.bytes().take_while(|byte| *byte == b' ').count();
                taken += match rest.bytes().next() {
                    Some(b'\t') => 1,
                    _ => spaces.min(STEP.len()),
                };
            }
            parts.push((Place::new(row, 0), Place::new(row, taken), String::new()));
        }
        self.change(parts, Run::Alone, None);
        self.caret.cursor = self.first_of(first);
    }

    fn recase(&mut self, from: Place, to: Place, operator: Operator, then: Place) {
        let old = self.lines.slice(from, to);
        let new: String = old.chars().map(|ch| operator.cased(ch)).collect();
        self.change([(from, to, new)], Run::Alone, Some(then));
    }

    /// Turns the case of characters, and goes behind them; `false` where there are none. What is
    /// selected is turned whole.
    pub(super) fn toggle_characters(&mut self, times: usize) -> bool {
        let from = self.caret.cursor;
        let line = self.lines.line(from.row);
        let mut at = from.at;
        for _ in 0..times {
            if at == line.len() {
                break;
            }
            at = units::next(line, at);
        }
        let to = Place::new(from.row, at);
        if from == to {
            return false;
        }
        let before = line.len();
        self.recase(from, to, Operator::Toggle, from);
        // The same characters may take more bytes, or fewer.
        let behind = before - at;
        self.caret.cursor.at = self.lines.line(from.row).len() - behind;
        true
    }

    /// Puts one character in the place of each; `false` where there are not so many.
    pub(super) fn replace_characters(&mut self, ch: char, times: usize) -> bool {
        if self.is_selecting() {
            let (stretch, _) = self.taken(false);
            let (from, to) = match stretch {
                Stretch::Characters(from, to) => (from, to),
                Stretch::Lines(first, last) => (
                    Place::new(first, 0),
                    Place::new(last, self.lines.line(last).len()),
                ),
            };
            self.end_selection();
            self.caret.cursor = from;
            let with = |old: char| if old == '\n' { '\n' } else { ch };
            let new: String = self.lines.slice(from, to).chars().map(with).collect();
            self.change([(from, to, new)], Run::Alone, Some(from));
            return false;
        }
        let from = self.caret.cursor;
        let line = self.lines.line(from.row);
        let mut at = from.at;
        for _ in 0..times {
            if at == line.len() {
                return false;
            }
            at = units::next(line, at);
        }
        let to = Place::new(from.row, at);
        if ch == '\n' {
            self.change([(from, to, "\n".to_owned())], Run::Alone, None);
            self.caret.cursor = Place::new(from.row + 1, 0);
        } else {
            let new = ch.to_string().repeat(times);
            let last = Place::new(from.row, from.at + new.len() - ch.len_utf8());
            self.change([(from, to, new)], Run::Alone, Some(last));
        }
        true
    }

    /// Joins lines, with a space between them or as they are; `false` where there is nothing to join.
    pub(super) fn join(&mut self, count: Option<usize>, spaced: bool) -> bool {
        let here = self.caret.cursor;
        let (first, last) = if self.is_selecting() {
            let (Stretch::Lines(first, last)
            | Stretch::Characters(Place { row: first, .. }, Place { row: last, .. })) =
                self.taken(true).0;
            self.end_selection();
            (first, last.max(first + 1))
        } else {
            let more = count.unwrap_or(2).max(2) - 1;
            // Two are joined only where there are two.
            (here.row, here.row.saturating_add(more))
        };
        if first >= self.lines.last() {
            return false;
        }
        let last = last.min(self.lines.last());
        let mut text = self.lines.line(first).to_owned();
        let mut joint = text.len();
        for row in first + 1..=last {
            let line = self.lines.line(row);
            joint = text.len();
            if spaced {
                let line = line.trim_start_matches([' ', '\t']);
                let is_set_off = text.is_empty() || text.ends_with([' ', '\t']);
                if !line.is_empty() && !line.starts_with(')') && !is_set_off {
                    text.push(' ');
                }
                text.push_str(line);
            } else {
                text.push_str(line);
            }
        }
        let from = Place::new(first, 0);
        let to = Place::new(last, self.lines.line(last).len());
        self.caret.cursor = Place::new(first, here.at.min(self.lines.line(first).len()));
        self.change(
            [(from, to, text)],
            Run::Alone,
            Some(Place::new(first, joint)),
        );
        true
    }
}

/// What goes to the register of the clipboard is sent there.
fn send(register: Option<char>, piece: &Piece, cx: &mut Cx<'_>) {
    if matches!(register, Some('+' | '*')) {
        let end = if piece.lines { "\n" } else { "" };
        cx.took.copied = Some(format!("{}{end}", piece.text));
    }
}

impl Command {
    /// Whether it begins to type.
    pub(super) fn types(&self) -> Option<Mode> {
        match self.act {
            Act::Insert(_) | Act::Operate(Operator::Change, _) => Some(Mode::Insert),
            Act::Overtype => Some(Mode::Replace),
            _ => None,
        }
    }
}
