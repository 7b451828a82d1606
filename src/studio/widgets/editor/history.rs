//! Undo and redo, by word: what is typed or deleted in one go is taken back in one go.

use std::collections::VecDeque;

use super::lines::{Lines, Place};
use crate::studio::widgets::text::columns;

/// So many steps are remembered; the oldest is forgotten first.
const MOST: usize = 10_000;

/// Where the cursor is, and where the selection began, if there is one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Caret {
    pub cursor: Place,
    pub anchor: Option<Place>,
}

/// What makes a run: a change joins the step before it if that was of the same kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Run {
    /// Typing characters of a class.
    Typing(Class),
    /// Deleting characters of a class before the cursor.
    Before(Class),
    /// Deleting them after it.
    After(Class),
    /// Nothing joins it.
    Alone,
}

/// The classes of characters that words are made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Class {
    /// Letters, digits, `_`, and whatever is written over them.
    Word,
    /// Spaces; the end of a line too.
    Space,
    /// Anything else.
    Sign,
}

impl Class {
    pub(super) fn of(ch: char) -> Self {
        if ch.is_whitespace() {
            Self::Space
        } else if ch.is_alphanumeric() || ch == '_' || columns(ch) == 0 {
            Self::Word
        } else {
            Self::Sign
        }
    }

    /// The class of a text's first character.
    pub(super) fn of_text(text: &str) -> Self {
        text.chars().next().map_or(Self::Space, Self::of)
    }
}

/// One replacement.
#[derive(Debug, Clone)]
pub(super) struct Edit {
    pub from: Place,
    pub removed: String,
    pub inserted: String,
}

/// What is undone together.
#[derive(Debug, Clone)]
struct Step {
    edits: Vec<Edit>,
    before: Caret,
    after: Caret,
}

/// The steps that were made, and those that were taken back.
#[derive(Debug, Clone, Default)]
pub(super) struct History {
    done: VecDeque<Step>,
    undone: Vec<Step>,
    run: Option<Run>,
    group: Group,
}

/// Whether changes of every kind are one step, for as long as that is wanted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Group {
    /// They are not.
    #[default]
    None,
    /// The next one begins the step.
    Empty,
    /// The last step is theirs.
    Begun,
}

impl History {
    /// What comes next begins a step of its own.
    pub(super) fn end_run(&mut self) {
        self.run = None;
    }

    /// All that comes next is one step, up to the end of the group.
    pub(super) fn begin_group(&mut self) {
        self.run = None;
        self.group = Group::Empty;
    }

    pub(super) fn end_group(&mut self) {
        self.run = None;
        self.group = Group::None;
    }

    /// Where the cursor was before the last step.
    pub(super) fn began(&self) -> Option<Caret> {
        self.done.back().map(|step| step.before)
    }

    /// Remembers edits that were made together.
    pub(super) fn push(&mut self, edits: Vec<Edit>, run: Run, before: Caret, after: Caret) {
        self.undone.clear();
        let joins = match self.group {
            Group::None => run != Run::Alone && self.run == Some(run),
            group => group == Group::Begun,
        };
        if self.group == Group::Empty {
            self.group = Group::Begun;
        }
        self.run = Some(run);
        if joins && let Some(step) = self.done.back_mut() {
            step.edits.extend(edits);
            step.after = after;
            return;
        }
        if self.done.len() == MOST {
            self.done.pop_front();
        }
        self.done.push_back(Step {
            edits,
            before,
            after,
        });
    }

    /// The cursor was put elsewhere after the last step.
    pub(super) fn amend(&mut self, after: Caret) {
        if let Some(step) = self.done.back_mut() {
            step.after = after;
        }
    }

    /// Takes the last step back; where the cursor was before it, and the first line that changed.
    pub(super) fn undo(&mut self, lines: &mut Lines) -> Option<(Caret, usize)> {
        self.run = None;
        self.group = match self.group {
            Group::None => Group::None,
            _ => Group::Empty,
        };
        let step = self.done.pop_back()?;
        for edit in step.edits.iter().rev() {
            let end = Lines::end_of(edit.from, &edit.inserted);
            lines.replace(edit.from, end, &edit.removed);
        }
        let (caret, first) = (step.before, step.first());
        self.undone.push(step);
        Some((caret, first))
    }

    /// Makes the last step again that was taken back.
    pub(super) fn redo(&mut self, lines: &mut Lines) -> Option<(Caret, usize)> {
        self.run = None;
        self.group = match self.group {
            Group::None => Group::None,
            _ => Group::Empty,
        };
        let step = self.undone.pop()?;
        for edit in &step.edits {
            let end = Lines::end_of(edit.from, &edit.removed);
            lines.replace(edit.from, end, &edit.inserted);
        }
        let (caret, first) = (step.after, step.first());
        self.done.push_back(step);
        Some((caret, first))
    }
}

impl Step {
    fn first(&self) -> usize {
        let rows = self.edits.iter().map(|edit| edit.from.row);
        rows.min().unwrap_or(0)
    }
}
