//! From keys to commands: what was pressed so far, until it is a whole command or none.

use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use super::command::{
    Act, At, Command, Find, Motion, Object, Operator, Over, Scroll, Select, Slide, Way,
};

/// A count that is never reached by hand, and that nothing overflows with.
const MOST: usize = 999_999_999;

/// A key, as far as it counts here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key {
    Char(char),
    Ctrl(char),
    Named(&'static str),
    Other,
}

impl Key {
    pub(super) fn of(event: &KeyEvent) -> Self {
        let with = event.modifiers;
        let ctrl = with.contains(KeyModifiers::CONTROL);
        if with.contains(KeyModifiers::ALT) {
            return Self::Other;
        }
        match event.code {
            KeyCode::Char(ch) if ctrl => Self::Ctrl(ch.to_ascii_lowercase()),
            KeyCode::Char(ch) => Self::Char(ch),
            KeyCode::Esc => Self::Named("esc"),
            KeyCode::Enter => Self::Named("enter"),
            KeyCode::Backspace => Self::Named("backspace"),
            KeyCode::Delete => Self::Named("delete"),
            KeyCode::Left if ctrl => Self::Char('B'),
            KeyCode::Right if ctrl => Self::Char('W'),
            KeyCode::Left => Self::Char('h'),
            KeyCode::Right => Self::Char('l'),
            KeyCode::Up => Self::Char('k'),
            KeyCode::Down => Self::Char('j'),
            KeyCode::Home if ctrl => Self::Named("start"),
            KeyCode::End if ctrl => Self::Char('G'),
            KeyCode::Home => Self::Named("home"),
            KeyCode::End => Self::Char('$'),
            KeyCode::PageUp => Self::Ctrl('b'),
            KeyCode::PageDown => Self::Ctrl('f'),
            _ => Self::Other,
        }
    }

    /// How it is shown among the keys of a command that is not whole yet.
    fn name(self) -> String {
        match self {
            Self::Char(ch) => ch.to_string(),
            Self::Ctrl(ch) => format!("^{ch}"),
            Self::Named(name) => format!("<{name}>"),
            Self::Other => String::new(),
        }
    }
}

/// What a key made of those before it.
#[derive(Debug, PartialEq)]
pub(super) enum Parsed {
    /// More have to come.
    More,
    Whole(Command),
    /// It means nothing, and so do those before it.
    Nothing,
    /// It means something in vim that there is not here; what is to be said.
    Refused(&'static str),
}

/// What the next key belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Prefix {
    Register,
    /// `f`, `F`, `t`, `T`.
    Find(Find),
    /// `r`.
    Replace,
    /// `g`.
    Go,
    /// `z`.
    Scroll,
    /// `:`: all that is typed up to its end, which would be commands otherwise.
    Line,
    /// `q`, `@`, `m`, `'` and the like: the name behind them.
    Named(&'static str),
    /// `i` or `a`, of an object.
    Object {
        around: bool,
    },
}

/// A command that is not whole yet.
#[derive(Debug, Default)]
pub(super) struct Pending {
    keys: String,
    register: Option<char>,
    count: Option<usize>,
    operator: Option<Operator>,
    /// The count behind the operator.
    inner: Option<usize>,
    prefix: Option<Prefix>,
}

impl Pending {
    /// The keys so far, as they are shown.
    pub(super) fn keys(&self) -> &str {
        &self.keys
    }

    /// Takes a key. While something is selected, operators are about that.
    pub(super) fn take(&mut self, key: Key, selecting: bool) -> Parsed {
        self.keys.push_str(&key.name());
        let parsed = match self.prefix.take() {
            Some(prefix) => self.after(prefix, key, selecting),
            None => self.first(key, selecting),
        };
        if parsed != Parsed::More {
            *self = Self::default();
        }
        parsed
    }

    fn after(&mut self, prefix: Prefix, key: Key, selecting: bool) -> Parsed {
        match (prefix, key) {
            (Prefix::Line, Key::Named("enter")) => Parsed::Refused(
                "there is no : line: ctrl-p finds commands, ctrl-s saves, alt-w closes",
            ),
            (Prefix::Line, _) => self.before(Prefix::Line),
            (Prefix::Named(why), _) => Parsed::Refused(why),
            (Prefix::Register, Key::Char(name)) if is_register(name) => {
                self.register = Some(name);
                Parsed::More
            }
            (Prefix::Register, _) => {
                Parsed::Refused("there is no such register: there are a to z, 0 to 9, - _ + *")
            }
            (Prefix::Find(find), Key::Char(ch)) => self.go(Motion::Find(Find { ch, ..find })),
            (Prefix::Replace, Key::Char(ch)) => self.whole(Act::Replace(ch)),
            (Prefix::Replace, Key::Named("enter")) => self.whole(Act::Replace('\n')),
            (Prefix::Go, Key::Char(ch)) => self.after_g(ch, selecting),
            (Prefix::Scroll, Key::Char(ch)) => match ch {
                'z' | '.' => self.whole(Act::Scroll(Scroll::CursorTo(Way::Middle))),
                't' => self.whole(Act::Scroll(Scroll::CursorTo(Way::Top))),
                'b' | '-' => self.whole(Act::Scroll(Scroll::CursorTo(Way::Bottom))),
                _ => Parsed::Refused("there are no folds here: z knows zz, zt and zb"),
            },
            (Prefix::Object { around }, Key::Char(ch)) => match Object::named(ch) {
                Some(object) => self.select(Select { object, around }, selecting),
                None => Parsed::Nothing,
            },
            _ => Parsed::Nothing,
        }
    }

