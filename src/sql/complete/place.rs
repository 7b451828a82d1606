//! What may stand where the cursor is: the rules for queries, and where the others are asked.

use std::ops::Range;

use super::definition;
use super::query::{Clause, Query, Verb};
use super::tree::{DEEPEST, Tree};
use super::words;
use crate::sql::lexer::{Kind, Token};

mod parenthesis;
mod wanted;

use parenthesis::in_parenthesis;

pub(super) use parenthesis::listing;
pub(super) use wanted::{Columns, Functions, Relations, Wanted};

/// The queries around the cursor, the outermost first.
pub(super) fn queries(tree: &Tree<'_, '_>) -> Vec<Range<usize>> {
    let begin = query_start(tree);
    let end = tree.tokens.len();
    let mut queries = Vec::new();
    if let Some(begin) = begin.filter(|begin| *begin < tree.at) {
        queries.push(begin..end);
    }
    let from = begin.unwrap_or(0);
    let inner = tree
        .around
        .iter()
        .filter(|open| **open >= from && tree.holds_query(**open));
    let inner: Vec<Range<usize>> = inner.map(|open| tree.inside(*open)).collect();
    queries.extend_from_slice(&inner[inner.len().saturating_sub(DEEPEST)..]);
    queries
}

/// Where the statement's query begins: behind `EXPLAIN`, behind `CREATE … AS`.
pub(super) fn query_start(tree: &Tree<'_, '_>) -> Option<usize> {
    let first = tree.get(0)?;
    if tree.begins_query(0) || first.is_sign('(') {
        return Some(0);
    }
    if first.is("explain") {
        let mut at = 1;
        while at < tree.tokens.len() && !tree.begins_query(at) {
            let option = tree.get(at)?;
            let is_option =
                option.is_any(&["analyze", "analyse", "verbose"]) || option.is_sign('(');
            if !is_option || (option.is_sign('(') && tree.holds_query(at)) {
                break;
            }
            at = tree.next(at);
        }
        return Some(at);
    }
    if !first.is_any(&["create", "prepare", "declare"]) {
        return None;
    }
    let mut at = 1;
    while at < tree.tokens.len() {
        let leads = tree.get(at)?.is("as") || (first.is("declare") && tree.get(at)?.is("for"));
        let next = at + 1;
        if leads && (tree.begins_query(next) || (tree.opens(next) && tree.holds_query(next))) {
            return Some(next);
        }
        at = tree.next(at);
    }
    None
}

/// What may stand at the cursor. `query` is the innermost query around it, where there is one.
pub(super) fn wanted(tree: &Tree<'_, '_>, query: Option<(&Query, Range<usize>)>) -> Wanted {
    let Some(previous) = tree.at.checked_sub(1).and_then(|at| tree.get(at)) else {
        return Wanted::words(&[words::STATEMENT]);
    };
    if previous.text == "::" {
        return Wanted::types();
    }
    let Some((query, range)) = query else {
        return definition::wanted(tree, previous);
    };
    let paren = tree
        .around
        .last()
        .copied()
        .filter(|open| *open >= range.start);
    match paren {
        Some(open) if tree.get(open).is_some_and(|token| token.is_sign('(')) => {
            in_parenthesis(tree, query, open, previous)
        }
        Some(_) => expression(tree, query, previous),
        None => in_clause(tree, query, previous),
    }
}

