//! The parentheses of a statement, and which of them hold the cursor.

use std::ops::Range;

use crate::sql::lexer::{Kind, Token};

/// So many parentheses in each other are looked into: a text that has nothing else takes no time.
pub(super) const DEEPEST: usize = 24;

/// The tokens of a statement with what belongs together.
pub(super) struct Tree<'t, 's> {
    pub tokens: &'t [Token<'s>],
    /// How many tokens stand before the cursor.
    pub at: usize,
    /// For an opening parenthesis or bracket: where its inside ends, and what follows the whole.
    groups: Vec<(usize, usize)>,
    /// The parentheses around the cursor, the outermost first.
    pub around: Vec<usize>,
}

impl<'t, 's> Tree<'t, 's> {
    /// Pairs the parentheses. One around the cursor that is not closed yet ends before the clause
    /// that follows: `SELECT count(| FROM t`.
    pub(super) fn new(tokens: &'t [Token<'s>], at: usize) -> Self {
        let mut tree = Self {
            tokens,
            at,
            groups: vec![(0, 0); tokens.len()],
            around: Vec::new(),
        };
        let mut open: Vec<usize> = Vec::new();
        for (here, token) in tokens.iter().enumerate() {
            if here == at {
                tree.around.clone_from(&open);
            }
            if token.is_sign('(') || token.is_sign('[') {
                open.push(here);
            } else if token.is_sign(')') || token.is_sign(']') {
                if let Some(opened) = open.pop() {
                    tree.groups[opened] = (here, here + 1);
                }
            } else if here >= at
                && token.is_any(&["from", "group", "having", "limit", "union", "returning"])
            {
                while let Some(opened) =
                    open.pop_if(|opened| *opened < at && tree.is_left_open(*opened))
                {
                    tree.groups[opened] = (here, here);
                }
            }
        }
        if at == tokens.len() {
            tree.around.clone_from(&open);
        }
        for opened in open {
            tree.groups[opened] = (tokens.len(), tokens.len());
        }
        tree
    }

    /// Whether a clause cannot stand in this parenthesis.
    fn is_left_open(&self, open: usize) -> bool {
        const WITH_FROM: [&str; 5] = ["extract", "substring", "trim", "overlay", "position"];
        let named = open.checked_sub(1).and_then(|at| self.get(at));
        !self.holds_query(open) && !named.is_some_and(|name| name.is_any(&WITH_FROM))
    }

    /// The token at a place.
    pub(super) fn get(&self, at: usize) -> Option<&'t Token<'s>> {
        self.tokens.get(at)
    }

    /// The token before a place, unless the cursor is between them.
    pub(super) fn before(&self, at: usize) -> Option<&'t Token<'s>> {
        let before = at.checked_sub(1)?;
        (at != self.at).then(|| self.get(before)).flatten()
    }

    /// Whether the token at a place is this word, and no name.
    pub(super) fn says(&self, at: usize, word: &str) -> bool {
        self.get(at).is_some_and(|token| token.is(word)) && !self.is_named(at)
    }

    /// Whether the word at a place is a name, whatever it is: one behind a dot or an `AS`. Behind the
    /// `AS` of `CREATE VIEW v AS` a query begins; few call a column so.
    pub(super) fn is_named(&self, at: usize) -> bool {
        let is_query = || {
            let word = self.get(at);
            word.is_some_and(|word| word.is_any(&["select", "with", "table"]))
        };
        self.before(at)
            .is_some_and(|before| before.is_sign('.') || (before.is("as") && !is_query()))
    }

    /// What follows at the same level.
    pub(super) fn next(&self, at: usize) -> usize {
        if self.opens(at) {
            self.groups[at].1.max(at + 1)
        } else {
            at + 1
        }
    }

    /// Whether a parenthesis or a bracket opens here.
    pub(super) fn opens(&self, at: usize) -> bool {
        self.get(at)
            .is_some_and(|token| token.is_sign('(') || token.is_sign('['))
    }

    /// What is in the parenthesis that opens here.
    pub(super) fn inside(&self, open: usize) -> Range<usize> {
        let end = self.groups.get(open).map_or(open, |group| group.0);
        open + 1..end.max(open + 1).min(self.tokens.len())
    }

    /// Whether the parenthesis that opens here holds a query.
    pub(super) fn holds_query(&self, open: usize) -> bool {
        let mut at = open + 1;
        while at != self.at
            && at < open + DEEPEST
            && self.get(at).is_some_and(|token| token.is_sign('('))
        {
            at += 1;
        }
        at != self.at && self.begins_query(at)
    }

    /// Whether a query begins here.
    pub(super) fn begins_query(&self, at: usize) -> bool {
        const WORDS: [&str; 8] = [
            "select", "with", "values", "insert", "update", "delete", "merge", "table",
        ];
        self.get(at).is_some_and(|token| token.is_any(&WORDS))
    }

    /// A range in parts, as its commas part it.
    pub(super) fn parts(&self, range: Range<usize>) -> Vec<Range<usize>> {
        let mut parts = Vec::new();
        let mut begin = range.start;
        let mut at = range.start;
        while at < range.end {
            if self.get(at).is_some_and(|token| token.is_sign(',')) {
                parts.push(begin..at);
                begin = at + 1;
            }
            at = self.next(at);
        }
        if begin < range.end {
            parts.push(begin..range.end);
        }
        parts
    }

    /// The name at a place, unquoted; a key word that may not be one is none.
    pub(super) fn name(&self, at: usize) -> Option<String> {
        let token = self.get(at)?;
        matches!(token.kind, Kind::Word | Kind::Name)
            .then(|| crate::sql::quote::unquoted(token.text))
            .flatten()
    }

    /// A name with those before it, parted by dots, from a place on and before `end`: `s.t`; and
    /// what follows it.
    pub(super) fn path(&self, from: usize, end: usize) -> Option<(Vec<String>, usize)> {
        let mut parts = vec![self.name(from)?];
        let mut at = from + 1;
        while at + 1 < end
            && at != self.at
            && at + 1 != self.at
            && self.get(at).is_some_and(|token| token.is_sign('.'))
            && let Some(name) = self.name(at + 1)
        {
            parts.push(name);
            at += 2;
        }
        Some((parts, at))
    }

    /// The name, with those before it, that ends before a place: the column of `a.b =`.
    pub(super) fn path_before(&self, end: usize) -> Option<Vec<String>> {
        let mut at = end.checked_sub(1)?;
        let mut parts = vec![self.name(at)?];
        while at >= 2 && self.get(at - 1).is_some_and(|token| token.is_sign('.')) {
            let Some(name) = self.name(at - 2) else {
                break;
            };
            parts.push(name);
            at -= 2;
        }
        parts.reverse();
        Some(parts)
    }
}