    fn first(&mut self, key: Key, selecting: bool) -> Parsed {
        if let Key::Char(ch) = key {
            if let Some(parsed) = self.counted(ch) {
                return parsed;
            }
            if let Some(operator) = self.operator {
                if operator.is_doubled_by(ch) {
                    return self.operate(Over::Lines);
                }
            } else if let Some(operator) = Operator::named(ch) {
                return self.begin(operator, selecting);
            }
            let finds = |before: bool, back: bool| Find {
                ch,
                before,
                back,
                again: false,
            };
            self.prefix = match ch {
                '"' => Some(Prefix::Register),
                'f' => Some(Prefix::Find(finds(false, false))),
                'F' => Some(Prefix::Find(finds(false, true))),
                't' => Some(Prefix::Find(finds(true, false))),
                'T' => Some(Prefix::Find(finds(true, true))),
                'g' => Some(Prefix::Go),
                'r' if self.operator.is_none() => Some(Prefix::Replace),
                'z' if self.operator.is_none() => Some(Prefix::Scroll),
                'i' | 'a' if self.operator.is_some() || selecting => {
                    Some(Prefix::Object { around: ch == 'a' })
                }
                _ => None,
            };
            if self.prefix.is_some() {
                return Parsed::More;
            }
        }
        if let Some(motion) = Motion::named(key) {
            return self.go(motion);
        }
        if self.operator.is_some() {
            return Parsed::Nothing;
        }
        if selecting {
            self.selected(key)
        } else {
            self.plain(key)
        }
    }

    /// A digit of a count; a nought begins none.
    fn counted(&mut self, ch: char) -> Option<Parsed> {
        let count = if self.operator.is_some() {
            &mut self.inner
        } else {
            &mut self.count
        };
        let digit = usize::try_from(ch.to_digit(10)?).ok()?;
        if digit == 0 && count.is_none() {
            return None;
        }
        let before = count.unwrap_or(0);
        *count = Some(before.saturating_mul(10).saturating_add(digit).min(MOST));
        Some(Parsed::More)
    }

    fn begin(&mut self, operator: Operator, selecting: bool) -> Parsed {
        if selecting {
            return self.whole(Act::Operate(operator, Over::Selected { lines: false }));
        }
        self.operator = Some(operator);
        Parsed::More
    }

    fn after_g(&mut self, ch: char, selecting: bool) -> Parsed {
        if let Some(operator) = self.operator
            && operator.is_doubled_by(ch)
        {
            return self.operate(Over::Lines);
        }
        let operator = match ch {
            'u' => Some(Operator::Lower),
            'U' => Some(Operator::Upper),
            '~' => Some(Operator::Toggle),
            _ => None,
        };
        match (ch, operator) {
            (_, Some(operator)) if self.operator == Some(operator) => self.operate(Over::Lines),
            (_, Some(operator)) if self.operator.is_none() => self.begin(operator, selecting),
            ('g', _) => self.go(Motion::First),
            ('e', _) => self.go(Motion::WordEndBack { big: false }),
            ('E', _) => self.go(Motion::WordEndBack { big: true }),
            ('_', _) => self.go(Motion::LastNonBlank),
            ('j', _) => self.go(Motion::Down),
            ('k', _) => self.go(Motion::Up),
            ('0', _) => self.go(Motion::LineStart),
            ('$', _) => self.go(Motion::LineEnd),
            ('J', _) if self.operator.is_none() => self.whole(Act::Join { spaced: false }),
            ('v', _) if self.operator.is_none() => self.whole(Act::Reselect),
            ('I', _) if self.operator.is_none() && !selecting => {
                self.whole(Act::Insert(At::ColumnOne))
            }
            _ => Parsed::Nothing,
        }
    }