/// Whether a value is to come behind this token.
pub(super) fn expects_operand(tree: &Tree<'_, '_>, at: usize) -> bool {
    const WORDS: [&str; 43] = [
        "select",
        "distinct",
        "all",
        "where",
        "on",
        "and",
        "or",
        "not",
        "having",
        "by",
        "when",
        "then",
        "else",
        "case",
        "between",
        "like",
        "ilike",
        "to",
        "returning",
        "limit",
        "offset",
        "any",
        "some",
        "default",
        "values",
        "using",
        "check",
        "in",
        "from",
        "symmetric",
        "set",
        "return",
        "escape",
        "only",
        "filter",
        "variadic",
        "add",
        "first",
        "next",
        "is",
        "for",
        "over",
        "array",
    ];
    let Some(token) = at.checked_sub(1).and_then(|before| tree.get(before)) else {
        return true;
    };
    match token.kind {
        Kind::Operator if token.text == "*" => !is_all(tree, at - 1),
        Kind::Operator => true,
        Kind::Sign => matches!(token.text, "(" | "," | "["),
        Kind::Word => token.is_any(&WORDS) && !tree.is_named(at - 1),
        _ => false,
    }
}

/// Whether a `*` stands for all columns, and is no operator.
fn is_all(tree: &Tree<'_, '_>, at: usize) -> bool {
    tree.before(at).is_none_or(|before| {
        before.is_sign('.')
            || before.is_sign('(')
            || before.is_sign(',')
            || before.is_any(&["select", "returning", "all"])
    })
}

/// In an expression, whatever is around it.
fn expression(tree: &Tree<'_, '_>, query: &Query, previous: &Token<'_>) -> Wanted {
    if previous.is("as") {
        return Wanted::nothing();
    }
    if !expects_operand(tree, tree.at) {
        return Wanted::words(&operators(tree, query));
    }
    if previous.is("not") && !expects_operand(tree, tree.at - 1) {
        return Wanted::words(&[&["IN", "LIKE", "ILIKE", "BETWEEN", "SIMILAR TO"]]);
    }
    let mut wanted = Wanted::operand();
    if previous.is("when")
        && let Some(path) = tree.path_before(tree.at - 1)
        && tree.says((tree.at - 1).saturating_sub(2 * path.len()), "case")
    {
        wanted.compared = Some(path);
    }
    if previous.is("case") {
        wanted.words.insert(0, words::CASE);
    }
    if previous.kind == Kind::Operator
        && matches!(previous.text, "=" | "<>" | "!=" | "<" | ">" | "<=" | ">=")
    {
        wanted.compared = tree.path_before(tree.at - 1);
        wanted = wanted.and(words::QUANTIFIER);
    }
    if previous.is("from") && tree.at >= 4 && tree.says(tree.at - 2, "distinct") {
        let negated = tree.says(tree.at - 3, "not");
        wanted.compared = tree.path_before(tree.at - 3 - usize::from(negated));
    }
    if previous.is("is") {
        return Wanted::words(&[&[
            "NULL",
            "NOT NULL",
            "TRUE",
            "FALSE",
            "DISTINCT FROM",
            "NOT DISTINCT FROM",
            "UNKNOWN",
        ]]);
    }
    wanted
}

/// What follows an operand.
fn operators(tree: &Tree<'_, '_>, query: &Query) -> Vec<&'static [&'static str]> {
    let mut open = 0_usize;
    for at in query.clause_at..tree.at {
        if tree.says(at, "case") {
            open += 1;
        } else if tree.says(at, "end") {
            open = open.saturating_sub(1);
        }
    }
    let mut words = Vec::new();
    if open > 0 {
        words.push(words::CASE);
    }
    words.push(words::OPERATOR);
    words
}

