//! A statement as its tokens, each with what a line needs to know of it: whether it is a key word, where
//! its parenthesis closes, what stands between it and the one before.

use std::ops::Range;

use super::{spacing, words};
use crate::sql::lexer::{Kind, Lexer};

/// Subqueries and CASEs that are longer than this have lines of their own.
const SHORT: usize = 60;
/// Deeper than this nobody nests, and a stack has an end.
const DEEPEST: usize = 100;

/// A token.
#[derive(Debug)]
pub(super) struct Piece<'a> {
    pub(super) text: &'a str,
    pub(super) kind: Kind,
    /// Whether it is a key word where it stands.
    pub(super) is_keyword: bool,
    /// Whether something stands before it where it was written.
    pub(super) is_apart: bool,
    /// Whether a space stands before it on a line.
    pub(super) spaced: bool,
    /// Where the group that it begins ends: `( )`, `[ ]`, `CASE END`.
    pub(super) close: Option<usize>,
}

impl Piece<'_> {
    /// Whether it is this word, whatever it means here.
    pub(super) fn is(&self, word: &str) -> bool {
        self.kind == Kind::Word && self.text.eq_ignore_ascii_case(word)
    }

    pub(super) fn is_any(&self, words: &[&str]) -> bool {
        words.iter().any(|word| self.is(word))
    }

    /// Whether it is this key word.
    pub(super) fn says(&self, word: &str) -> bool {
        self.is_keyword && self.is(word)
    }

    pub(super) fn says_any(&self, words: &[&str]) -> bool {
        self.is_keyword && self.is_any(words)
    }

    pub(super) fn is_sign(&self, sign: &str) -> bool {
        self.kind == Kind::Sign && self.text == sign
    }

    pub(super) fn is_name(&self) -> bool {
        self.kind == Kind::Name || self.kind == Kind::Word && !self.is_keyword
    }

    /// The characters it takes on the line that it begins on.
    fn width(&self) -> usize {
        let line = self.text.lines().next().unwrap_or_default();
        line.chars().count()
    }
}

/// Where a comment stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Place {
    /// Behind something, at the end of its line.
    Trailing,
    /// On lines of its own.
    Own,
    /// Before something, on its line.
    Inline,
}

/// A comment.
#[derive(Debug)]
pub(super) struct Comment<'a> {
    pub(super) text: &'a str,
    pub(super) place: Place,
    /// Whether a line began with it.
    begins: bool,
    /// The token before which it stands.
    before: usize,
}

/// The tokens of a statement.
#[derive(Debug)]
pub(super) struct Pieces<'a> {
    pub(super) all: Vec<Piece<'a>>,
    comments: Vec<Comment<'a>>,
    /// Where the comments before each token begin.
    first: Vec<usize>,
    /// The columns at which tokens begin, and one beyond the last, were all on one line.
    columns: Vec<usize>,
    /// How many breaks there must be before each token, from the first on.
    breaks: Vec<usize>,
}

