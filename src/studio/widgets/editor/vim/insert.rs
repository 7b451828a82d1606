//! Typing: what begins it, what is typed, and what of it is done again.

use ratatui::crossterm::event::KeyEvent;

use super::command::{Act, At, Command};
use super::parse::{Key, is_register};
use super::run::bounded;
use super::walk::Walk;
use super::{Memory, Mode};
use crate::studio::widgets::editor::Editor;
use crate::studio::widgets::editor::history::{Caret, Class, Run};
use crate::studio::widgets::editor::indent::indentation;
use crate::studio::widgets::editor::lines::{Lines, Place};
use crate::studio::widgets::editor::motion;
use crate::studio::widgets::editor::units;

/// What is more than text is done again so many times at most.
const OFTEN: usize = 10_000;

/// A change at the cursor, so that it can be made elsewhere: so many characters before it and behind
/// it became a text. What is offered and taken is one too, and so is what is pasted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Typed {
    back: usize,
    ahead: usize,
    text: String,
}

/// Typing that goes on.
#[derive(Debug)]
pub(super) struct Insertion {
    /// What began it, and is repeated with it.
    command: Command,
    typed: Vec<Typed>,
    /// What was there before it was typed over, for taking it back.
    covered: Vec<String>,
    /// Whether the line is only an indentation that nobody typed.
    indented: bool,
    /// Whether the next key names a register.
    naming: bool,
}

impl Insertion {
    fn of(command: Command) -> Self {
        Self {
            command,
            typed: Vec::new(),
            covered: Vec::new(),
            indented: false,
            naming: false,
        }
    }

    fn note(&mut self, back: usize, ahead: usize, text: &str) {
        self.indented = false;
        if let Some(last) = self.typed.last_mut().filter(|_| ahead == 0) {
            let kept = last.text.chars().count().checked_sub(back);
            if let Some(kept) = kept {
                let end = last.text.char_indices().nth(kept);
                let end = end.map_or(last.text.len(), |(at, _)| at);
                last.text.truncate(end);
                last.text.push_str(text);
                return;
            }
        }
        let text = text.to_owned();
        self.typed.push(Typed { back, ahead, text });
    }
}

impl Editor {
    /// Begins to type where a command says.
    pub(super) fn begin_insertion(&mut self, command: Command) {
        let Some(mode) = command.types() else {
            return;
        };
        if let Act::Insert(at) = command.act {
            self.go_to_insertion(at);
        }
        self.set_mode(mode);
        self.caret.anchor = None;
        let indented =
            matches!(command.act, Act::Insert(At::Below | At::Above)) && self.caret.cursor.at > 0;
        if let Some(vim) = &mut self.vim {
            vim.insertion = Some(Insertion::of(command));
        }
        self.mark_indented(indented);
    }

    /// The line is only an indentation, which goes if nothing is typed.
    pub(in crate::studio::widgets::editor) fn mark_indented(&mut self, indented: bool) {
        if let Some(insertion) = self.insertion() {
            insertion.indented = indented;
        }
    }

    fn insertion(&mut self) -> Option<&mut Insertion> {
        self.vim.as_mut()?.insertion.as_mut()
    }

    fn go_to_insertion(&mut self, at: At) {
        if self.is_selecting() {
            let (from, to) = self.selected().unwrap_or_default();
            self.end_selection();
            let mut end = to;
            if to.at == 0 && to.row > from.row {
                end = Place::new(to.row - 1, self.lines.line(to.row - 1).len());
            }
            self.move_to(if at == At::Behind { end } else { from }, false);
            return;
        }
        let Place { row, at: here } = self.caret.cursor;
        let line = self.lines.line(row);
        let end = line.len();
        let place = match at {
            At::Cursor => self.caret.cursor,
            At::Behind if here < end => Place::new(row, units::next(line, here)),
            At::Behind => Place::new(row, here),
            At::LineStart => Place::new(row, indentation(line)),
            At::ColumnOne => Place::new(row, 0),
            At::LineEnd => Place::new(row, end),
            At::Below | At::Above => {
                let indent = line[..indentation(line)].to_owned();
                if at == At::Below {
                    let from = Place::new(row, end);
                    let cursor = Place::new(row + 1, indent.len());
                    let text = format!("\n{indent}");
                    self.change([(from, from, text)], Run::Alone, Some(cursor));
                } else {
                    let from = Place::new(row, 0);
                    let cursor = Place::new(row, indent.len());
                    let text = format!("{indent}\n");
                    self.change([(from, from, text)], Run::Alone, Some(cursor));
                }
                return;
            }
        };
        self.caret = Caret {
            cursor: place,
            anchor: None,
        };
        self.goal = None;
        self.view.is_loose = false;
    }

