//! Lines of a width: what fits on one stands on one, what does not is taken apart where it is joined.

use std::ops::Range;

use super::pieces::{Pieces, Place};
use crate::sql::lexer::Kind;

/// How long a line may be.
pub(super) const WIDTH: usize = 100;
/// How far in stands what belongs to the line before.
pub(super) const INDENT: usize = 4;

/// The text that is being made.
pub(super) struct Layout<'a> {
    pub(super) pieces: Pieces<'a>,
    out: String,
    column: usize,
    /// A line is to begin, so far in.
    pending: Option<usize>,
    /// The line ends in a comment that goes to its end.
    is_said: bool,
}

impl<'a> Layout<'a> {
    pub(super) fn new(pieces: Pieces<'a>) -> Self {
        Self {
            pieces,
            out: String::new(),
            column: 0,
            pending: None,
            is_said: false,
        }
    }

    pub(super) fn into_text(self) -> String {
        self.out
    }

    /// Begins a line with what comes next.
    pub(super) fn break_at(&mut self, indent: usize) {
        if !self.out.is_empty() {
            self.pending = Some(indent);
        }
    }

    fn write(&mut self, text: &str) {
        self.out.push_str(text);
        self.count(text);
    }

    fn count(&mut self, text: &str) {
        match text.rsplit_once('\n') {
            Some((_, last)) => self.column = last.chars().count(),
            None => self.column += text.chars().count(),
        }
    }

    fn line(&mut self, indent: usize) {
        self.is_said = false;
        if self.out.is_empty() {
            return;
        }
        self.out.push('\n');
        self.out.extend(std::iter::repeat_n(' ', indent));
        self.column = indent;
    }

