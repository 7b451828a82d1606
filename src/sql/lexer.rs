//! PostgreSQL's lexical structure (manual, 4.1), as `scan.l` and psql's `psqlscan.l` read it.
//!
//! Total and lossless: any text becomes tokens that, put together again, are the text, and none of
//! them is empty. Read in one pass, in linear time. `standard_conforming_strings` is taken to be on.
//! A text that ends inside a token leaves a [`State`] from which its next line can be read on.

use std::sync::Arc;

mod token;

pub use token::{Kind, Token};

/// What the end of a text is in the middle of.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum State {
    /// Nothing.
    #[default]
    Normal,
    /// Comments, so many in each other.
    Comment(usize),
    /// A text or a name in quotes; in a text that began with `E` a backslash keeps a quote from
    /// ending it.
    Quoted {
        /// `Text` or `Name`.
        kind: Kind,
        /// Whether backslashes count.
        backslash: bool,
    },
    /// A text that this mark ends, as in `$tag$`.
    Dollar(Arc<str>),
    /// Nothing, but a quote that the next line begins with goes on with the `E'…'` before it.
    Escaped,
}

/// The tokens of a text.
#[derive(Debug, Clone)]
pub struct Lexer<'a> {
    text: &'a str,
    at: usize,
    state: State,
    /// Up to here there are only `+` and `-`, each an operator of its own.
    signs_until: usize,
    escape: Escape,
}

/// Where the last `E'…'` stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Escape {
    /// Something else came behind it.
    Done,
    /// It has ended on this line.
    Ended,
    /// It has ended on a line before: a quote goes on with it.
    Waiting,
}

impl<'a> Lexer<'a> {
    /// Reads a text from its beginning.
    #[must_use]
    pub fn new(text: &'a str) -> Self {
        Self::resumed(text, State::Normal)
    }

    /// Reads a line of which the one before ended in `state`.
    #[must_use]
    pub fn resumed(text: &'a str, state: State) -> Self {
        let (state, escape) = match state {
            State::Escaped => (State::Normal, Escape::Waiting),
            state => (state, Escape::Done),
        };
        Self {
            text,
            at: 0,
            state,
            signs_until: 0,
            escape,
        }
    }

    /// What the text ended in the middle of, once it was read to its end.
    #[must_use]
    pub fn state(self) -> State {
        match self.state {
            State::Normal if self.escape != Escape::Done => State::Escaped,
            state => state,
        }
    }

    /// Goes on from another place, which must be the boundary of a character.
    pub fn go_to(&mut self, at: usize) {
        *self = Self {
            at,
            ..Self::new(self.text)
        };
    }

    fn byte(&self, ahead: usize) -> u8 {
        byte(self.text, self.at + ahead)
    }

    fn run(&self, from: usize, belongs: impl Fn(u8) -> bool) -> usize {
        run(self.text, from, belongs)
    }

    fn token(&mut self) -> Kind {
        let (first, second) = (self.byte(0), self.byte(1));
        match first {
            _ if is_space(first) => {
                self.at = self.run(self.at, is_space);
                Kind::Space
            }
            b'-' if second == b'-' => {
                self.at = self.run(self.at, |byte| !is_line_break(byte));
                Kind::Comment
            }
            b'/' if second == b'*' => self.comment(0),
            b'\'' => self.quoted(1, Kind::Text, false),
            b'"' => self.quoted(1, Kind::Name, false),
            b'E' | b'e' if second == b'\'' => self.quoted(2, Kind::Text, true),
            b'N' | b'n' | b'B' | b'b' | b'X' | b'x' if second == b'\'' => {
                self.quoted(2, Kind::Text, false)
            }
            b'U' | b'u' if second == b'&' && self.byte(2) == b'\'' => {
                self.quoted(3, Kind::Text, false)
            }
            b'U' | b'u' if second == b'&' && self.byte(2) == b'"' => {
                self.quoted(3, Kind::Name, false)
            }
            _ if begins_name(first) => {
                self.at = self.run(self.at, |byte| is_in_tag(byte) || byte == b'$');
                Kind::Word
            }
            b'0'..=b'9' => self.number(),
            b'.' if second.is_ascii_digit() => self.number(),
            b'$' => self.dollar(),
            b':' => self.colon(),
            b'.' if second == b'.' => self.sized(2, Kind::Operator),
            _ if is_operator(first) => self.operator(),
            _ => self.sized(1, Kind::Sign),
        }
    }