    /// Takes a key while text is typed.
    pub(super) fn typed(&mut self, event: &KeyEvent, memory: &Memory) {
        let key = Key::of(event);
        let is_naming = self.insertion().is_some_and(|insertion| {
            std::mem::replace(&mut insertion.naming, key == Key::Ctrl('r'))
        });
        if is_naming {
            if let Key::Char(name) = key
                && is_register(name)
                && let Some(piece) = memory.registers.get(Some(name))
            {
                self.type_register(&piece.clone());
            }
            return;
        }
        let replacing = self.mode() == Some(Mode::Replace);
        match key {
            Key::Ctrl('r') => {}
            Key::Char(ch) if replacing => self.type_over(ch),
            Key::Named("backspace") | Key::Ctrl('h') if replacing => self.uncover(),
            Key::Ctrl('w') => {
                let from = self.word_before();
                self.delete_to(from);
            }
            Key::Ctrl('u') => {
                let row = self.caret.cursor.row;
                self.delete_to(Place::new(row, 0));
            }
            Key::Named("enter") | Key::Ctrl('j') => self.split_line(),
            Key::Ctrl('t') => {
                self.indent();
            }
            Key::Ctrl('d') => {
                self.outdent();
            }
            _ => {
                let (before, revision) = (self.caret.cursor, self.revision());
                self.key(event);
                if before != self.caret.cursor && revision == self.revision() {
                    self.break_insertion();
                }
            }
        }
    }

    /// The cursor was put elsewhere: what is typed from now on is a step of its own, and alone is
    /// repeated.
    pub(in crate::studio::widgets::editor) fn break_insertion(&mut self) {
        let Some(insertion) = self.insertion() else {
            return;
        };
        let act = match insertion.command.act {
            Act::Overtype => Act::Overtype,
            _ => Act::Insert(At::Cursor),
        };
        *insertion = Insertion::of(Command::plain(act));
        self.history.begin_group();
    }

    /// Notes a change, to be made again elsewhere.
    pub(in crate::studio::widgets::editor) fn note(&mut self, from: Place, to: Place, text: &str) {
        let here = self.caret.cursor;
        if from > here || to < here || self.insertion().is_none() {
            return;
        }
        let length = |from, to| self.lines.slice(from, to).chars().count();
        let (back, ahead) = (length(from, here), length(here, to));
        if let Some(insertion) = self.insertion() {
            insertion.note(back, ahead, text);
        }
    }

    /// An indentation that nobody typed is not left behind on an empty line.
    pub(in crate::studio::widgets::editor) fn drop_indentation(&mut self) {
        let Place { row, at } = self.caret.cursor;
        let line = self.lines.line(row);
        let is_only = at == line.len() && line.trim().is_empty();
        if is_only && self.insertion().is_some_and(|insertion| insertion.indented) {
            let from = Place::new(row, 0);
            let to = Place::new(row, at);
            self.unnoted(|editor| {
                editor.change([(from, to, String::new())], Run::Alone, Some(from));
            });
        }
    }

    /// Does what is not to be done again with what is typed.
    fn unnoted(&mut self, act: impl FnOnce(&mut Self)) {
        let insertion = self.vim.as_mut().and_then(|vim| vim.insertion.take());
        act(self);
        if let Some(vim) = &mut self.vim {
            vim.insertion = insertion;
        }
    }

    /// Ends typing: what is wanted several times is typed as often, and one can go on elsewhere.
    pub(super) fn end_insertion(&mut self, memory: &mut Memory) {
        self.drop_indentation();
        let insertion = self.vim.as_mut().and_then(|vim| vim.insertion.take());
        if let Some(Insertion { command, typed, .. }) = insertion {
            if !matches!(command.act, Act::Operate(..)) {
                self.type_more(&command, &typed);
            }
            memory.last = Some((command, typed));
        }
        self.set_mode(Mode::Normal);
        self.history.end_group();
        let Place { row, at } = self.caret.cursor;
        let line = self.lines.line(row);
        self.caret.cursor.at = units::previous(line, at);
        self.caret.anchor = None;
        self.goal = None;
    }

    /// Types what was typed as often as a count wants.
    fn type_more(&mut self, command: &Command, typed: &[Typed]) {
        let more = command.times() - 1;
        let in_lines = matches!(command.act, Act::Insert(At::Below | At::Above));
        if let (
            [
                Typed {
                    back: 0,
                    ahead: 0,
                    text,
                },
            ],
            Act::Insert(_),
            false,
        ) = (typed, &command.act, in_lines)
        {
            let text = text.repeat(bounded(more, text));
            let here = self.caret.cursor;
            let end = Lines::end_of(here, &text);
            self.change([(here, here, text)], Run::Alone, Some(end));
            return;
        }
        for _ in 0..more.min(OFTEN) {
            if in_lines {
                self.go_to_insertion(At::Below);
            }
            self.type_again(typed);
        }
    }

