//! The nodes of a text. One pass, on a stack of its own: no text can be nested so deep that it
//! exhausts the program's.

use super::{Kind, Node, Refused, Span};

/// A larger value is no tree that a person could look through.
const MOST: usize = 1_000_000;

/// The nodes, in the order of the text.
pub(super) fn nodes(text: &str) -> Result<Vec<Node>, Refused> {
    Parser::new(text)?.parse()
}

/// What may come next.
enum Next {
    Value,
    ValueOrEnd,
    CommaOrEnd,
}

/// Reads a text from its beginning to its end.
struct Parser<'a> {
    bytes: &'a [u8],
    at: usize,
    nodes: Vec<Node>,
    open: Vec<usize>,
}

impl<'a> Parser<'a> {
    fn new(text: &'a str) -> Result<Self, Refused> {
        u32::try_from(text.len()).map_err(|_| Refused::TooMany)?;
        Ok(Self {
            bytes: text.as_bytes(),
            at: 0,
            nodes: Vec::new(),
            open: Vec::new(),
        })
    }

    fn parse(mut self) -> Result<Vec<Node>, Refused> {
        let mut next = Next::Value;
        loop {
            self.skip_space();
            if self.nodes.len() > MOST {
                return Err(Refused::TooMany);
            }
            next = match (next, self.peek()) {
                (Next::CommaOrEnd, None) if self.open.is_empty() => return Ok(self.nodes),
                (Next::CommaOrEnd, Some(b',')) if !self.open.is_empty() => {
                    self.at += 1;
                    Next::Value
                }
                (Next::CommaOrEnd | Next::ValueOrEnd, Some(end @ (b'}' | b']'))) => {
                    self.close(end)?;
                    Next::CommaOrEnd
                }
                (Next::Value | Next::ValueOrEnd, Some(_)) => self.value()?,
                _ => return Err(Refused::Malformed),
            };
        }
    }

    fn peek(&self) -> Option<u8> {
        self.bytes.get(self.at).copied()
    }

    fn skip_space(&mut self) {
        while self.peek().is_some_and(|byte| b" \t\r\n".contains(&byte)) {
            self.at += 1;
        }
    }

    /// A value, with its key where it has one; of an object or an array only its beginning.
    fn value(&mut self) -> Result<Next, Refused> {
        let parent = self.open.last().copied();
        let mut key = (0, 0);
        if parent.is_some_and(|at| self.nodes[at].kind == Kind::Object) {
            let from = self.at;
            self.string()?;
            key = span(from, self.at);
            self.skip_space();
            if self.peek() != Some(b':') {
                return Err(Refused::Malformed);
            }
            self.at += 1;
            self.skip_space();
        }
        let from = self.at;
        let kind = match self.peek().ok_or(Refused::Malformed)? {
            b'{' => Kind::Object,
            b'[' => Kind::Array,
            b'"' => Kind::String,
            b't' | b'f' => Kind::Boolean,
            b'n' => Kind::Null,
            b'-' | b'0'..=b'9' => Kind::Number,
            _ => return Err(Refused::Malformed),
        };
        let opens = matches!(kind, Kind::Object | Kind::Array);
        match kind {
            Kind::String => self.string()?,
            _ if opens => self.at += 1,
            _ => self.word(),
        }
        let number = self.nodes.len();
        let place = parent.map_or(0, |at| self.nodes[at].children);
        if let Some(parent) = parent {
            self.nodes[parent].children += 1;
        }
        self.nodes.push(Node {
            kind,
            key,
            value: span(from, self.at),
            parent: u32::try_from(parent.unwrap_or(0)).unwrap_or(0),
            depth: u32::try_from(self.open.len()).unwrap_or(0),
            place,
            children: 0,
            after: u32::try_from(number + 1).unwrap_or(u32::MAX),
        });
        if opens {
            self.open.push(number);
            return Ok(Next::ValueOrEnd);
        }
        Ok(Next::CommaOrEnd)
    }

    fn close(&mut self, end: u8) -> Result<(), Refused> {
        let at = self.open.pop().ok_or(Refused::Malformed)?;
        let after = u32::try_from(self.nodes.len()).unwrap_or(u32::MAX);
        let node = &mut self.nodes[at];
        if (node.kind == Kind::Object) != (end == b'}') {
            return Err(Refused::Malformed);
        }
        self.at += 1;
        node.value.1 = u32::try_from(self.at).unwrap_or(u32::MAX);
        node.after = after;
        Ok(())
    }

    fn string(&mut self) -> Result<(), Refused> {
        if self.peek() != Some(b'"') {
            return Err(Refused::Malformed);
        }
        self.at += 1;
        loop {
            match self.peek().ok_or(Refused::Malformed)? {
                b'"' => break,
                b'\\' => self.at += 2,
                _ => self.at += 1,
            }
        }
        self.at += 1;
        Ok(())
    }

    fn word(&mut self) {
        let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
        while self.peek().is_some_and(is_part) {
            self.at += 1;
        }
    }
}

fn span(from: usize, to: usize) -> Span {
    let short = |at| u32::try_from(at).unwrap_or(u32::MAX);
    (short(from), short(to))
}