impl<'a> Pieces<'a> {
    /// Reads a statement.
    ///
    /// # Errors
    /// Why it has no form.
    pub(super) fn read(text: &'a str) -> Result<Self, &'static str> {
        let mut all = Vec::new();
        let mut comments = Vec::new();
        let mut space = "";
        let mut is_apart = false;
        for token in Lexer::new(text) {
            if token.open {
                return Err("it has no end: a quote, a comment or a body is not closed");
            }
            match token.kind {
                Kind::Space => {
                    space = token.text;
                    is_apart = true;
                }
                Kind::Comment => {
                    let after = &text[token.end()..];
                    let place = placed(space, token.text, after);
                    comments.push(Comment {
                        text: token.text,
                        place,
                        begins: space.contains(['\n', '\r']),
                        before: all.len(),
                    });
                    space = "";
                    is_apart = true;
                }
                kind => {
                    all.push(Piece {
                        text: token.text,
                        kind,
                        is_keyword: false,
                        is_apart,
                        spaced: false,
                        close: None,
                    });
                    space = "";
                    is_apart = false;
                }
            }
        }
        words::mark(&mut all);
        close(&mut all)?;
        spacing::space(&mut all);
        follow(&mut comments);
        pass_commas(&mut comments, &all);
        Ok(Self::measured(all, comments))
    }

    fn measured(all: Vec<Piece<'a>>, comments: Vec<Comment<'a>>) -> Self {
        let mut pieces = Self {
            first: Vec::with_capacity(all.len() + 2),
            columns: Vec::with_capacity(all.len() + 1),
            breaks: vec![0; all.len() + 1],
            all,
            comments,
        };
        let (mut column, mut comment) = (0, 0);
        for at in 0..=pieces.all.len() {
            pieces.first.push(comment);
            while let Some(here) = pieces.comments.get(comment).filter(|one| one.before == at) {
                column += here.text.chars().count() + 1;
                let is_broken = here.place != Place::Inline || here.text.contains('\n');
                pieces.breaks[at] += usize::from(is_broken);
                comment += 1;
            }
            let piece = pieces.all.get(at);
            column += usize::from(piece.is_some_and(|piece| piece.spaced));
            pieces.columns.push(column);
            column += piece.map_or(0, Piece::width);
        }
        pieces.first.push(comment);
        for at in 0..pieces.all.len() {
            if let Some(close) = pieces.all[at].close
                && pieces.columns[close] - pieces.columns[at] > SHORT
                && (pieces.all[at].says("case") || pieces.is_query(at))
            {
                pieces.breaks[at + 1] += 1;
            }
        }
        let mut sum = 0;
        for count in &mut pieces.breaks {
            sum += *count;
            *count = sum;
        }
        pieces
    }

    pub(super) fn len(&self) -> usize {
        self.all.len()
    }

    /// The comments before a token, or behind the last.
    pub(super) fn comments(&self, at: usize) -> &[Comment<'a>] {
        let end = self.first.get(at + 1).copied().unwrap_or_default();
        self.comments.get(self.first[at]..end).unwrap_or_default()
    }

    /// The columns that these tokens take on one line; `None` where they do not stand on one.
    pub(super) fn width(&self, range: &Range<usize>) -> Option<usize> {
        let last = range.end.checked_sub(1).filter(|at| *at >= range.start)?;
        let is_whole = self.breaks[last] == self.breaks[range.start];
        is_whole.then(|| self.columns[last] + self.all[last].width() - self.columns[range.start])
    }

    /// Whether a parenthesis holds a query.
    pub(super) fn is_query(&self, open: usize) -> bool {
        let begins = |piece: &Piece| {
            let verbs = [
                "select", "with", "values", "insert", "update", "delete", "merge",
            ];
            piece.says_any(&verbs)
        };
        let mut at = open;
        while self.all[at].is_sign("(") {
            if self.all.get(at + 1).is_some_and(begins) {
                return at == open
                    || self.all[at].close.is_some_and(|close| {
                        let after = self.all.get(close + 1);
                        after.is_some_and(|piece| piece.says_any(&["union", "intersect", "except"]))
                    });
            }
            at += 1;
            if at >= self.all.len() {
                break;
            }
        }
        false
    }

    /// Whether a join begins with a token that is not the first.
    pub(super) fn joins(&self, at: usize) -> bool {
        const JOINS: [&str; 7] = ["natural", "left", "right", "full", "inner", "cross", "join"];
        let last = &self.all[at - 1];
        self.all[at].says_any(&JOINS) && !last.says_any(&JOINS) && !last.says("outer")
    }

    /// The place behind a token, or behind the group that it begins.
    pub(super) fn after(&self, at: usize) -> usize {
        self.all[at].close.map_or(at + 1, |close| close + 1)
    }

    /// The places of the tokens in a range that are in none of its groups; a group is the one it
    /// begins with.
    pub(super) fn outer(&self, range: Range<usize>) -> impl Iterator<Item = usize> + '_ {
        let mut at = range.start;
        std::iter::from_fn(move || {
            let here = (at < range.end).then_some(at)?;
            at = self.after(here);
            Some(here)
        })
    }

