//! A script as its statements, where psql would see them begin and end.
//!
//! A semicolon ends a statement, but not in parentheses (`CREATE RULE … DO (a; b)`) nor in the
//! `BEGIN ATOMIC … END` of a routine. Lines may be meant for psql (`\d t`), and lines of data may
//! follow a `COPY … FROM STDIN` up to `\.`. What is still being typed is a script too.

use std::ops::Range;

use crate::sql::lexer::{Lexer, Token};

/// What a statement is addressed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// The server.
    Sql,
    /// psql: a backslash and what follows on its line.
    Meta,
}

/// One statement of a script. All places are in bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Its text, without the spaces and comments around it, and without its semicolon.
    pub range: Range<usize>,
    /// To whom it speaks.
    pub kind: Kind,
    /// The semicolon that ends it.
    pub semicolon: Option<usize>,
    /// The whole lines of data behind it, without the `\.`.
    pub data: Option<Range<usize>>,
    /// Whether the script ended before it did: in a quote, a comment, or its data.
    pub open: bool,
}

impl Statement {
    /// Where it ends, with its semicolon and its data.
    #[must_use]
    pub fn end(&self) -> usize {
        let semicolon = self.semicolon.map_or(0, |at| at + 1);
        let data = self.data.as_ref().map_or(0, |data| data.end);
        self.range.end.max(semicolon).max(data)
    }
}

/// The statements of a script; what is only comment is none.
#[must_use]
pub fn statements(text: &str) -> Vec<Statement> {
    let mut splitter = Splitter {
        text,
        found: Vec::new(),
        data_at: 0,
    };
    splitter.split(0, text.len());
    splitter.found
}

/// The statement that a cursor means: the one it is in, or behind on the same line; on a line that
/// begins with spaces, the one after them.
#[must_use]
pub fn statement_at<'a>(
    text: &str,
    statements: &'a [Statement],
    offset: usize,
) -> Option<&'a Statement> {
    let offset = offset.min(text.len());
    let on_one_line = |from: usize, to: usize| {
        let between = text.as_bytes().get(from..to).unwrap_or_default();
        !between.contains(&b'\n')
    };
    let after = statements.partition_point(|statement| statement.range.start <= offset);
    let before = after.checked_sub(1).and_then(|at| statements.get(at));
    before
        .filter(|statement| on_one_line(statement.end(), offset))
        .or_else(|| {
            let next = statements.get(after)?;
            on_one_line(offset, next.range.start).then_some(next)
        })
}

struct Splitter<'a> {
    text: &'a str,
    found: Vec<Statement>,
    /// Where the next lines of data would begin.
    data_at: usize,
}

impl Splitter<'_> {
    /// The statements from a place on; either to the end of the text, or what is left of a line
    /// whose data were read.
    fn split(&mut self, from: usize, to: usize) {
        let mut lexer = Lexer::new(&self.text[..to]);
        lexer.go_to(from);
        let mut begun = Begun::default();
        while let Some(token) = lexer.next() {
            let next = self.text.as_bytes()[..to].get(token.end());
            let mut data_from = None;
            if token.is_sign(';') && begun.may_end() {
                if self.end(&mut begun, Some(token.begin)) == Copying::Stdin {
                    data_from = Some(token.end());
                }
            } else if token.is_sign('\\') && !matches!(next, Some(b':' | b';')) {
                self.end(&mut begun, None);
                let end = line_end(self.text, token.begin).min(to);
                lexer.go_to(end);
                if self.meta(token.begin..end) == Copying::Stdin {
                    data_from = Some(end);
                }
            } else if !(token.is_sign('\\') && next == Some(&b';')) {
                // With `\;` psql sends two statements at once; here they are two.
                begun.go_on(&token);
            }
            if let Some(line) = data_from
                && self.data(line, to)
            {
                // What else is on the line runs when the data were read.
                self.split(line, line_end(self.text, line));
                lexer.go_to(self.data_at);
            }
        }
        self.end(&mut begun, None);
    }

    /// Ends what has begun; whether data follow it.
    fn end(&mut self, begun: &mut Begun, semicolon: Option<usize>) -> Copying {
        let begun = std::mem::take(begun);
        self.found.extend(begun.range.map(|range| Statement {
            range,
            kind: Kind::Sql,
            semicolon,
            data: None,
            open: begun.open,
        }));
        begun.copying
    }

    fn meta(&mut self, line: Range<usize>) -> Copying {
        let text = self.text[line.clone()].trim_end();
        self.found.push(Statement {
            range: line.start..line.start + text.len(),
            kind: Kind::Meta,
            semicolon: None,
            data: None,
            open: false,
        });
        let words = Lexer::new(&text[1..]).filter(Token::is_significant);
        words.fold(Copying::default(), |copying, token| copying.with(&token))
    }

    /// Gives the last statement the lines of data that follow its line; whether they were looked for
    /// behind this line, and not behind the data of another statement on it.
    fn data(&mut self, from: usize, to: usize) -> bool {
        let is_first = to == self.text.len();
        // Where no line follows, that was found out once for all that is on this one.
        if is_first && from >= self.data_at {
            self.data_at = line_end(self.text, from) + 1;
        }
        let begin = self.data_at;
        let rest = self.text.get(begin..).unwrap_or_default();
        let Some(statement) = self.found.last_mut().filter(|_| !rest.is_empty()) else {
            return false;
        };
        let mut end = begin;
        let mut mark = None;
        for line in rest.split_inclusive('\n') {
            if is_end_of_data(line) {
                mark = Some(line);
                break;
            }
            end += line.len();
        }
        statement.data = Some(begin..end);
        statement.open |= mark.is_none();
        self.data_at = end + mark.map_or(0, str::len);
        is_first
    }
}

