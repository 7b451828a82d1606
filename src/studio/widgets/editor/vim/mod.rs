//! vim's way of editing: keys in, edits of the editor's text out. Where vim's manual says what a key
//! does, it does that, for as much of vim as a text of SQL wants; what is left out says so.
//!
//! A key becomes part of a command (`parse`), a whole one is plain data (`command`) that can be
//! repeated, and is done by way of a stretch of the text: where a motion leads (`reach`, `seek`,
//! `walk`) or what an object takes in (`object`). What the text means is told by [`Sense`].

use std::borrow::Cow;
use std::ops::Range;

use ratatui::crossterm::event::KeyEvent;

mod command;
mod insert;
mod object;
mod operate;
mod parse;
mod put;
mod reach;
mod registers;
mod run;
mod seek;
mod sheet;
mod visual;
mod walk;

#[cfg(test)]
mod tests;

pub use sheet::SHEET;

use super::Editor;
use super::lines::Place;
use command::{Act, Command, Find, Motion, Over, Sought};
use insert::{Insertion, Typed};
use parse::{Key, Parsed, Pending};
use registers::Registers;

/// What the keys mean now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Mode {
    /// Commands.
    #[default]
    Normal,
    /// Text.
    Insert,
    /// Text, in the place of what is there.
    Replace,
    /// Commands about the characters that are selected.
    Visual,
    /// Commands about the lines that are selected.
    Lines,
}

impl Mode {
    /// Its name on the screen.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Normal => "NORMAL",
            Self::Insert => "INSERT",
            Self::Replace => "REPLACE",
            Self::Visual => "VISUAL",
            Self::Lines => "VISUAL LINE",
        }
    }

    /// Whether keys that type a character are text.
    #[must_use]
    pub fn is_typing(self) -> bool {
        matches!(self, Self::Insert | Self::Replace)
    }
}

/// A statement: its bytes, and where it ends with its semicolon.
pub type Statement = (Range<usize>, usize);

/// What is told of the text: what its brackets and its statements are.
#[derive(Clone, Copy)]
pub struct Sense<'a> {
    /// The bytes of the text that are strings and comments, in order.
    pub quoted: &'a [Range<usize>],
    /// The statement at a byte of the text.
    pub statement: &'a dyn Fn(&str, usize) -> Option<Statement>,
}

impl Sense<'_> {
    /// The string or comment that a byte is in, by its place among them.
    fn range_at(&self, offset: usize) -> Option<usize> {
        let at = self.quoted.partition_point(|range| range.end <= offset);
        let range = self.quoted.get(at)?;
        range.contains(&offset).then_some(at)
    }
}

/// What is remembered from one text to another.
#[derive(Debug, Default)]
pub struct Memory {
    registers: Registers,
    find: Option<Find>,
    sought: Option<Sought>,
    /// What `.` does, and what was typed with it.
    last: Option<(Command, Vec<Typed>)>,
}

impl Memory {
    /// What was looked for last.
    #[must_use]
    pub fn needle(&self) -> Option<&str> {
        self.sought.as_ref().map(|sought| sought.typed.as_str())
    }
}

/// What came of a key, beside what is seen.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Took {
    /// Whether the text changed.
    pub changed: bool,
    /// What is to be put on the clipboard.
    pub copied: Option<String>,
    /// Why it did nothing.
    pub refused: Option<Cow<'static, str>>,
    /// Whether a text to look for is to be typed: forwards or back. [`Editor::sought`] takes it.
    pub seeks: Option<bool>,
}

/// What a text has going.
#[derive(Debug, Default)]
pub(super) struct Vim {
    mode: Mode,
    pending: Pending,
    insertion: Option<Insertion>,
    /// What was selected last: from where, to where, and how.
    selected: Option<(Place, Place, Mode)>,
    /// The command that waits for what it looks for.
    seeking: Option<Command>,
}