    fn sized(&mut self, length: usize, kind: Kind) -> Kind {
        self.at += length;
        kind
    }

    /// The rest of a comment in so many others; its beginning too where that is none.
    fn comment(&mut self, mut depth: usize) -> Kind {
        let bytes = self.text.as_bytes();
        while self.at < bytes.len() {
            match (self.byte(0), self.byte(1)) {
                (b'/', b'*') => {
                    depth += 1;
                    self.at += 2;
                }
                (b'*', b'/') => {
                    depth = depth.saturating_sub(1);
                    self.at += 2;
                    if depth == 0 {
                        return Kind::Comment;
                    }
                }
                _ => self.at += 1,
            }
        }
        self.state = State::Comment(depth);
        Kind::Comment
    }

    /// What is in quotes, which are doubled inside, or follow a backslash. `opening` bytes come
    /// before it.
    fn quoted(&mut self, opening: usize, kind: Kind, backslash: bool) -> Kind {
        let quote = if kind == Kind::Name { b'"' } else { b'\'' };
        self.at += opening;
        loop {
            self.at = self.run(self.at, |byte| {
                byte != quote && !(backslash && byte == b'\\')
            });
            if self.at >= self.text.len() {
                self.state = State::Quoted { kind, backslash };
                return kind;
            }
            if self.byte(0) == b'\\' || self.byte(1) == quote {
                // The byte after a backslash may be the first of several; the rest of them are no
                // quotes.
                self.at = (self.at + 2).min(self.text.len());
                continue;
            }
            self.at += 1;
            let after = (kind == Kind::Text).then(|| self.continuation());
            let Some(after) = after.flatten() else {
                if backslash {
                    self.escape = Escape::Ended;
                }
                return kind;
            };
            self.at = after;
        }
    }

    /// Behind the quote with which a text goes on: only spaces with a line break among them, and
    /// comments to the end of a line, may stand between.
    fn continuation(&self) -> Option<usize> {
        let mut at = self.at;
        let mut broken = false;
        loop {
            match (byte(self.text, at), byte(self.text, at + 1)) {
                (b'\'', _) if broken => return Some(at + 1),
                (b'-', b'-') => at = self.run(at, |byte| !is_line_break(byte)),
                (first, _) if is_space(first) => {
                    broken |= is_line_break(first);
                    at += 1;
                }
                _ => return None,
            }
        }
    }

    /// `$1`, `$tag$ … $tag$`, or a dollar sign.
    fn dollar(&mut self) -> Kind {
        let after = self.at + 1;
        let first = self.byte(1);
        if first.is_ascii_digit() {
            self.at = self.run(after, |byte| byte.is_ascii_digit());
            return Kind::Parameter;
        }
        let tag = self.run(after, is_in_tag);
        if byte(self.text, tag) != b'$' {
            return self.sized(1, Kind::Sign);
        }
        let mark = &self.text[self.at..=tag];
        self.at = tag + 1;
        self.until(mark)
    }

    /// A dollar-quoted text up to its mark.
    fn until(&mut self, mark: &str) -> Kind {
        if let Some(length) = self.text[self.at..].find(mark) {
            self.at += length + mark.len();
        } else {
            self.at = self.text.len();
            self.state = State::Dollar(mark.into());
        }
        Kind::Dollar
    }

    fn number(&mut self) -> Kind {
        let radix: fn(u8) -> bool = match (self.byte(0), self.byte(1)) {
            (b'0', b'x' | b'X') => |byte| byte.is_ascii_hexdigit(),
            (b'0', b'o' | b'O') => |byte| matches!(byte, b'0'..=b'7'),
            (b'0', b'b' | b'B') => |byte| matches!(byte, b'0' | b'1'),
            _ => |_| false,
        };
        let end = self.digits(self.at + 2, radix);
        if end > self.at + 2 {
            self.at = end;
            return Kind::Number;
        }
        let decimal = |byte: u8| byte.is_ascii_digit();
        self.at = self.run(self.at, decimal);
        self.at = self.digits(self.at, decimal);
        // `1..2` is a range, and no two numbers.
        if self.byte(0) == b'.' && self.byte(1) != b'.' {
            self.at = self.run(self.at + 1, decimal);
            self.at = self.digits(self.at, decimal);
        }
        if matches!(self.byte(0), b'e' | b'E') {
            let sign = usize::from(matches!(self.byte(1), b'+' | b'-'));
            if self.byte(1 + sign).is_ascii_digit() {
                self.at = self.digits(self.at + 1 + sign, decimal);
            }
        }
        Kind::Number
    }