    /// What is about the text around the cursor.
    fn plain(&mut self, key: Key) -> Parsed {
        use Operator::{Change, Delete, Yank};
        let over = Over::Motion;
        let act = match key {
            Key::Char('i') => Act::Insert(At::Cursor),
            Key::Char('a') => Act::Insert(At::Behind),
            Key::Char('I') => Act::Insert(At::LineStart),
            Key::Char('A') => Act::Insert(At::LineEnd),
            Key::Char('o') => Act::Insert(At::Below),
            Key::Char('O') => Act::Insert(At::Above),
            Key::Char('R') => Act::Overtype,
            Key::Char('x') | Key::Named("delete") => Act::Operate(Delete, over(Motion::Right)),
            Key::Char('X') => Act::Operate(Delete, over(Motion::Left)),
            Key::Char('D') => Act::Operate(Delete, over(Motion::LineEnd)),
            Key::Char('C') => Act::Operate(Change, over(Motion::LineEnd)),
            Key::Char('Y') => Act::Operate(Yank, Over::Lines),
            Key::Char('s') => Act::Operate(Change, over(Motion::Right)),
            Key::Char('S') => Act::Operate(Change, Over::Lines),
            Key::Char('~') => Act::Toggle,
            Key::Char('v') => Act::Visual { lines: false },
            Key::Char('V') => Act::Visual { lines: true },
            Key::Char('u') => Act::Undo,
            Key::Ctrl('r') => Act::Redo,
            Key::Char('.') => Act::Repeat,
            key => return self.either(key),
        };
        self.whole(act)
    }

    /// The next key belongs to this one.
    fn before(&mut self, prefix: Prefix) -> Parsed {
        self.prefix = Some(prefix);
        Parsed::More
    }

    /// What is about what is selected.
    fn selected(&mut self, key: Key) -> Parsed {
        let operate = |operator, lines| Act::Operate(operator, Over::Selected { lines });
        let act = match key {
            Key::Char('x') | Key::Named("delete" | "backspace") => operate(Operator::Delete, false),
            Key::Char('X' | 'D') => operate(Operator::Delete, true),
            Key::Char('s') => operate(Operator::Change, false),
            Key::Char('S' | 'R' | 'C') => operate(Operator::Change, true),
            Key::Char('Y') => operate(Operator::Yank, true),
            Key::Char('u') => operate(Operator::Lower, false),
            Key::Char('U') => operate(Operator::Upper, false),
            Key::Char('~') => operate(Operator::Toggle, false),
            Key::Char('o' | 'O') => Act::Swap,
            Key::Char('I') => Act::Insert(At::Cursor),
            Key::Char('A') => Act::Insert(At::Behind),
            Key::Char('v') => Act::Visual { lines: false },
            Key::Char('V') => Act::Visual { lines: true },
            key => return self.either(key),
        };
        self.whole(act)
    }

    /// What is the same with a selection and without, and what is said of the rest.
    fn either(&mut self, key: Key) -> Parsed {
        let act = match key {
            Key::Char('p') => Act::Put { before: false },
            Key::Char('P') => Act::Put { before: true },
            Key::Char('J') => Act::Join { spaced: true },
            Key::Ctrl('d') => Act::Scroll(Scroll::Half(Slide::Down)),
            Key::Ctrl('u') => Act::Scroll(Scroll::Half(Slide::Up)),
            Key::Ctrl('f') => Act::Scroll(Scroll::Page(Slide::Down)),
            Key::Ctrl('b') => Act::Scroll(Scroll::Page(Slide::Up)),
            Key::Ctrl('e') => Act::Scroll(Scroll::Line(Slide::Down)),
            Key::Ctrl('y') => Act::Scroll(Scroll::Line(Slide::Up)),
            Key::Char(':') => return self.before(Prefix::Line),
            Key::Char('q' | '@') => {
                return self.before(Prefix::Named("there are no macros: . repeats"));
            }
            Key::Char('m' | '\'' | '`') => {
                return self.before(Prefix::Named("there are no marks"));
            }
            Key::Char('=' | '!') => return Parsed::Refused("there is no filter: > and < indent"),
            Key::Ctrl('v') => return Parsed::Refused("there are no blocks: v and V select"),
            Key::Char('U') => return Parsed::Refused("u takes back, step by step"),
            Key::Char('Z') => return Parsed::Refused("ctrl-s saves, alt-w closes the console"),
            _ => return Parsed::Nothing,
        };
        self.whole(act)
    }

    fn go(&mut self, motion: Motion) -> Parsed {
        if self.operator.is_some() {
            return self.operate(Over::Motion(motion));
        }
        self.whole(Act::Move(motion))
    }

    fn select(&mut self, select: Select, selecting: bool) -> Parsed {
        if selecting {
            return self.whole(Act::Select(select));
        }
        self.operate(Over::Object(select))
    }

    fn operate(&mut self, over: Over) -> Parsed {
        match self.operator.take() {
            Some(operator) => self.whole(Act::Operate(operator, over)),
            None => Parsed::Nothing,
        }
    }

    fn whole(&mut self, act: Act) -> Parsed {
        // Both counts together: 2d3w takes six words.
        let count = match (self.count, self.inner) {
            (Some(one), Some(other)) => Some(one.saturating_mul(other).min(MOST)),
            (one, other) => one.or(other),
        };
        Parsed::Whole(Command {
            register: self.register,
            count,
            act,
        })
    }
}

/// Whether a register can have this name.
pub(super) fn is_register(name: char) -> bool {
    name.is_ascii_alphanumeric() || matches!(name, '"' | '-' | '_' | '+' | '*')
}