    /// Takes a range apart: each part begins where `begins` says so.
    pub(super) fn split(
        &self,
        range: &Range<usize>,
        mut begins: impl FnMut(usize) -> bool,
    ) -> Vec<Range<usize>> {
        let mut parts = Vec::new();
        let mut start = range.start;
        for at in self.outer(range.clone()) {
            if at > start && begins(at) {
                parts.push(start..at);
                start = at;
            }
        }
        if start < range.end {
            parts.push(start..range.end);
        }
        parts
    }

    /// Takes a list apart: each item with the sign that ends it.
    pub(super) fn items(&self, range: &Range<usize>, sign: &str) -> Vec<Range<usize>> {
        self.split(range, |at| self.all[at - 1].is_sign(sign))
    }

    /// Takes a condition apart before each AND and OR.
    pub(super) fn conditions(&self, range: &Range<usize>) -> Vec<Range<usize>> {
        let mut is_between = false;
        self.split(range, |at| {
            // The token may come right behind another one that was passed over: both are looked at.
            let piece = &self.all[at];
            if piece.says("between") {
                is_between = true;
            }
            let joins = piece.says_any(&["and", "or"]);
            if joins && is_between {
                is_between = false;
                return false;
            }
            joins
        })
    }
}

/// Where a comment stands, by the spaces before it and the text behind it.
fn placed(space: &str, text: &str, after: &str) -> Place {
    let breaks = |space: &str| space.contains(['\n', '\r']);
    let behind = &after[..after.len() - after.trim_start().len()];
    match (breaks(space), text.starts_with("--") || breaks(behind)) {
        (false, true) => Place::Trailing,
        (true, true) => Place::Own,
        (_, false) => Place::Inline,
    }
}

/// A comment that others follow on its line stands as they do.
fn follow(comments: &mut [Comment<'_>]) {
    for at in (1..comments.len()).rev() {
        let next = &comments[at];
        let (place, before) = (next.place, next.before);
        let one = &mut comments[at - 1];
        if one.place == Place::Inline && one.before == before && place == Place::Trailing {
            one.place = if one.begins {
                Place::Own
            } else {
                Place::Trailing
            };
        }
    }
}

/// A comma stands behind what it follows, and not behind what is said of that.
fn pass_commas(comments: &mut [Comment<'_>], all: &[Piece<'_>]) {
    let is_moved = |at: usize| {
        all.get(at).is_some_and(|piece| piece.is_sign(","))
            && at + 1 < all.len()
            && at > 0
            && !all[at - 1].is_sign(",")
    };
    let mut from = 0;
    while from < comments.len() {
        let before = comments[from].before;
        let count = comments[from..]
            .iter()
            .take_while(|one| one.before == before);
        let to = from + count.count();
        let ends_line = comments[from..to]
            .iter()
            .any(|one| one.place != Place::Inline);
        if is_moved(before) && ends_line {
            for one in &mut comments[from..to] {
                one.before += 1;
            }
        }
        from = to;
    }
}

/// Finds where groups end.
fn close(all: &mut [Piece<'_>]) -> Result<(), &'static str> {
    const UNEVEN: &str = "its parentheses or CASEs are not even";
    let mut open: Vec<usize> = Vec::new();
    for at in 0..all.len() {
        let piece = &all[at];
        if piece.is_sign("(") || piece.is_sign("[") || piece.says("case") {
            open.push(at);
            if open.len() > DEEPEST {
                return Err("it is nested too deep");
            }
            continue;
        }
        let begins = match piece.text {
            ")" => "(",
            "]" => "[",
            _ if piece.says("end") => "case",
            _ => continue,
        };
        let last = open.last().copied();
        match last.filter(|last| all[*last].text.eq_ignore_ascii_case(begins)) {
            Some(last) => {
                all[last].close = Some(at);
                open.pop();
            }
            // The end of a routine's body.
            None if begins == "case" => {}
            None => return Err(UNEVEN),
        }
    }
    if open.is_empty() { Ok(()) } else { Err(UNEVEN) }
}