/// Right in a clause, in no parenthesis.
fn in_clause(tree: &Tree<'_, '_>, query: &Query, previous: &Token<'_>) -> Wanted {
    let operand = expects_operand(tree, tree.at);
    let plus = |lists: &[&'static [&'static str]]| {
        let mut wanted = expression(tree, query, previous);
        if !operand {
            wanted.words.extend_from_slice(lists);
        }
        wanted
    };
    if previous.is("as") && query.clause != Clause::With {
        return Wanted::nothing();
    }
    let writes = matches!(query.verb, Verb::Insert | Verb::Update | Verb::Delete);
    let tail = if writes && query.verb != Verb::Insert {
        words::RETURNING
    } else {
        words::TAIL
    };
    match query.clause {
        Clause::Start => start(query, previous),
        Clause::With => with(previous),
        Clause::Select => {
            let mut wanted = plus(&[words::TAIL]);
            if !operand {
                // The commonest goes first, unless a CASE waits for its END.
                let place = usize::from(wanted.words.first() == Some(&words::CASE));
                wanted.words.insert(place, words::SELECT_NEXT);
            } else if previous.is("select") {
                wanted = wanted.and(words::SELECT_BEGIN);
            }
            wanted
        }
        Clause::Target => target(query, previous),
        Clause::From => from(tree, query, previous),
        Clause::On => {
            let mut wanted = plus(&[words::JOINS, words::WHERE, tail, words::WHEN]);
            wanted.conditions = previous.is("on");
            wanted
        }
        Clause::Using => Wanted::words(&[words::JOINS, words::WHERE, tail]),
        Clause::Where | Clause::Having if query.verb == Verb::Insert => {
            plus(&[tail, words::CONFLICT])
        }
        Clause::Limit if previous.is_any(&["limit", "offset"]) => Wanted {
            columns: Columns::None,
            schemas: false,
            ..Wanted::operand().and(&["ALL"])
        },
        Clause::Limit if !operand => Wanted::words(&[words::LAST]),
        Clause::Where | Clause::Having | Clause::Limit | Clause::Window => plus(&[tail]),
        Clause::Group if previous.is("group") => Wanted::words(&[words::BY]),
        Clause::Group => {
            let mut wanted = plus(&[words::GROUP_NEXT]);
            if operand {
                wanted = wanted.and(words::GROUP_BEGIN);
            }
            wanted.aliases = operand;
            wanted
        }
        Clause::Order if previous.is("order") => Wanted::words(&[words::BY]),
        Clause::Order if previous.is("nulls") => Wanted::words(&[words::NULLS]),
        Clause::Order if operand => Wanted {
            aliases: true,
            ..plus(&[])
        },
        Clause::Order => Wanted::words(&[words::ORDER_NEXT, words::LAST, words::OPERATOR]),
        Clause::Lock => Wanted::words(&[words::LOCK]),
        Clause::Values if previous.is("values") || previous.is_sign(',') => Wanted::nothing(),
        Clause::Values if query.verb == Verb::Insert => Wanted::words(&[words::CONFLICT]),
        Clause::Values => Wanted::words(&[&["ORDER BY"], words::LAST]),
        Clause::Set => {
            let mut value = expression(tree, query, previous);
            if operand {
                value = value.and(words::DEFAULT);
            } else {
                value
                    .words
                    .splice(0..0, [words::WHERE, words::FROM, words::RETURNING]);
            }
            set(tree, query, previous, value)
        }
        Clause::Conflict => conflict(previous),
        Clause::When => when(previous, expression(tree, query, previous)),
        Clause::Returning => plus(&[words::AS]),
        Clause::Into if previous.is("into") => Wanted::nothing(),
        Clause::Into => Wanted::words(&[words::FROM]),
    }
}

fn start(query: &Query, previous: &Token<'_>) -> Wanted {
    match query.verb {
        Verb::Insert | Verb::Merge if previous.is_any(&["insert", "merge"]) => {
            Wanted::words(&[words::INTO])
        }
        Verb::Delete if previous.is("delete") => Wanted::words(&[words::FROM]),
        _ if previous.is_any(&["union", "intersect", "except"]) => {
            Wanted::words(&[words::SET_OPERATION])
        }
        _ => Wanted::words(&[words::QUERY]),
    }
}

fn with(previous: &Token<'_>) -> Wanted {
    match previous {
        token if token.is("with") => Wanted::words(&[words::WITH_BEGIN]),
        token if token.is_sign(')') => Wanted::words(&[words::QUERY, words::WITH_AS]),
        token if token.is_any(&["as", "not"]) => {
            Wanted::words(&[&["MATERIALIZED", "NOT MATERIALIZED"]])
        }
        token if token.is_sign(',') || token.is("recursive") => Wanted::nothing(),
        _ => Wanted::words(&[words::AS]),
    }
}

