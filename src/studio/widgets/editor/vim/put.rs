//! Putting back what was taken.

use super::command::Command;
use super::object::Stretch;
use super::registers::Piece;
use super::run::bounded;
use super::{Cx, Mode};
use crate::studio::widgets::editor::Editor;
use crate::studio::widgets::editor::history::Run;
use crate::studio::widgets::editor::lines::{Lines, Place};
use crate::studio::widgets::editor::units;

impl Editor {
    /// Puts what a register holds before the cursor or behind it, or in the place of what is selected.
    pub(super) fn put_register(&mut self, command: &Command, before: bool, cx: &mut Cx<'_>) {
        let Some(piece) = cx.memory.registers.get(command.register).cloned() else {
            cx.took.refused = Some(match command.register {
                Some('+' | '*') => {
                    "the terminal's clipboard is not read: paste with the terminal's own key".into()
                }
                Some(name) => format!("nothing is in the register {name}").into(),
                None => "nothing was taken or copied yet".into(),
            });
            return;
        };
        let times = bounded(command.times(), &piece.text);
        if self.is_selecting() {
            let (stretch, _) = self.taken(false);
            let taken = self.piece(stretch);
            self.end_selection();
            self.put_over(stretch, &piece, times);
            if !before {
                cx.memory.registers.delete(None, taken, false);
            }
            return;
        }
        self.put_at(&piece, before, times);
        cx.memory.last = Some((command.clone(), Vec::new()));
    }

    fn put_at(&mut self, piece: &Piece, before: bool, times: usize) {
        let here = self.caret.cursor;
        let line = self.lines.line(here.row);
        if piece.lines {
            let text = vec![piece.text.as_str(); times].join("\n");
            let (at, text, row) = if before {
                (Place::new(here.row, 0), format!("{text}\n"), here.row)
            } else {
                let end = Place::new(here.row, line.len());
                (end, format!("\n{text}"), here.row + 1)
            };
            self.change([(at, at, text)], Run::Alone, None);
            self.caret.cursor = self.first_of(row);
            return;
        }
        let at = if before || line.is_empty() {
            here
        } else {
            Place::new(here.row, units::next(line, here.at))
        };
        let text = piece.text.repeat(times);
        self.put_characters(at, at, &text);
    }

    /// The cursor at the last character that is put in; at the first one, where these are several
    /// lines.
    fn put_characters(&mut self, from: Place, to: Place, text: &str) {
        let end = Lines::end_of(from, text);
        self.change([(from, to, text.to_owned())], Run::Alone, None);
        self.caret.cursor = if text.contains('\n') {
            from
        } else {
            let line = self.lines.line(end.row);
            Place::new(end.row, units::previous(line, end.at).max(from.at))
        };
    }

    fn put_over(&mut self, stretch: Stretch, piece: &Piece, times: usize) {
        match stretch {
            Stretch::Characters(from, to) if piece.lines => {
                self.caret.cursor = from;
                let text = vec![piece.text.as_str(); times].join("\n");
                self.change([(from, to, format!("\n{text}\n"))], Run::Alone, None);
                self.caret.cursor = self.first_of(from.row + 1);
            }
            Stretch::Characters(from, to) => {
                self.caret.cursor = from;
                self.put_characters(from, to, &piece.text.repeat(times));
            }
            Stretch::Lines(first, last) => {
                let from = Place::new(first, 0);
                let to = Place::new(last, self.lines.line(last).len());
                self.caret.cursor = from;
                let text = vec![piece.text.as_str(); times].join("\n");
                self.change([(from, to, text)], Run::Alone, None);
                self.caret.cursor = if piece.lines {
                    self.first_of(first)
                } else {
                    from
                };
            }
        }
    }

    /// Types what a register holds.
    pub(super) fn type_register(&mut self, piece: &Piece) {
        let end = if piece.lines { "\n" } else { "" };
        let text = format!("{}{end}", piece.text);
        debug_assert!(self.mode().is_some_and(Mode::is_typing));
        self.paste(&text);
    }
}