    /// Behind the digits, before each of which one `_` may stand.
    fn digits(&self, mut at: usize, is_digit: impl Fn(u8) -> bool) -> usize {
        loop {
            let digit = at + usize::from(byte(self.text, at) == b'_');
            if !is_digit(byte(self.text, digit)) {
                return at;
            }
            at = digit + 1;
        }
    }

    /// `::`, `:=`, a variable of psql's, or a colon.
    fn colon(&mut self) -> Kind {
        let quote = match self.byte(1) {
            b':' | b'=' => return self.sized(2, Kind::Operator),
            quote @ (b'\'' | b'"') => Some(quote),
            _ => None,
        };
        let name = self.at + 1 + usize::from(quote.is_some());
        let end = self.run(name, is_in_tag);
        let closed = quote.is_none_or(|quote| byte(self.text, end) == quote);
        if !begins_name(byte(self.text, name)) || !closed {
            return self.sized(1, Kind::Sign);
        }
        self.at = end + usize::from(quote.is_some());
        Kind::Variable
    }

    /// An operator of several characters does not hold the beginning of a comment, and does not end
    /// in `+` or `-` unless it holds one that no operator of standard SQL does (manual, 4.1.3).
    fn operator(&mut self) -> Kind {
        if self.at < self.signs_until {
            return self.sized(1, Kind::Operator);
        }
        let bytes = self.text.as_bytes();
        let mut end = self.at;
        let mut last = self.at;
        let mut special = false;
        while end < bytes.len() && is_operator(bytes[end]) {
            if matches!(
                (bytes[end], byte(self.text, end + 1)),
                (b'-', b'-') | (b'/', b'*')
            ) {
                break;
            }
            special |= b"~!@#^&|`?%".contains(&bytes[end]);
            if !matches!(bytes[end], b'+' | b'-') {
                last = end;
            }
            end += 1;
        }
        self.signs_until = end;
        self.at = if special { end } else { last + 1 };
        Kind::Operator
    }
}

impl<'a> Iterator for Lexer<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        if self.at >= self.text.len() {
            return None;
        }
        let begin = self.at;
        let escape = std::mem::replace(&mut self.escape, Escape::Done);
        let kind = match std::mem::take(&mut self.state) {
            State::Comment(depth) => self.comment(depth),
            State::Quoted { kind, backslash } => self.quoted(0, kind, backslash),
            State::Dollar(mark) => self.until(&mark),
            State::Normal | State::Escaped => {
                if escape == Escape::Waiting && self.byte(0) == b'\'' {
                    self.quoted(1, Kind::Text, true)
                } else {
                    self.token()
                }
            }
        };
        // What may stand between the quotes (manual, 4.1.2.1).
        let between = match kind {
            Kind::Space => true,
            Kind::Comment => self.text[begin..].starts_with("--"),
            _ => false,
        };
        if between && self.state == State::Normal {
            self.escape = escape;
        }
        Some(Token {
            kind,
            text: &self.text[begin..self.at],
            begin,
            open: self.state != State::Normal,
        })
    }
}

/// A byte, or nought behind the end: no token begins with it or goes on with it.
fn byte(text: &str, at: usize) -> u8 {
    text.as_bytes().get(at).copied().unwrap_or_default()
}

/// Where the bytes that belong together end.
fn run(text: &str, from: usize, belongs: impl Fn(u8) -> bool) -> usize {
    let rest = text.as_bytes().get(from..).unwrap_or_default();
    let length = rest.iter().position(|byte| !belongs(*byte));
    length.map_or(text.len(), |length| from + length)
}

fn is_line_break(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r')
}

fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0b | 0x0c)
}

/// Bytes of characters beyond ASCII are letters to the server, whatever they are.
fn begins_name(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte == b'_' || !byte.is_ascii()
}

fn is_in_tag(byte: u8) -> bool {
    begins_name(byte) || byte.is_ascii_digit()
}

fn is_operator(byte: u8) -> bool {
    b"~!@#^&|`?+-*/%<>=".contains(&byte)
}

#[cfg(test)]
mod tests;
