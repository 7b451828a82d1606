//! What is under the cursor, and the tokens of the statement around it.

use std::ops::Range;

use crate::sql::keywords::is_reserved;
use crate::sql::lexer::{Kind, Lexer, Token};
use crate::sql::quote;
use crate::sql::script;

/// So much of a statement is read behind the cursor, in bytes: enough for any but rows of data.
const AHEAD: usize = 64 * 1024;

/// Where the cursor stands.
pub(super) struct Cursor<'a> {
    /// The word under the cursor, or nothing.
    pub replace: Range<usize>,
    /// The word up to the cursor, without its quotes.
    pub typed: String,
    /// Whether the word begins with a quote.
    pub quoted: bool,
    /// The names before the word, each with a dot behind it.
    pub qualifiers: Vec<String>,
    /// What the statement says besides: neither spaces nor comments, nor the word, nor its qualifiers.
    pub tokens: Vec<Token<'a>>,
    /// How many of the tokens stand before the cursor.
    pub at: usize,
}

impl<'a> Cursor<'a> {
    /// Reads the statement around an offset; `None` where there is nothing to complete: in a text, a
    /// comment, a number, a parameter, in data, in what is meant for psql, behind a name in quotes.
    /// A statement is known to begin at `from`, or before a place without any.
    pub(super) fn at(text: &'a str, from: usize, offset: usize) -> Option<Self> {
        let mut offset = offset.min(text.len());
        while !text.is_char_boundary(offset) {
            offset -= 1;
        }
        let head = &text[..offset];
        let from = if from > offset || !text.is_char_boundary(from) {
            0
        } else {
            from
        };
        let start = from + statement_start(&head[from..])?;
        let mut tokens = read(text, start, offset);
        let begin = word_start(&tokens, text, offset)?;
        let quoted = begin < offset && head[begin..].starts_with('"');
        let typed = if quoted {
            head[begin + 1..].replace("\"\"", "\"")
        } else {
            head[begin..].to_owned()
        };
        tokens.retain(|token| token.is_significant() && token.begin < begin);
        let qualifiers = qualifiers(&mut tokens)?;
        let tokens = since_boundary(text, tokens);
        let end = word_end(text, begin, offset, quoted);
        let at = tokens.len();
        let mut cursor = Self {
            replace: begin..end,
            typed,
            quoted,
            qualifiers,
            tokens,
            at,
        };
        cursor.read_on(text);
        Some(cursor)
    }

    /// The token before the cursor's word.
    pub(super) fn previous(&self) -> Option<&Token<'a>> {
        self.tokens.get(self.at.checked_sub(1)?)
    }

    /// Takes the tokens behind the word, up to where the next statement seems to begin.
    fn read_on(&mut self, text: &'a str) {
        let mut boundary = Boundary::default();
        for token in &self.tokens {
            boundary.is_before(text, token);
        }
        // The word under the cursor stands between.
        boundary.previous = None;
        let mut end = (self.replace.end + AHEAD).min(text.len());
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        for token in read(text, self.replace.end, end) {
            if !token.is_significant() {
                continue;
            }
            if token.is_sign(';') || token.is_sign('\\') || boundary.is_before(text, &token) {
                break;
            }
            self.tokens.push(token);
        }
    }
}

/// All tokens of a part of the text, with their places in the text.
fn read(text: &str, from: usize, to: usize) -> Vec<Token<'_>> {
    let tokens = Lexer::new(&text[from..to]);
    tokens
        .map(|token| Token {
            begin: token.begin + from,
            ..token
        })
        .collect()
}

/// Where the statement begins that the end of a text is in; `None` in data and in what psql reads.
fn statement_start(head: &str) -> Option<usize> {
    let statements = script::statements(head);
    let Some(last) = statements.last() else {
        return Some(0);
    };
    let is_meta = last.kind == script::Kind::Meta;
    let ended = is_meta || last.semicolon.is_some();
    if (is_meta && !head[last.range.start..].contains('\n')) || (last.data.is_some() && last.open) {
        return None;
    }
    Some(if ended {
        last.end().min(head.len())
    } else {
        last.range.start
    })
}