fn target(query: &Query, previous: &Token<'_>) -> Wanted {
    if previous.is_any(&["into", "update", "only"]) {
        return Wanted::relations(Relations::Write);
    }
    match query.verb {
        Verb::Table if previous.is("table") => Wanted::relations(Relations::Read),
        Verb::Insert => Wanted::words(&[words::INSERT_NEXT]),
        Verb::Update => Wanted::words(&[words::SET, words::AS]),
        Verb::Merge => Wanted::words(&[words::USING, words::AS]),
        _ => Wanted::words(&[words::TAIL]),
    }
}

fn from(tree: &Tree<'_, '_>, query: &Query, previous: &Token<'_>) -> Wanted {
    if previous.is("as") {
        return Wanted::nothing();
    }
    if previous.is_any(&["from", "join", "using", "lateral", "only"]) || previous.is_sign(',') {
        let writes = query.verb == Verb::Delete && query.items.is_empty() && previous.is("from");
        let relations = if writes {
            Relations::Write
        } else {
            Relations::Read
        };
        return Wanted::relations(relations).and(words::ITEM_BEGIN);
    }
    if previous.is_any(&[
        "left", "right", "full", "inner", "cross", "natural", "outer",
    ]) && !tree.is_named(tree.at - 1)
    {
        return Wanted::words(&[words::JOIN_ONLY]);
    }
    // Behind a JOIN its condition is what is missing.
    let joins = (query.clause_at..tree.at).any(|at| tree.says(at, "join"))
        && !tree.says(query.clause_at.saturating_sub(1), "cross")
        && !tree.says(query.clause_at.saturating_sub(1), "natural");
    match query.verb {
        Verb::Delete => Wanted::words(&[words::WHERE, words::USING, words::RETURNING, words::AS]),
        Verb::Merge => Wanted::words(&[words::ON, words::AS]),
        _ if joins => Wanted::words(&[words::ON, words::JOINS, words::FROM_NEXT, words::TAIL]),
        _ => Wanted::words(&[words::WHERE, words::JOINS, words::TAIL, words::FROM_NEXT]),
    }
}

fn set(tree: &Tree<'_, '_>, query: &Query, previous: &Token<'_>, expression: Wanted) -> Wanted {
    if !previous.is("set") && !previous.is_sign(',') {
        return expression;
    }
    let parts = tree.parts(query.clause_at + 1..tree.tokens.len());
    let assigned = |part: &Range<usize>| {
        tree.get(part.start + 1)
            .is_some_and(|token| token.text == "=")
    };
    let listed = parts
        .into_iter()
        .filter(assigned)
        .filter_map(|part| tree.name(part.start));
    Wanted {
        listed: listed.collect(),
        ..Wanted::columns(Columns::Target)
    }
}

fn conflict(previous: &Token<'_>) -> Wanted {
    match previous {
        token if token.is("on") => Wanted::words(&[&["CONFLICT"]]),
        token if token.is("do") => Wanted::words(&[words::DO]),
        token if token.is("update") => Wanted::words(&[words::SET]),
        token if token.is("constraint") => Wanted::nothing(),
        token if token.is("nothing") => Wanted::words(&[words::RETURNING]),
        _ => Wanted::words(&[words::CONFLICT_NEXT]),
    }
}

fn when(previous: &Token<'_>, expression: Wanted) -> Wanted {
    match previous {
        token if token.is("then") => Wanted::words(&[words::MERGE_DOES]),
        token if token.is("update") => Wanted::words(&[words::SET]),
        token if token.is("insert") => Wanted::words(&[&["VALUES", "DEFAULT VALUES"]]),
        token if token.is_any(&["when", "matched", "not"]) => Wanted::words(&[words::MATCHED]),
        _ => expression.and(&["THEN"]),
    }
}
