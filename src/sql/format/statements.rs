//! A statement of any kind: what it is decides where its lines begin.

use std::ops::Range;

use super::layout::{INDENT, Layout};

impl Layout<'_> {
    /// A whole statement.
    pub(super) fn statement(&mut self, range: &Range<usize>, indent: usize) {
        let all = &self.pieces.all;
        let Some(first) = all.get(range.start).filter(|_| !range.is_empty()) else {
            return;
        };
        if first.is_sign("(") || first.says_any(&QUERIES) {
            return self.query(range, indent);
        }
        let has = |words: &[&str]| {
            all[range.clone()]
                .iter()
                .take(5)
                .any(|piece| piece.says_any(words))
        };
        if first.says("create") && has(&["function", "procedure"]) {
            return self.routine(range, indent);
        }
        if first.says("alter") {
            return self.actions(range, indent);
        }
        if let Some(query) = self.query_of(range) {
            self.run(&(range.start..query), indent);
            self.break_at(indent);
            return self.statement(&(query..range.end), indent);
        }
        if first.says("create")
            && (has(&["table"]) || has(&["type"]))
            && self.columns(range, indent)
        {
            return;
        }
        self.other(range, indent);
    }

    /// Where the query begins that a statement is about: `EXPLAIN …`, `CREATE VIEW v AS …`.
    fn query_of(&self, range: &Range<usize>) -> Option<usize> {
        let all = &self.pieces.all;
        let explains = all[range.start].says("explain");
        if !explains && !all[range.start].says_any(&["create", "prepare", "declare"]) {
            return None;
        }
        self.pieces.outer(range.clone()).skip(1).find(|at| {
            let begins = all[*at].says_any(&QUERIES) || self.pieces.is_query(*at);
            let behind = all[*at - 1].says("as")
                || all[*at - 1].says("for") && all[range.start].says("declare");
            begins && (explains || behind)
        })
    }

    /// `CREATE TABLE t (…)`: a column a line; `false` where there are none.
    fn columns(&mut self, range: &Range<usize>, indent: usize) -> bool {
        let all = &self.pieces.all;
        let is_list = |at: &usize| {
            let last = &all[*at - 1];
            all[*at].is_sign("(") && (last.is_name() || last.says("as"))
        };
        let Some(open) = self.pieces.outer(range.clone()).skip(1).find(is_list) else {
            return false;
        };
        let is_other = |at: usize| all[at].says_any(&["by", "of", "using"]);
        let close = self.pieces.after(open);
        if close == open + 2 || self.pieces.outer(range.start..open).any(is_other) {
            return false;
        }
        self.run(&(range.start..open), indent);
        self.token(open, indent);
        for item in self.pieces.items(&(open + 1..close - 1), ",") {
            self.break_at(indent + INDENT);
            self.run(&item, indent + INDENT);
        }
        self.break_at(indent);
        self.token(close - 1, indent);
        self.run(&(close..range.end), indent);
        true
    }

    /// `CREATE FUNCTION f(…)`: what it returns, its language and its body each begin a line.
    fn routine(&mut self, range: &Range<usize>, indent: usize) {
        let all = &self.pieces.all;
        let begins =
            |at: usize| all[at].says_any(&["returns", "language", "as", "return", "begin"]);
        let parts = self.pieces.split(range, begins);
        for (count, part) in parts.iter().enumerate() {
            let first = &self.pieces.all[part.start];
            let inner = if first.says_any(&["returns", "language"]) {
                INDENT
            } else {
                0
            };
            let is_body = first.says("begin")
                && self.pieces.all[range.end - 1].says("end")
                && part.start + 2 < range.end;
            if count > 0 {
                self.break_at(indent + inner);
            }
            if is_body {
                return self.body(&(part.start..range.end), indent);
            }
            self.run(part, indent + inner);
        }
    }

    /// `BEGIN ATOMIC … END`.
    fn body(&mut self, range: &Range<usize>, indent: usize) {
        let end = range.end - 1;
        self.flat(&(range.start..range.start + 2), indent);
        for statement in self.pieces.items(&(range.start + 2..end), ";") {
            self.break_at(indent + INDENT);
            self.statement(&statement, indent + INDENT);
        }
        self.break_at(indent);
        self.token(end, indent);
    }

    /// `ALTER TABLE t …`: several actions each on a line.
    fn actions(&mut self, range: &Range<usize>, indent: usize) {
        let items = self.pieces.items(range, ",");
        let all = &self.pieces.all;
        // The first one is behind the name, and what is before its dots.
        let is_name = |at: &usize| all[*at].is_name();
        let name = self.pieces.outer(range.clone()).find(is_name);
        let mut first = name.map_or(range.end, |at| at + 1);
        while first + 1 < range.end && all[first].text == "." {
            first += 2;
        }
        if self.fits(range) && items.len() < 2 || first >= range.end || all[first].is_sign("(") {
            return self.other(range, indent);
        }
        self.run(&(range.start..first), indent);
        for item in self.pieces.items(&(first..range.end), ",") {
            self.break_at(indent + INDENT);
            self.run(&item, indent + INDENT);
        }
    }

    /// Anything else: on one line, or parted where its key words part it.
    fn other(&mut self, range: &Range<usize>, indent: usize) {
        if self.fits(range) {
            return self.flat(range, indent + INDENT);
        }
        let all = &self.pieces.all;
        let begins = |at: usize| all[at].says_any(&PARTS) && !all[at - 1].says_any(&PARTS);
        let parts = self.pieces.split(range, begins);
        for (count, part) in parts.iter().enumerate() {
            if count > 0 {
                self.break_at(indent + INDENT);
            }
            self.run(part, indent + INDENT * usize::from(count > 0));
        }
    }
}

const QUERIES: [&str; 8] = [
    "delete", "insert", "merge", "select", "table", "update", "values", "with",
];

/// Words that begin a part of a statement that is no query.
const PARTS: [&str; 19] = [
    "after",
    "as",
    "before",
    "do",
    "execute",
    "for",
    "from",
    "increment",
    "instead",
    "on",
    "owned",
    "referencing",
    "set",
    "start",
    "to",
    "using",
    "when",
    "where",
    "with",
];