/// Where the word begins that ends at the offset, or the offset itself where none does.
fn word_start(tokens: &[Token<'_>], text: &str, offset: usize) -> Option<usize> {
    let Some(last) = tokens.last() else {
        return Some(offset);
    };
    let before = tokens.len().checked_sub(2).and_then(|at| tokens.get(at));
    match last.kind {
        Kind::Comment if last.open || last.text.starts_with("--") => None,
        Kind::Text if last.open || text[offset..].starts_with('\'') => None,
        Kind::Dollar if last.open => None,
        Kind::Comment | Kind::Space | Kind::Operator | Kind::Text | Kind::Dollar => Some(offset),
        Kind::Name if last.open && last.text.starts_with('"') => Some(last.begin),
        Kind::Word => {
            let part_of_other = before.is_some_and(|before| {
                matches!(before.kind, Kind::Number | Kind::Parameter | Kind::Variable)
                    || before.is_sign('$')
                    || before.is_sign(':')
            });
            (!part_of_other).then_some(last.begin)
        }
        Kind::Sign if !matches!(last.text, "$" | ":" | "\\") => Some(offset),
        Kind::Sign | Kind::Name | Kind::Number | Kind::Parameter | Kind::Variable => None,
    }
}

/// Where the word ends that the cursor is in. A name in quotes ends at its quote only if that
/// follows the word: any later one may begin another name.
fn word_end(text: &str, begin: usize, offset: usize, quoted: bool) -> usize {
    if begin == offset {
        return offset;
    }
    let rest = &text[offset..];
    let is_part = |ch: char| ch.is_ascii_alphanumeric() || ch == '_' || ch == '$' || !ch.is_ascii();
    let length = rest.find(|ch| !is_part(ch)).unwrap_or(rest.len());
    let closing = quoted && rest[length..].starts_with('"');
    offset + length + usize::from(closing)
}

/// Takes the names with their dots that stand last; `None` where a dot follows something else.
fn qualifiers(tokens: &mut Vec<Token<'_>>) -> Option<Vec<String>> {
    let mut found = Vec::new();
    while tokens.last().is_some_and(|token| token.is_sign('.')) {
        tokens.pop();
        let name = tokens.pop()?;
        let is_name = name.kind == Kind::Name || name.kind == Kind::Word && !is_reserved(name.text);
        if !is_name {
            return None;
        }
        found.push(quote::unquoted(name.text)?);
    }
    found.reverse();
    Some(found)
}

/// The tokens of the last statement: routines and rules hold several, and those still being written
/// may lack their semicolons.
fn since_boundary<'a>(text: &str, mut tokens: Vec<Token<'a>>) -> Vec<Token<'a>> {
    let mut boundary = Boundary::default();
    let mut begin = 0;
    for (at, token) in tokens.iter().enumerate() {
        let after_atomic = boundary.previous.is_some_and(|before| before.is("atomic"));
        if token.is_sign(';') {
            begin = at + 1;
            boundary = Boundary::default();
        } else if boundary.is_before(text, token) || after_atomic {
            begin = at;
            boundary = Boundary::default();
            boundary.is_before(text, token);
        }
    }
    tokens.split_off(begin)
}

/// Tells where a statement seems to begin although the one before it has no semicolon: on a line of
/// its own, with a word that cannot go on with what stands before.
#[derive(Default)]
struct Boundary<'a> {
    previous: Option<Token<'a>>,
    /// The statement's first word.
    first: Option<Token<'a>>,
    /// Whether it has the one query that may stand in it.
    complete: bool,
    depth: usize,
}

impl<'a> Boundary<'a> {
    /// Whether one begins with this token; and goes on with it.
    fn is_before(&mut self, text: &str, token: &Token<'a>) -> bool {
        const QUERIES: [&str; 3] = ["select", "values", "with"];
        const OTHERS: [&str; 12] = [
            "insert", "update", "delete", "merge", "create", "alter", "drop", "truncate",
            "explain", "begin", "commit", "rollback",
        ];
        let is_verb = token.is_any(&QUERIES) || token.is_any(&OTHERS);
        let begins = is_verb && self.begins(text, token);
        if token.is_sign('(') {
            self.depth += 1;
        } else if token.is_sign(')') {
            self.depth = self.depth.saturating_sub(1);
        } else if self.depth == 0 {
            self.complete |= token.is_any(&["select", "values", "update", "delete", "merge"]);
        }
        self.first = self.first.or(Some(*token));
        self.previous = Some(*token);
        begins
    }

    fn begins(&self, text: &str, token: &Token<'_>) -> bool {
        const GOES_ON: [&str; 21] = [
            "union",
            "all",
            "distinct",
            "except",
            "intersect",
            "as",
            "explain",
            "analyze",
            "verbose",
            "do",
            "for",
            "on",
            "then",
            "before",
            "after",
            "of",
            "or",
            "grant",
            "revoke",
            "materialized",
            "to",
        ];
        let from = self.previous.map_or(token.begin, |before| before.end());
        let between = text.get(from..token.begin).unwrap_or_default();
        let own_line = match self.previous {
            Some(_) => between.contains('\n'),
            // Behind the cursor: is anything else on its line?
            None => {
                self.first.is_some() && {
                    let line = text[..token.begin].rfind('\n').map(|at| at + 1);
                    line.is_some_and(|line| text[line..token.begin].trim().is_empty())
                }
            }
        };
        let is_bound = self.previous.is_some_and(|before| {
            before.is_any(&GOES_ON) || before.is_sign('(') || before.is_sign(',')
        });
        if !own_line || is_bound {
            return false;
        }
        let blank = self.previous.is_none() || between.matches('\n').count() > 1;
        let waits = self
            .first
            .is_some_and(|first| first.is_any(&["with", "insert", "explain"]) && !self.complete);
        let at_margin = token.begin == 0 || text[..token.begin].ends_with('\n');
        if self.depth > 0 {
            blank && at_margin
        } else {
            !waits && (self.complete || blank)
        }
    }
}