/// Whether a line ends the data of a `COPY` (manual, COPY, "File Formats").
pub(super) fn is_end_of_data(line: &str) -> bool {
    line.trim_end_matches(['\n', '\r']) == "\\."
}

/// Where the line ends: at its line break, or at the end.
fn line_end(text: &str, from: usize) -> usize {
    let rest = text.get(from..).unwrap_or_default();
    rest.find('\n').map_or(text.len(), |length| from + length)
}

/// A statement that has begun, or not yet.
#[derive(Debug, Default)]
struct Begun {
    range: Option<Range<usize>>,
    copying: Copying,
    head: Head,
    /// Parentheses that are open.
    parentheses: usize,
    /// `BEGIN ATOMIC` and `CASE` without their `END`.
    blocks: usize,
    last: Last,
    open: bool,
}

/// How far it is on the way to `CREATE [OR REPLACE] {FUNCTION | PROCEDURE}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Head {
    #[default]
    Nothing,
    Create,
    Or,
    Routine,
    Other,
}

/// What the token before says of a word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
enum Last {
    #[default]
    Nothing,
    Begin,
    /// `AS` or a dot: the word is a name, whatever it is.
    Naming,
}

impl Begun {
    fn may_end(&self) -> bool {
        self.parentheses == 0 && self.blocks == 0
    }

    fn go_on(&mut self, token: &Token<'_>) {
        // A comment that is not closed would be no comment to the server, but a fault.
        let counts = token.is_significant() || (token.open && self.range.is_some());
        if !counts {
            return;
        }
        let begin = self.range.as_ref().map_or(token.begin, |range| range.start);
        self.range = Some(begin..token.end());
        self.open |= token.open;
        self.copying = self.copying.with(token);
        self.head = match self.head {
            Head::Nothing if token.is("create") => Head::Create,
            Head::Create if token.is("or") => Head::Or,
            Head::Or if token.is("replace") => Head::Create,
            Head::Create if token.is_any(&["function", "procedure"]) => Head::Routine,
            Head::Routine => Head::Routine,
            _ => Head::Other,
        };
        if token.is_sign('(') {
            self.parentheses += 1;
        } else if token.is_sign(')') {
            self.parentheses = self.parentheses.saturating_sub(1);
        } else if self.head == Head::Routine && self.parentheses == 0 && self.last != Last::Naming {
            if self.blocks == 0 {
                self.blocks += usize::from(self.last == Last::Begin && token.is("atomic"));
            } else if token.is("case") {
                self.blocks += 1;
            } else if token.is("end") {
                self.blocks -= 1;
            }
        }
        self.last = match token {
            token if token.is("begin") => Last::Begin,
            token if token.is("as") || token.is_sign('.') => Last::Naming,
            _ => Last::Nothing,
        };
    }
}

/// How far a statement is on the way to `COPY … FROM STDIN`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub(super) enum Copying {
    #[default]
    Nothing,
    Copy,
    Table,
    From,
    Stdin,
    /// It is another statement.
    No,
}

impl Copying {
    /// With one more token, which is neither space nor comment.
    pub(super) fn with(self, token: &Token<'_>) -> Self {
        match self {
            Self::Nothing if token.is("copy") => Self::Copy,
            Self::Copy if !token.is_sign('(') => Self::Table,
            Self::Table | Self::From if token.is("from") => Self::From,
            Self::From if token.is("stdin") => Self::Stdin,
            Self::Table | Self::From => Self::Table,
            Self::Stdin => Self::Stdin,
            Self::Nothing | Self::Copy | Self::No => Self::No,
        }
    }
}

#[cfg(test)]
mod tests;
