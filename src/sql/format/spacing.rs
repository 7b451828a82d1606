//! Between which tokens a space stands. What may mean one or the other is left as it was written.

use super::pieces::Piece;
use crate::sql::lexer::Kind;

/// Key words that are called like functions.
const CALLED: [&str; 11] = [
    "array",
    "cast",
    "current_catalog",
    "current_schema",
    "current_time",
    "current_timestamp",
    "grouping",
    "interval",
    "localtime",
    "localtimestamp",
    "row",
];

/// Key words that stand for values: an operator behind them has two sides.
const VALUES: [&str; 16] = [
    "current_catalog",
    "current_date",
    "current_role",
    "current_schema",
    "current_time",
    "current_timestamp",
    "current_user",
    "default",
    "end",
    "false",
    "localtime",
    "localtimestamp",
    "null",
    "session_user",
    "true",
    "user",
];

/// Marks the tokens before which a space stands.
pub(super) fn space(all: &mut [Piece<'_>]) {
    let mut brackets = 0_usize;
    let mut is_prefix = false;
    for at in 0..all.len() {
        let (before, here) = all.split_at(at);
        let Some(piece) = here.first() else { return };
        let last = before.last();
        let spaced = last.is_some_and(|last| {
            let around = Around {
                before,
                last,
                in_brackets: brackets > 0,
                is_prefix,
            };
            is_spaced(&around, piece, here.get(1))
        });
        is_prefix = piece.kind == Kind::Operator && !last.is_some_and(ends_value);
        match piece.text {
            "[" => brackets += 1,
            "]" => brackets = brackets.saturating_sub(1),
            _ => {}
        }
        all[at].spaced = spaced;
    }
}

/// What stands before a token.
struct Around<'a, 'b> {
    before: &'a [Piece<'b>],
    last: &'a Piece<'b>,
    in_brackets: bool,
    /// Whether the last one is an operator with one side, or the `*` of all columns.
    is_prefix: bool,
}

/// Whether an operator behind it has a value on its left.
pub(super) fn ends_value(piece: &Piece<'_>) -> bool {
    match piece.kind {
        Kind::Operator => false,
        Kind::Sign => matches!(piece.text, ")" | "]"),
        Kind::Word => !piece.is_keyword || piece.is_any(&VALUES),
        _ => true,
    }
}

fn is_spaced(around: &Around<'_, '_>, piece: &Piece<'_>, next: Option<&Piece<'_>>) -> bool {
    let last = around.last;
    let glues = |piece: &Piece<'_>| matches!(piece.text, "." | "::");
    // Two operators side by side would be one.
    if piece.kind == Kind::Operator && last.kind == Kind::Operator {
        return true;
    }
    // A key word may begin a line: it is apart then, whatever it was before.
    let is_apart = piece.is_apart || piece.is_keyword;
    if piece.text == ":" || last.text == ":" {
        return is_apart;
    }
    if last.text.ends_with('.') && piece.text.starts_with('.') {
        return true;
    }
    if glues(piece) || glues(last) || matches!(last.text, "(" | "[") {
        // A number would take the dot for its own.
        let is_number = |piece: &Piece<'_>| piece.kind == Kind::Number;
        return is_number(last) && piece.text == "." || is_number(piece) && last.text == ".";
    }
    match piece.text {
        "," | ";" | ")" | "]" => return false,
        "(" => return opens_apart(around),
        "[" => return !(ends_value(last) || last.says("array")),
        "%" if next.is_some_and(|next| next.is_any(&["type", "rowtype"])) => return piece.is_apart,
        _ => {}
    }
    if last.text == "%" && piece.is_any(&["type", "rowtype"]) {
        return piece.is_apart;
    }
    let is_variable = piece.kind == Kind::Variable;
    if around.in_brackets && is_variable {
        return piece.is_apart;
    }
    if piece.kind == Kind::Operator {
        return true;
    }
    if last.kind == Kind::Operator {
        let is_sign = matches!(last.text, "+" | "-");
        return match around.is_prefix {
            true if last.text == "*" => true,
            true => !is_sign && is_apart,
            false => true,
        };
    }
    let is_odd = |piece: &Piece<'_>| {
        piece.kind == Kind::Sign && !matches!(piece.text, "," | ")" | "]" | ";")
    };
    if is_odd(piece) || is_odd(last) || is_variable && !last.is_keyword {
        return is_apart || matches!(last.text, "," | ")" | ";");
    }
    true
}

/// Whether a parenthesis stands apart from what is before it: behind key words, and behind the name of
/// something whose columns it lists; not behind a function.
fn opens_apart(around: &Around<'_, '_>) -> bool {
    let last = around.last;
    match last.kind {
        Kind::Word if last.is_keyword => return !last.is_any(&CALLED),
        Kind::Word | Kind::Name => {}
        Kind::Sign => return !matches!(last.text, "(" | "["),
        Kind::Operator => return !(around.is_prefix && matches!(last.text, "+" | "-")),
        _ => return true,
    }
    // In front of the name, with what is before its dots.
    let mut at = around.before.len() - 1;
    while at >= 2 && around.before[at - 1].text == "." {
        at -= 2;
    }
    let Some(intro) = at.checked_sub(1).and_then(|at| around.before.get(at)) else {
        return false;
    };
    let first = around.before.first();
    let is_created =
        first.is_some_and(|first| first.is_any(&["create", "copy", "alter", "comment"]));
    if intro.says_any(&[
        "into",
        "references",
        "view",
        "recursive",
        "with",
        "copy",
        "analyze",
    ]) {
        return true;
    }
    let creates = |what: &str| around.before.iter().take(6).any(|piece| piece.says(what));
    if intro.says_any(&[
        "table",
        "exists",
        "on",
        "using",
        "of",
        "only",
        "concurrently",
        "copy",
    ]) {
        return is_created && !creates("function") && !creates("procedure");
    }
    if intro.is_sign(",") {
        // The second of several subqueries with names has its columns behind it as the first has.
        return first.is_some_and(|first| first.says("with"))
            && at >= 2
            && around.before[at - 2].is_sign(")")
            && around.last.is_name()
            && is_named_query(around.before, at - 2);
    }
    if intro.says("as") {
        return !is_type(last);
    }
    false
}

/// Whether the parenthesis that ends here is that of `name AS (…)`.
fn is_named_query(before: &[Piece<'_>], end: usize) -> bool {
    let open = (0..end).rev().find(|at| before[*at].close == Some(end));
    let intro = open.and_then(|open| open.checked_sub(1));
    intro.is_some_and(|at| before[at].says_any(&["as", "materialized"]))
}

fn is_type(piece: &Piece<'_>) -> bool {
    use crate::sql::keywords::{Meaning, meaning};
    piece.kind == Kind::Word && meaning(piece.text) == Some(Meaning::Type)
}