    /// Types again what was typed elsewhere.
    pub(super) fn type_again(&mut self, typed: &[Typed]) {
        let replacing = self.mode() == Some(Mode::Replace);
        for Typed { back, ahead, text } in typed {
            if replacing {
                self.type_over_again(text);
                continue;
            }
            let here = self.caret.cursor;
            let from = self.further(here, *back, false);
            let to = self.further(here, *ahead, true);
            let end = Lines::end_of(from, text);
            self.change([(from, to, text.clone())], Run::Alone, Some(end));
        }
    }

    /// New lines and their indentation go over nothing.
    fn type_over_again(&mut self, text: &str) {
        let mut is_indented = false;
        for ch in text.chars() {
            is_indented = ch == '\n' || is_indented && matches!(ch, ' ' | '\t');
            if is_indented {
                self.paste(ch.encode_utf8(&mut [0; 4]));
            } else {
                self.type_over(ch);
            }
        }
    }

    /// So many characters on; the end of a line is one.
    fn further(&self, mut place: Place, characters: usize, ahead: bool) -> Place {
        for _ in 0..characters {
            let line = self.lines.line(place.row);
            if ahead {
                match line[place.at..].chars().next() {
                    Some(ch) => place.at += ch.len_utf8(),
                    None if place.row < self.lines.last() => place = Place::new(place.row + 1, 0),
                    None => break,
                }
            } else {
                match (line[..place.at].chars().next_back(), place.row) {
                    (Some(ch), _) => place.at -= ch.len_utf8(),
                    (None, 0) => break,
                    (None, row) => place = Place::new(row - 1, self.lines.line(row - 1).len()),
                }
            }
        }
        place
    }

    fn type_over(&mut self, ch: char) {
        let from = self.caret.cursor;
        let line = self.lines.line(from.row);
        let to = if from.at < line.len() {
            Place::new(from.row, units::next(line, from.at))
        } else {
            from
        };
        let covered = self.lines.slice(from, to);
        let end = Place::new(from.row, from.at + ch.len_utf8());
        self.unnoted(|editor| {
            editor.change([(from, to, ch.to_string())], Run::Alone, Some(end));
        });
        if let Some(insertion) = self.insertion() {
            insertion.covered.push(covered);
            insertion.note(0, 0, ch.encode_utf8(&mut [0; 4]));
        }
    }

    /// Takes back the last character that was typed over another one; where there is none, goes back.
    fn uncover(&mut self) {
        let end = self.caret.cursor;
        let line = self.lines.line(end.row);
        let Some(ch) = line[..end.at].chars().next_back() else {
            return;
        };
        let from = Place::new(end.row, end.at - ch.len_utf8());
        let covered = self.insertion().and_then(|one| one.covered.pop());
        let Some(covered) = covered else {
            self.caret.cursor = from;
            return self.break_insertion();
        };
        self.unnoted(|editor| {
            editor.change([(from, end, covered)], Run::Alone, Some(from));
        });
        if let Some(insertion) = self.insertion() {
            insertion.note(1, 0, "");
        }
    }

    /// Where what is typed begins; where nothing is, the beginning of the text.
    fn typed_from(&self) -> Place {
        let insertion = self.vim.as_ref().and_then(|vim| vim.insertion.as_ref());
        match insertion.map(|insertion| insertion.typed.as_slice()) {
            Some([Typed { back: 0, text, .. }]) if !text.is_empty() => {
                self.further(self.caret.cursor, text.chars().count(), false)
            }
            _ => Place::default(),
        }
    }

    /// Begins a new line; the spaces behind the cursor go.
    fn split_line(&mut self) {
        let Place { row, at } = self.caret.cursor;
        let line = self.lines.line(row);
        let is_blank = [' ', '\t'];
        let behind = line.len() - line[at..].trim_start_matches(is_blank).len();
        let (from, to) = (Place::new(row, at), Place::new(row, behind));
        self.unnoted(|editor| {
            editor.change([(from, to, String::new())], Run::Alone, Some(from));
        });
        self.new_line();
    }

    /// Where the word before the cursor begins, with the spaces behind it.
    fn word_before(&self) -> Place {
        let mut walk = Walk::new(&self.lines, self.caret.cursor, false);
        walk.back();
        while walk.class() == Class::Space && walk.place.at > 0 {
            walk.back();
        }
        walk.run_start();
        walk.place
    }

    /// Deletes what is before the cursor, back to a place in its line: first what is typed, and what
    /// was there with the next key. At the beginning of the line, the end of the one before.
    fn delete_to(&mut self, place: Place) {
        let here = self.caret.cursor;
        if here.at == 0 {
            if self.mode() != Some(Mode::Replace) {
                self.delete(motion::Motion::Left);
            }
            return;
        }
        let from = place.max(self.typed_from());
        if self.mode() != Some(Mode::Replace) {
            self.change([(from, here, String::new())], Run::Alone, Some(from));
            return;
        }
        while self.caret.cursor > from {
            self.uncover();
        }
    }
}