    /// Writes the comments before a token; a line that must begin begins so far in.
    fn comments(&mut self, at: usize, indent: usize) {
        let comments: Vec<(&'a str, Place)> = self
            .pieces
            .comments(at)
            .iter()
            .map(|one| (one.text, one.place))
            .collect();
        for (text, place) in comments {
            if place == Place::Trailing && !self.is_said {
                self.write(" ");
                self.write(text);
                self.is_said = text.starts_with("--");
                self.pending = self.pending.or(Some(indent));
                continue;
            }
            let line = self
                .pending
                .or((place != Place::Inline || self.is_said).then_some(indent));
            match line {
                Some(indent) => self.line(indent),
                None => self.write(" "),
            }
            self.write(text);
            self.is_said = text.starts_with("--");
            self.pending = line.filter(|_| place != Place::Inline || self.is_said);
        }
    }

    /// Writes a token and what is said before it.
    pub(super) fn token(&mut self, at: usize, indent: usize) {
        let is_said = !self.pieces.comments(at).is_empty();
        self.comments(at, indent);
        let piece = &self.pieces.all[at];
        let (text, spaced, is_keyword) = (piece.text, piece.spaced || is_said, piece.is_keyword);
        if let Some(indent) = self.pending.take() {
            self.line(indent);
        } else if spaced && !self.out.is_empty() {
            self.write(" ");
        }
        if is_keyword {
            self.out
                .extend(text.chars().map(|ch| ch.to_ascii_uppercase()));
            self.count(text);
        } else {
            self.write(text);
        }
    }

    /// Writes the comments behind the last token.
    pub(super) fn end(&mut self) {
        self.comments(self.pieces.len(), 0);
    }

    /// Writes tokens behind each other.
    pub(super) fn flat(&mut self, range: &Range<usize>, indent: usize) {
        for at in range.clone() {
            self.token(at, indent);
        }
    }

    /// Whether tokens fit on the line, with what cannot be parted from them.
    pub(super) fn fits(&self, range: &Range<usize>) -> bool {
        let all = &self.pieces.all;
        let mut end = range.end;
        while end < all.len() && end < range.end + 8 && !all[end].spaced {
            end += 1;
        }
        let Some(width) = self.pieces.width(range) else {
            return range.is_empty();
        };
        let width = self.pieces.width(&(range.start..end)).unwrap_or(width);
        let space = usize::from(all[range.start].spaced);
        let column = self.pending.unwrap_or(self.column + space);
        column + width <= WIDTH
    }

    /// An expression, or anything else that has no clauses.
    pub(super) fn run(&mut self, range: &Range<usize>, indent: usize) {
        if self.fits(range) {
            return self.flat(range, indent + INDENT);
        }
        let parts = self.pieces.conditions(range);
        if parts.len() < 2 {
            return self.parts(range, indent);
        }
        for (count, part) in parts.iter().enumerate() {
            if count > 0 {
                self.break_at(indent + INDENT);
            }
            self.parts(part, indent + INDENT);
        }
    }

    /// Token by token; groups that do not fit are taken apart, and operators begin lines.
    fn parts(&mut self, range: &Range<usize>, indent: usize) {
        if self.fits(range) {
            return self.flat(range, indent + INDENT);
        }
        let mut at = range.start;
        while at < range.end {
            let after = self.pieces.after(at).min(range.end);
            let piece = &self.pieces.all[at];
            if piece.close.is_some() && !self.is_small(at) && !self.fits(&(at..after)) {
                self.group(at, indent);
            } else {
                let is_joint = piece.kind == Kind::Operator && piece.spaced;
                let begins = piece.says("references") && !self.fits(&(at..range.end));
                if at > range.start && is_joint {
                    self.wrap(at, range.end, indent + INDENT);
                } else if at > range.start && begins {
                    self.break_at(indent + INDENT);
                }
                self.flat(&(at..after), indent + INDENT);
            }
            at = after;
        }
    }

    /// Whether a group holds next to nothing: lines of its own would make it no shorter.
    fn is_small(&self, open: usize) -> bool {
        let close = self.pieces.all[open].close.unwrap_or(open);
        let is_whole = self.pieces.width(&(open..close + 1)).is_some();
        is_whole && close <= open + 2
    }

    /// Begins a line with an operator whose right side would not fit on this one, but on the next.
    fn wrap(&mut self, at: usize, end: usize, indent: usize) {
        let all = &self.pieces.all;
        let is_operator = |at: &usize| all[*at].kind == Kind::Operator && all[*at].spaced;
        let is_sided = |at: &usize| super::spacing::ends_value(&all[*at - 1]);
        let next = self
            .pieces
            .outer(at + 1..end)
            .find(|at| is_operator(at) && is_sided(at));
        let side = at..next.unwrap_or(end);
        let width = self.pieces.width(&side).unwrap_or(WIDTH);
        if is_sided(&at) && all[at].text != "=>" && !self.fits(&side) && indent + width <= WIDTH {
            self.break_at(indent);
        }
    }

    /// A group on several lines.
    pub(super) fn group(&mut self, open: usize, indent: usize) {
        let Some(close) = self.pieces.all[open].close else {
            return self.token(open, indent);
        };
        let inner = open + 1..close;
        if self.pieces.all[open].says("case") {
            self.case(open, close, indent);
        } else if self.pieces.is_query(open) {
            self.token(open, indent + INDENT);
            self.break_at(indent + INDENT);
            self.query(&inner, indent + INDENT);
        } else if inner.is_empty() {
            self.token(open, indent + INDENT);
            return self.token(close, indent);
        } else {
            self.token(open, indent + INDENT);
            self.list(&inner, indent + INDENT);
        }
        self.break_at(indent);
        self.token(close, indent);
    }

    /// What is in a parenthesis, each item on a line; short ones beside each other.
    fn list(&mut self, inner: &Range<usize>, indent: usize) {
        let sign = if self
            .pieces
            .outer(inner.clone())
            .any(|at| self.pieces.all[at].is_sign(";"))
        {
            ";"
        } else {
            ","
        };
        let frames = ["partition", "order", "rows", "range", "groups"];
        let says = |at: usize, words: &[&str]| self.pieces.all[at].says_any(words);
        let items = if says(inner.start, &frames) {
            self.pieces
                .split(inner, |at| says(at, &frames) && !says(at - 1, &["exclude"]))
        } else {
            self.pieces.items(inner, sign)
        };
        let is_short = |item: &Range<usize>| {
            item.len() <= 3
                && self
                    .pieces
                    .outer(item.clone())
                    .all(|at| self.pieces.all[at].close.is_none())
        };
        let is_filled = items.len() > 1 && items.iter().all(is_short);
        self.break_at(indent);
        for (count, item) in items.iter().enumerate() {
            if count > 0 && !(is_filled && self.fits(item)) {
                self.break_at(indent);
            }
            if items.len() == 1 {
                self.one(item, indent);
            } else if sign == ";" {
                self.query(item, indent);
            } else {
                self.run(item, indent);
            }
        }
    }

    /// The only thing in a parenthesis: its joins, or its AND and OR, stand below each other.
    fn one(&mut self, range: &Range<usize>, indent: usize) {
        let mut parts = self.pieces.split(range, |at| self.pieces.joins(at));
        if parts.len() < 2 {
            parts = self.pieces.conditions(range);
        }
        if parts.len() < 2 || self.fits(range) {
            return self.run(range, indent);
        }
        for (count, part) in parts.iter().enumerate() {
            if count > 0 {
                self.break_at(indent);
            }
            self.parts(part, indent);
        }
    }

    fn case(&mut self, open: usize, close: usize, indent: usize) {
        self.token(open, indent + INDENT);
        let starts = |at: usize| self.pieces.all[at].says_any(&["when", "else"]);
        let parts = self.pieces.split(&(open + 1..close), starts);
        for part in &parts {
            if starts_at(&self.pieces, part.start) {
                self.break_at(indent + INDENT);
            }
            self.run(part, indent + INDENT);
        }
    }
}

fn starts_at(pieces: &Pieces<'_>, at: usize) -> bool {
    pieces.all[at].says_any(&["when", "else"])
}
