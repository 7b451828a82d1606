//! A query as its clauses, each on a line of its own.

use std::ops::Range;

use super::layout::{INDENT, Layout};

/// What a clause is, by what it is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Clause {
    /// Subqueries with names.
    With,
    /// What is parted by commas.
    List,
    /// What is parted by AND and OR.
    Condition,
    /// What is parted by commas and joins.
    From,
    /// Rows.
    Values,
    /// What is done instead of an insertion.
    Conflict,
    /// UNION and the like.
    Union,
    Plain,
}

/// What was read of a query so far.
#[derive(Default)]
struct Reading {
    /// The first word of what is behind its WITH.
    verb: Option<&'static str>,
    last: Option<Clause>,
    has_joined: bool,
    has_done: bool,
}

impl Layout<'_> {
    /// A query, or what changes rows.
    pub(super) fn query(&mut self, range: &Range<usize>, indent: usize) {
        for (count, (clause, part)) in self.clauses(range).into_iter().enumerate() {
            if count > 0 {
                self.break_at(indent);
            }
            self.clause(clause, &part, indent);
        }
    }

    fn clauses(&self, range: &Range<usize>) -> Vec<(Clause, Range<usize>)> {
        let mut found: Vec<(Clause, Range<usize>)> = Vec::new();
        let mut reading = Reading::default();
        for at in self.pieces.outer(range.clone()) {
            let begins = self.begins(at, range.start, &mut reading);
            let is_first = found.is_empty();
            if begins.is_some() || is_first {
                if let Some((_, last)) = found.last_mut() {
                    last.end = at;
                }
                let clause = begins.unwrap_or(Clause::Plain);
                reading.last = Some(clause);
                found.push((clause, at..range.end));
            }
        }
        found
    }

    /// The clause that begins with a token.
    fn begins(&self, at: usize, start: usize, reading: &mut Reading) -> Option<Clause> {
        let all = &self.pieces.all;
        let piece = &all[at];
        let before = |words: &[&str]| at > start && all[at - 1].says_any(words);
        let next = |words: &[&str]| all.get(at + 1).is_some_and(|next| next.says_any(words));
        if reading.last == Some(Clause::Union) && piece.is_sign("(") {
            return Some(Clause::Plain);
        }
        if !piece.is_keyword {
            return None;
        }
        if piece.says("join") {
            reading.has_joined = true;
        }
        let verb = reading.verb;
        match piece.text.to_ascii_lowercase().as_str() {
            "default" if verb == Some("insert") && next(&["values"]) => Some(Clause::Plain),
            "overriding" if verb == Some("insert") => Some(Clause::Plain),
            "from" if !before(&["delete"]) && !self.is_distinct_from(at, start) => {
                Some(Clause::From)
            }
            "using" if matches!(verb, Some("delete" | "merge")) && !reading.has_joined => {
                Some(Clause::From)
            }
            "where" | "having" if reading.last != Some(Clause::Conflict) || reading.has_done => {
                Some(Clause::Condition)
            }
            "group" | "order" if next(&["by"]) => Some(Clause::List),
            "returning" | "window" => Some(Clause::List),
            "set" if verb == Some("update") => Some(Clause::List),
            "on" if next(&["conflict"]) => Some(Clause::Conflict),
            "do" => {
                reading.has_done = true;
                None
            }
            "when" if verb == Some("merge") => Some(Clause::Plain),
            "into" if verb == Some("select") => Some(Clause::Plain),
            "limit" | "offset" => Some(Clause::Plain),
            "with" if next(&["no", "data", "check", "local", "cascaded"]) => Some(Clause::Plain),
            "fetch" if next(&["first", "next"]) => Some(Clause::Plain),
            "for" if next(&["update", "share", "no", "key"]) => Some(Clause::Plain),
            "union" | "intersect" | "except" => Some(Clause::Union),
            _ => self.verb(at, start, reading),
        }
    }

    /// The clause that says what is done.
    fn verb(&self, at: usize, start: usize, reading: &mut Reading) -> Option<Clause> {
        let is_first = at == start || reading.last == Some(Clause::Union);
        let is_behind_with = reading.last == Some(Clause::With) && reading.verb.is_none();
        let is_verb = is_first || is_behind_with;
        let word = self.pieces.all[at].text.to_ascii_lowercase();
        match word.as_str() {
            "with" if is_first => Some(Clause::With),
            "select" => {
                reading.verb = Some("select");
                reading.has_joined = false;
                Some(Clause::List)
            }
            "insert" | "update" | "delete" | "merge" if is_verb => {
                let verbs = ["insert", "update", "delete", "merge"];
                reading.verb = verbs.into_iter().find(|verb| *verb == word);
                Some(Clause::Plain)
            }
            "values" if is_verb || reading.verb == Some("insert") => Some(Clause::Values),
            "table" if is_verb => Some(Clause::Plain),
            _ => None,
        }
    }

    /// Whether a FROM is that of `IS [NOT] DISTINCT FROM`.
    fn is_distinct_from(&self, at: usize, start: usize) -> bool {
        at >= start + 2
            && self.pieces.all[at - 1].says("distinct")
            && self.pieces.all[at - 2].says_any(&["is", "not"])
    }

    fn clause(&mut self, clause: Clause, range: &Range<usize>, indent: usize) {
        match clause {
            Clause::With => self.with(range, indent),
            Clause::List => {
                let head = self.head(range);
                self.items(range, head, indent);
            }
            Clause::Conflict => {
                let is_set = |at: &usize| self.pieces.all[*at].says("set");
                let set = self.pieces.outer(range.clone()).find(is_set);
                match set {
                    Some(set) => self.items(range, set + 1, indent),
                    None => self.run(range, indent),
                }
            }
            Clause::Condition => {
                let parts = self.pieces.conditions(range);
                self.below(&parts, indent);
            }
            Clause::From => self.from(range, indent),
            Clause::Values => {
                let rows = self.pieces.items(&(range.start + 1..range.end), ",");
                if rows.len() < 2 {
                    return self.run(range, indent);
                }
                self.token(range.start, indent);
                for row in &rows {
                    self.break_at(indent + INDENT);
                    self.run(row, indent + INDENT);
                }
            }
            Clause::Union | Clause::Plain => self.run(range, indent),
        }
    }

    /// Where the list of a clause begins.
    fn head(&self, range: &Range<usize>) -> usize {
        let all = &self.pieces.all;
        let mut at = range.start + 1;
        if all[range.start].says_any(&["group", "order"]) {
            at += 1;
        }
        while at < range.end && all[at].says_any(&["all", "distinct"]) {
            let is_on = all.get(at + 1).is_some_and(|next| next.says("on"));
            at = if is_on && at + 2 < range.end {
                self.pieces.after(at + 2)
            } else {
                at + 1
            };
        }
        at.min(range.end)
    }

    /// A clause whose list is on its line, or below it.
    fn items(&mut self, range: &Range<usize>, head: usize, indent: usize) {
        let items = self.pieces.items(&(head..range.end), ",");
        if self.fits(range) {
            return self.flat(range, indent + INDENT);
        }
        self.run(&(range.start..head), indent);
        if let [item] = items.as_slice() {
            return self.run(item, indent);
        }
        for item in &items {
            self.break_at(indent + INDENT);
            self.run(item, indent + INDENT);
        }
    }

    /// Parts below each other, the first behind what the clause begins with.
    fn below(&mut self, parts: &[Range<usize>], indent: usize) {
        let inner = if parts.len() > 1 {
            indent + INDENT
        } else {
            indent
        };
        for (count, part) in parts.iter().enumerate() {
            if count > 0 {
                self.break_at(inner);
            }
            self.run(part, inner);
        }
    }

    fn from(&mut self, range: &Range<usize>, indent: usize) {
        let all = &self.pieces.all;
        let joins = |at: usize| self.pieces.joins(at);
        let parts = self
            .pieces
            .split(range, |at| joins(at) || all[at - 1].is_sign(","));
        let has_joins = parts.iter().skip(1).any(|part| joins(part.start));
        if !has_joins && self.fits(range) {
            return self.flat(range, indent + INDENT);
        }
        self.below(&parts, indent);
    }

    fn with(&mut self, range: &Range<usize>, indent: usize) {
        for (count, item) in self.pieces.items(range, ",").iter().enumerate() {
            if count > 0 {
                self.break_at(indent);
            }
            let is_query = |at: &usize| self.pieces.is_query(*at);
            let open = self.pieces.outer(item.clone()).find(is_query);
            let Some(open) = open else {
                self.run(item, indent);
                continue;
            };
            self.flat(&(item.start..open), indent + INDENT);
            self.group(open, indent);
            let after = self.pieces.after(open);
            if after < item.end {
                self.run(&(after..item.end), indent);
            }
        }
    }
}