/// What a command works with.
struct Cx<'a> {
    memory: &'a mut Memory,
    sense: &'a Sense<'a>,
    took: Took,
}

impl Editor {
    /// Edits with vim's keys from now on, in normal mode, or without them.
    pub fn set_vim(&mut self, on: bool) {
        if on != self.vim.is_some() {
            self.history.end_group();
            self.caret.anchor = None;
            self.vim = on.then(Vim::default);
            self.settle();
        }
    }

    /// The mode; there is one with vim's keys only.
    #[must_use]
    pub fn mode(&self) -> Option<Mode> {
        self.vim.as_ref().map(|vim| vim.mode)
    }

    /// The keys of a command that is not whole yet.
    #[must_use]
    pub fn pending(&self) -> &str {
        self.vim.as_ref().map_or("", |vim| vim.pending.keys())
    }

    /// Whether there is something to leave: a mode that is not normal, a command that is not whole.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        self.mode().is_some_and(|mode| mode != Mode::Normal) || !self.pending().is_empty()
    }

    /// Forgets the keys of a command that is not whole.
    pub fn forget(&mut self) {
        if let Some(vim) = &mut self.vim {
            vim.pending = Pending::default();
            vim.seeking = None;
        }
    }

    /// Takes a key with vim's meaning.
    pub fn vim_key(&mut self, key: &KeyEvent, memory: &mut Memory, sense: &Sense<'_>) -> Took {
        self.settle();
        let before = self.revision();
        let Some(vim) = &mut self.vim else {
            return Took::default();
        };
        vim.seeking = None;
        let mut cx = Cx {
            memory,
            sense,
            took: Took::default(),
        };
        let name = Key::of(key);
        if name == Key::Named("esc") {
            self.leave(cx.memory);
        } else if vim.mode.is_typing() {
            self.typed(key, cx.memory);
        } else {
            let selecting = matches!(vim.mode, Mode::Visual | Mode::Lines);
            match vim.pending.take(name, selecting) {
                Parsed::More | Parsed::Nothing => {}
                Parsed::Refused(why) => cx.took.refused = Some(why.into()),
                Parsed::Whole(command) => self.command(command, &mut cx),
            }
        }
        self.settle();
        let mut took = cx.took;
        took.changed = self.revision() != before;
        took
    }

    /// Takes what was typed to be looked for, and does what waited for it.
    pub fn sought(&mut self, typed: &str, memory: &mut Memory, sense: &Sense<'_>) -> Took {
        let before = self.revision();
        let seeking = self.vim.as_mut().and_then(|vim| vim.seeking.take());
        let mut command =
            seeking.unwrap_or(Command::plain(Act::Move(Motion::Search { back: false })));
        let sought = |motion: &mut Motion| {
            if let Motion::Search { back } = *motion {
                *motion = Motion::Sought(Sought {
                    typed: typed.to_owned(),
                    back,
                    whole: false,
                    from: None,
                });
            }
        };
        match &mut command.act {
            Act::Move(motion) | Act::Operate(_, Over::Motion(motion)) => sought(motion),
            _ => {}
        }
        let mut cx = Cx {
            memory,
            sense,
            took: Took::default(),
        };
        self.command(command, &mut cx);
        self.settle();
        let mut took = cx.took;
        took.changed = self.revision() != before;
        took
    }

    /// Goes on to the next place of what was looked for, or back.
    pub fn seek_again(&mut self, turned: bool, memory: &mut Memory, sense: &Sense<'_>) -> Took {
        let mut cx = Cx {
            memory,
            sense,
            took: Took::default(),
        };
        let motion = Motion::SearchAgain { turned };
        self.command(Command::plain(Act::Move(motion)), &mut cx);
        self.settle();
        cx.took
    }

    /// Makes the last step again that was taken back, where keys are commands; `false` where they are
    /// text, and the next one names a register to be put in.
    pub fn redo_or_name(&mut self, memory: &mut Memory, sense: &Sense<'_>) -> Took {
        let key = KeyEvent::new(
            ratatui::crossterm::event::KeyCode::Char('r'),
            ratatui::crossterm::event::KeyModifiers::CONTROL,
        );
        self.vim_key(&key, memory, sense)
    }

    /// Leaves what is going on for normal mode.
    pub fn leave(&mut self, memory: &mut Memory) {
        let Some(vim) = &mut self.vim else {
            return;
        };
        let is_idle = vim.pending.keys().is_empty();
        vim.pending = Pending::default();
        vim.seeking = None;
        match vim.mode {
            Mode::Insert | Mode::Replace => self.end_insertion(memory),
            Mode::Visual | Mode::Lines if is_idle => self.end_selection(),
            _ => {}
        }
        self.settle();
    }

    /// Begins to type at the cursor.
    pub fn begin_typing(&mut self) {
        if self.vim.is_some() && !self.mode().is_some_and(Mode::is_typing) {
            self.forget();
            self.end_selection();
            self.begin_insertion(Command::plain(Act::Insert(command::At::Cursor)));
        }
    }

    /// Pastes what the terminal brings, in any mode and without one.
    pub fn paste_whole(&mut self, text: &str) {
        self.settle();
        self.forget();
        if self.mode() == Some(Mode::Normal) {
            let row = self.caret.cursor.row;
            // Behind the last character, where one goes on typing.
            if self.caret.cursor.at == self.last_unit(row) {
                self.caret.cursor.at = self.lines.line(row).len();
            }
        }
        self.paste(text);
        self.settle();
    }

    /// Whether a selection is made by commands.
    pub(super) fn is_selecting(&self) -> bool {
        matches!(self.mode(), Some(Mode::Visual | Mode::Lines))
    }

    /// What is selected by commands: the characters at both ends are, or the whole lines.
    pub(super) fn selected_in_vim(&self) -> Option<(Place, Place)> {
        let (one, other) = (self.caret.anchor?, self.caret.cursor);
        let (from, to) = (one.min(other), one.max(other));
        let below = Place::new(to.row + 1, 0);
        let line = self.lines.line(to.row);
        let (from, to) = match self.mode()? {
            Mode::Lines => (Place::new(from.row, 0), below),
            _ if to.at < line.len() => (from, Place::new(to.row, super::units::next(line, to.at))),
            _ => (from, below),
        };
        let to = to.min(self.lines.end());
        (from < to).then_some((from, to))
    }

    /// Makes true what the mode wants, whatever else has moved the cursor, selected or changed the
    /// text: in normal mode the cursor is at a character, and what is selected is so in a mode for it.
    pub(super) fn settle(&mut self) {
        let Some(mode) = self.mode().filter(|mode| !mode.is_typing()) else {
            return;
        };
        match (mode, self.caret.anchor) {
            (Mode::Visual | Mode::Lines, None) => self.set_mode(Mode::Normal),
            (Mode::Normal, Some(anchor)) => {
                if anchor == self.caret.cursor {
                    self.caret.anchor = None;
                } else {
                    self.set_mode(Mode::Visual);
                    if anchor < self.caret.cursor {
                        self.step_back_inside(anchor);
                    }
                }
            }
            _ => {}
        }
        let Place { row, at } = self.caret.cursor;
        // The end of a line can be selected, and only then gone to.
        if !self.is_selecting() {
            self.caret.cursor.at = at.min(self.last_unit(row));
        }
    }

    /// From behind what is selected to its last character.
    fn step_back_inside(&mut self, anchor: Place) {
        let mut walk = walk::Walk::new(&self.lines, self.caret.cursor, false);
        walk.back_over();
        self.caret.cursor = walk.place.max(anchor);
    }

    fn set_mode(&mut self, mode: Mode) {
        if let Some(vim) = &mut self.vim {
            vim.mode = mode;
        }
    }
}
