//! Typing, deleting, and what is cut, copied and pasted.

use std::ops::Range;

use super::Editor;
use super::history::{Caret, Class, Run};
use super::lines::Place;
use super::motion::Motion;

impl Editor {
    /// Replaces the whole text, which can be undone at once; `true` if it changed. What is the same
    /// before and after stays, and the cursor with it.
    pub fn set_text(&mut self, text: &str) -> bool {
        let old = self.text();
        let same = old.bytes().zip(text.bytes());
        let head = same.take_while(|(one, other)| one == other).count();
        let head = text.floor_char_boundary(head);
        let same = old[head..].bytes().rev().zip(text[head..].bytes().rev());
        let tail = same.take_while(|(one, other)| one == other).count();
        let tail = text.len() - text.ceil_char_boundary(text.len() - tail);
        let from = self.lines.place(head);
        let to = self.lines.place(old.len() - tail);
        let with = text[head..text.len() - tail].to_owned();
        self.caret.anchor = None;
        self.change([(from, to, with)], Run::Alone, None)
    }

    /// Replaces the whole text with the same in another form, which can be undone at once. The cursor and
    /// what is selected go where `place` says that a byte of the old text is in the new one.
    pub fn reflow(&mut self, text: &str, place: impl Fn(usize) -> usize) {
        let cursor = place(self.offset());
        let anchor = self
            .caret
            .anchor
            .map(|anchor| place(self.lines.offset(anchor)));
        if !self.set_text(text) {
            return;
        }
        self.caret = Caret {
            cursor: self.lines.place(cursor),
            anchor: anchor.map(|anchor| self.lines.place(anchor)),
        };
        self.history.amend(self.caret);
    }

    /// Types a character, over what is selected.
    pub fn insert(&mut self, ch: char) -> bool {
        if ch == '\n' {
            return self.paste("\n");
        }
        let mut buffer = [0; 4];
        let text = ch.encode_utf8(&mut buffer);
        let (from, to) = self.replaced();
        if from < to {
            // Taking away what is selected and what is typed over it are one step.
            self.history.end_run();
        }
        self.put((from, to), text, Run::Typing(Class::of(ch)))
    }

    /// Pastes a text, over what is selected.
    pub fn paste(&mut self, text: &str) -> bool {
        let place = self.replaced();
        self.put(place, text, Run::Alone)
    }

    /// Replaces bytes of the text, the cursor after what is put there: a completion is taken.
    pub fn replace_range(&mut self, range: &Range<usize>, with: &str) -> bool {
        let from = self.lines.place(range.start);
        let to = self.lines.place(range.end).max(from);
        self.put((from, to), with, Run::Alone)
    }

    /// What is selected.
    #[must_use]
    pub fn copy(&self) -> Option<String> {
        let (from, to) = self.selected()?;
        Some(self.lines.slice(from, to))
    }

    /// Takes what is selected away.
    pub fn cut(&mut self) -> Option<String> {
        let (from, to) = self.selected()?;
        let text = self.lines.slice(from, to);
        self.put((from, to), "", Run::Alone);
        self.cut.clone_from(&text);
        Some(text)
    }

    /// Takes the last step back; `false` if there is none.
    pub fn undo(&mut self) -> bool {
        let undone = self.history.undo(&mut self.lines);
        self.restore(undone)
    }

    /// Makes the last step again that was taken back; `false` if there is none.
    pub fn redo(&mut self) -> bool {
        let redone = self.history.redo(&mut self.lines);
        self.restore(redone)
    }

    fn restore(&mut self, step: Option<(Caret, usize)>) -> bool {
        let Some((caret, first)) = step else {
            return false;
        };
        self.caret = caret;
        self.goal = None;
        self.view.is_loose = false;
        self.changes.add(first);
        self.break_insertion();
        true
    }

    /// Takes away what is selected, or else what a motion goes over.
    pub(super) fn delete(&mut self, motion: Motion) -> bool {
        if self.selected().is_some() {
            let place = self.replaced();
            return self.put(place, "", Run::Alone);
        }
        let (from, to) = self.over(motion);
        let class = Class::of_text(&self.lines.slice(from, to));
        let run = if to == self.caret.cursor {
            Run::Before(class)
        } else {
            Run::After(class)
        };
        self.put((from, to), "", run)
    }

    /// The same, to be pasted again.
    pub(super) fn kill(&mut self, motion: Motion) -> bool {
        let (from, to) = self.selected().unwrap_or_else(|| self.over(motion));
        let text = self.lines.slice(from, to);
        if !text.is_empty() {
            self.cut = text;
        }
        self.put((from, to), "", Run::Alone)
    }

    fn over(&self, motion: Motion) -> (Place, Place) {
        let here = self.caret.cursor;
        let mut there = self.target(motion).0;
        if there == here {
            // The end of a line is taken away where nothing is left before it.
            there = match motion {
                Motion::LineStart => self.target(Motion::Left).0,
                Motion::LineEnd => self.target(Motion::Right).0,
                _ => there,
            };
        }
        (here.min(there), here.max(there))
    }

    fn replaced(&self) -> (Place, Place) {
        let here = self.caret.cursor;
        self.selected().unwrap_or((here, here))
    }
}
