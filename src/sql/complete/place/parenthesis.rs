//! What may stand in parentheses that hold no query: lists of columns, arguments, windows.

use super::{Columns, Relations, Wanted, expects_operand, expression, from};
use crate::sql::complete::query::{Clause, Query};
use crate::sql::complete::tree::Tree;
use crate::sql::complete::words;
use crate::sql::keywords::is_reserved;
use crate::sql::lexer::{Kind, Token};

pub(super) fn in_parenthesis(
    tree: &Tree<'_, '_>,
    query: &Query,
    open: usize,
    previous: &Token<'_>,
) -> Wanted {
    let before = tree.before(open);
    let is = |words: &[&str]| before.is_some_and(|token| token.is_any(words));
    let at_begin = tree.at == open + 1;
    match query.clause {
        Clause::Start if at_begin => return Wanted::words(&[words::QUERY]),
        Clause::With => {
            let body = is(&["as", "materialized"]);
            return if body && at_begin {
                Wanted::words(&[words::QUERY])
            } else {
                Wanted::nothing()
            };
        }
        Clause::Target if query.target_columns == Some(open) => {
            return listing(tree, open, Columns::Target);
        }
        Clause::When if is(&["insert"]) => return listing(tree, open, Columns::Target),
        Clause::Conflict if is(&["conflict"]) => return listing(tree, open, Columns::Target),
        Clause::Using if is(&["using"]) => return listing(tree, open, Columns::Common),
        Clause::Set if is(&["set"]) || before.is_some_and(|token| token.is_sign(',')) => {
            return listing(tree, open, Columns::Target);
        }
        Clause::From | Clause::Target
            if is(&["from", "join", "lateral", "using"]) || is_comma(before) =>
        {
            if at_begin {
                return Wanted {
                    leading: words::SUBQUERY,
                    ..Wanted::relations(Relations::Read)
                };
            }
            return from(tree, query, previous);
        }
        _ => {}
    }
    if is(&["over"]) || (query.clause == Clause::Window && is(&["as"])) {
        return window(tree, query, previous);
    }
    if is(&["cast"]) && previous.is("as") {
        return Wanted::types();
    }
    let mut wanted = expression(tree, query, previous);
    if is(&["filter"]) && at_begin {
        return Wanted::words(&[words::WHERE]);
    }
    if is(&["group"]) && at_begin && query.clause != Clause::Group {
        return Wanted::words(&[&["ORDER BY"]]);
    }
    if is(&["exists"]) && at_begin {
        wanted.leading = words::SUBQUERY;
        return wanted;
    }
    let is_call = before.is_some_and(|token| {
        token.kind == Kind::Name || token.kind == Kind::Word && !is_reserved(token.text)
    });
    if is(&["cast"]) && !expects_operand(tree, tree.at) {
        wanted.words.insert(0, words::AS);
    } else if is_call && query.clause != Clause::Values {
        wanted = wanted.and(words::ARGUMENT);
    } else if at_begin {
        wanted = wanted.and(words::SUBQUERY);
    }
    if query.clause == Clause::Values && (is(&["values"]) || is_comma(before)) {
        let part = tree.parts(open + 1..tree.at).len();
        let begun = part.saturating_sub(1);
        let is_value = at_begin || is_comma(Some(previous));
        wanted.valued = is_value.then_some(if is_comma(Some(previous)) {
            part
        } else {
            begun
        });
        wanted = wanted.and(words::DEFAULT);
    }
    if is(&["in"]) && (at_begin || is_comma(Some(previous))) {
        let end = open - 1;
        let negated = tree.before(end).is_some_and(|token| token.is("not"));
        wanted.compared = tree.path_before(end - usize::from(negated));
    }
    wanted
}

fn is_comma(token: Option<&Token<'_>>) -> bool {
    token.is_some_and(|token| token.is_sign(','))
}

/// A list of columns, without those that stand in it.
pub(in crate::sql::complete) fn listing(
    tree: &Tree<'_, '_>,
    open: usize,
    columns: Columns,
) -> Wanted {
    let previous = tree.at.checked_sub(1).and_then(|at| tree.get(at));
    if previous.is_none_or(|token| !token.is_sign('(') && !token.is_sign(',')) {
        return Wanted::nothing();
    }
    let listed = tree.inside(open).filter_map(|at| tree.name(at)).collect();
    Wanted {
        listed,
        ..Wanted::columns(columns)
    }
}

fn window(tree: &Tree<'_, '_>, query: &Query, previous: &Token<'_>) -> Wanted {
    if previous.is_sign('(') {
        return Wanted::words(&[words::WINDOW_BEGIN]);
    }
    if previous.is_any(&["partition", "order"]) {
        return Wanted::words(&[words::BY]);
    }
    if expects_operand(tree, tree.at) && !previous.is("and") && !previous.is("between") {
        return expression(tree, query, previous);
    }
    Wanted::words(&[words::WINDOW_NEXT])
}
