//! What can be asked for in normal mode and with a selection, as plain data: so it can be repeated.

use super::parse::Key;
use crate::studio::widgets::editor::lines::Place;

/// A whole command.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Command {
    pub register: Option<char>,
    pub count: Option<usize>,
    pub act: Act,
}

impl Command {
    /// One without register and count.
    pub(super) fn plain(act: Act) -> Self {
        Self {
            register: None,
            count: None,
            act,
        }
    }

    /// How often; once, where nothing was said.
    pub(super) fn times(&self) -> usize {
        self.count.unwrap_or(1)
    }
}

/// What is done.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Act {
    Move(Motion),
    Operate(Operator, Over),
    /// Begins to type.
    Insert(At),
    /// Begins to type over what is there.
    Overtype,
    Replace(char),
    Put {
        before: bool,
    },
    Toggle,
    Join {
        spaced: bool,
    },
    Undo,
    Redo,
    Repeat,
    Visual {
        lines: bool,
    },
    /// Selects again what was selected last.
    Reselect,
    /// Goes to the other end of what is selected.
    Swap,
    Select(Select),
    Scroll(Scroll),
}

/// Where typing begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum At {
    Cursor,
    Behind,
    LineStart,
    ColumnOne,
    LineEnd,
    Below,
    Above,
}

/// What is done to a stretch of the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Operator {
    Delete,
    Change,
    Yank,
    Right,
    Left,
    Lower,
    Upper,
    Toggle,
}

impl Operator {
    pub(super) fn named(ch: char) -> Option<Self> {
        Some(match ch {
            'd' => Self::Delete,
            'c' => Self::Change,
            'y' => Self::Yank,
            '>' => Self::Right,
            '<' => Self::Left,
            _ => return None,
        })
    }

    /// Whether this key behind the operator means whole lines.
    pub(super) fn is_doubled_by(self, ch: char) -> bool {
        ch == match self {
            Self::Delete => 'd',
            Self::Change => 'c',
            Self::Yank => 'y',
            Self::Right => '>',
            Self::Left => '<',
            Self::Lower => 'u',
            Self::Upper => 'U',
            Self::Toggle => '~',
        }
    }
}

/// What an operator is about.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Over {
    Motion(Motion),
    Object(Select),
    /// Whole lines, as many as are counted.
    Lines,
    /// What is selected; the whole lines of it, where these are meant.
    Selected {
        lines: bool,
    },
    /// As much as was selected when it was done first: so many lines more, and on the last one so
    /// many characters; or whole lines.
    Extent(Extent),
}

/// How much was selected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Extent {
    pub rows: usize,
    pub columns: usize,
    pub lines: bool,
}

/// A way to go.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Motion {
    Left,
    Right,
    /// Left, and on to the line before.
    Back,
    /// Right, and on to the next line.
    Forth,
    Up,
    Down,
    /// To the first character of the line before, or the next.
    LineUp,
    LineDown,
    /// To the first character of the line.
    ThisLine,
    LineStart,
    FirstNonBlank,
    LineEnd,
    LastNonBlank,
    Column,
    First,
    Last,
    Screen(Way),
    Word {
        big: bool,
    },
    WordEnd {
        big: bool,
    },
    WordBack {
        big: bool,
    },
    WordEndBack {
        big: bool,
    },
    ParagraphBack,
    Paragraph,
    Pair,
    Find(Find),
    FindAgain {
        turned: bool,
    },
    /// To what is typed next, in a line of its own.
    Search {
        back: bool,
    },
    /// To what was typed there.
    Sought(Sought),
    SearchAgain {
        turned: bool,
    },
    /// To the next place of the word under the cursor.
    Under {
        back: bool,
    },
}

impl Motion {
    pub(super) fn named(key: Key) -> Option<Self> {
        Some(match key {
            Key::Char('h') | Key::Ctrl('h') => Self::Left,
            Key::Char('l') => Self::Right,
            Key::Named("backspace") => Self::Back,
            Key::Char(' ') => Self::Forth,
            Key::Char('k') => Self::Up,
            Key::Char('j') | Key::Ctrl('j' | 'n') => Self::Down,
            Key::Char('-') => Self::LineUp,
            Key::Char('+') | Key::Named("enter") | Key::Ctrl('m') => Self::LineDown,
            Key::Char('_') => Self::ThisLine,
            Key::Char('0') | Key::Named("home") => Self::LineStart,
            Key::Char('^') => Self::FirstNonBlank,
            Key::Char('$') => Self::LineEnd,
            Key::Char('|') => Self::Column,
            Key::Char('G') => Self::Last,
            Key::Named("start") => Self::First,
            Key::Char('H') => Self::Screen(Way::Top),
            Key::Char('M') => Self::Screen(Way::Middle),
            Key::Char('L') => Self::Screen(Way::Bottom),
            Key::Char('w') => Self::Word { big: false },
            Key::Char('W') => Self::Word { big: true },
            Key::Char('e') => Self::WordEnd { big: false },
            Key::Char('E') => Self::WordEnd { big: true },
            Key::Char('b') => Self::WordBack { big: false },
            Key::Char('B') => Self::WordBack { big: true },
            Key::Char('{') => Self::ParagraphBack,
            Key::Char('}') => Self::Paragraph,
            Key::Char('%') => Self::Pair,
            Key::Char(';') => Self::FindAgain { turned: false },
            Key::Char(',') => Self::FindAgain { turned: true },
            Key::Char('/') => Self::Search { back: false },
            Key::Char('?') => Self::Search { back: true },
            Key::Char('n') => Self::SearchAgain { turned: false },
            Key::Char('N') => Self::SearchAgain { turned: true },
            Key::Char('*') => Self::Under { back: false },
            Key::Char('#') => Self::Under { back: true },
            _ => return None,
        })
    }

    /// Whether what is deleted over it is numbered among the large deletions, however short it is.
    pub(super) fn is_numbered(&self) -> bool {
        matches!(
            self,
            Self::Pair
                | Self::Paragraph
                | Self::ParagraphBack
                | Self::Sought(_)
                | Self::SearchAgain { .. }
        )
    }
}

/// A character to find in the line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Find {
    pub ch: char,
    /// Whether the character before it is gone to.
    pub before: bool,
    pub back: bool,
    /// Whether it was found before: where the cursor stands beside it, the next one is meant.
    pub again: bool,
}

/// What is looked for in the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Sought {
    pub typed: String,
    pub back: bool,
    /// Whether only whole words count.
    pub whole: bool,
    /// From where, if not from the cursor.
    pub from: Option<Place>,
}

/// Where in view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    Top,
    Middle,
    Bottom,
}

/// Which way what is in view goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Slide {
    Up,
    Down,
}

/// What is brought into view.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scroll {
    Half(Slide),
    Page(Slide),
    Line(Slide),
    CursorTo(Way),
}

/// An object of the text, with what is around it or without.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Select {
    pub object: Object,
    pub around: bool,
}

/// What the text is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Object {
    Word { big: bool },
    Quoted(char),
    Bracket(char, char),
    Paragraph,
    Statement,
}

impl Object {
    pub(super) fn named(ch: char) -> Option<Self> {
        Some(match ch {
            'w' => Self::Word { big: false },
            'W' => Self::Word { big: true },
            '"' | '\'' | '`' => Self::Quoted(ch),
            '(' | ')' | 'b' => Self::Bracket('(', ')'),
            '[' | ']' => Self::Bracket('[', ']'),
            '{' | '}' | 'B' => Self::Bracket('{', '}'),
            '<' | '>' => Self::Bracket('<', '>'),
            'p' => Self::Paragraph,
            's' => Self::Statement,
            _ => return None,
        })
    }
}
