//! SQL in a form that is easy to read: key words in capitals, each clause on its line, lists, conditions
//! and subqueries further in where they do not fit on one (the style of the manual's examples and of
//! pgFormatter).
//!
//! Only spaces and the case of key words change. The tokens of what is made are compared with those of
//! what was there, so that a fault in here could not change what is run: then the text stays.

use std::ops::Range;

mod clauses;
mod layout;
mod pieces;
mod spacing;
mod statements;
mod words;

#[cfg(test)]
mod tests;

use layout::Layout;
use pieces::Pieces;

use crate::sql::lexer::{Kind as Lexeme, Lexer, Token};
use crate::sql::script::{Kind, Statement};

/// A statement, formatted: without the spaces, comments and semicolon around it.
///
/// # Errors
/// Why it is left as it is.
pub fn statement(text: &str) -> Result<String, &'static str> {
    let pieces = Pieces::read(text)?;
    let all = 0..pieces.len();
    let mut layout = Layout::new(pieces);
    layout.statement(&all, 0);
    layout.end();
    let made = layout.into_text();
    if !says_the_same(text, &made) {
        return Err("it would not be the same statement");
    }
    Ok(made)
}

/// What was made of a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Formatted {
    /// The script.
    pub text: String,
    /// The first statement that was left as it is: where it begins, and why it was.
    pub left: Option<(usize, &'static str)>,
}

/// A script with those of its statements formatted that are wanted. What is around them stays: comments,
/// data, and what is meant for psql.
#[must_use]
pub fn script(
    text: &str,
    statements: &[Statement],
    wanted: impl Fn(&Statement) -> bool,
) -> Formatted {
    let mut made = String::with_capacity(text.len() + text.len() / 4);
    let mut at = 0;
    let mut left = None;
    for (count, one) in statements.iter().enumerate() {
        let formatted = match one.kind {
            _ if !wanted(one) => continue,
            Kind::Meta => continue,
            Kind::Sql if is_before_data(text, &statements[..count], one) => {
                Err("data begin behind its line, and would begin in it")
            }
            Kind::Sql if one.open && one.data.is_none() => {
                Err("it has no end: a quote, a comment or a body is not closed")
            }
            Kind::Sql => statement(&text[one.range.clone()]),
        };
        match formatted {
            Ok(formatted) => {
                made.push_str(gap(text, at..one.range.start, statements, count));
                made.push_str(&formatted);
                at = one.range.end;
            }
            Err(why) => left = left.or(Some((one.range.start, why))),
        }
        // The semicolon stands behind the statement, where nothing is said between them.
        if let Some(semicolon) = one.semicolon
            && at == one.range.end
            && text[at..semicolon].trim().is_empty()
        {
            at = semicolon;
        }
    }
    made.push_str(&text[at..]);
    Formatted { text: made, left }
}

/// What stands between two statements: a line's end, where they were on one line.
fn gap<'a>(text: &'a str, range: Range<usize>, statements: &[Statement], count: usize) -> &'a str {
    let between = &text[range.clone()];
    let last = count.checked_sub(1).map(|last| &statements[last]);
    let follows =
        last.is_some_and(|last| last.semicolon == Some(range.start) && last.data.is_none());
    match between.strip_prefix(';') {
        Some(rest) if follows && !rest.contains('\n') && rest.trim().is_empty() => ";\n",
        _ => between,
    }
}

/// Whether the data of a statement before it follow the line that it is on: with a line more they would
/// begin in its middle.
fn is_before_data(text: &str, before: &[Statement], one: &Statement) -> bool {
    let on_line = before.iter().rev().take_while(|before| {
        !text[before.range.end..one.range.start.max(before.range.end)].contains('\n')
    });
    on_line.into_iter().any(|before| before.data.is_some())
}

/// Whether two texts have the same tokens but for the case of words, and the same comments.
fn says_the_same(one: &str, other: &str) -> bool {
    let is_said = |token: &Token<'_>| token.kind != Lexeme::Space;
    let is_comment = |token: &Token<'_>| token.kind == Lexeme::Comment;
    let is_token = |token: &Token<'_>| token.is_significant();
    // A comma may have come before a comment: they are compared apart where they differ together.
    alike(one, other, is_said) || alike(one, other, is_token) && alike(one, other, is_comment)
}

/// Whether two texts are the same in the tokens that count.
fn alike(one: &str, other: &str, counts: fn(&Token<'_>) -> bool) -> bool {
    let mut ones = Lexer::new(one).filter(counts);
    let mut others = Lexer::new(other).filter(counts);
    loop {
        let (one, other) = match (ones.next(), others.next()) {
            (None, None) => return true,
            (Some(one), Some(other)) => (one, other),
            _ => return false,
        };
        let is_same = match one.kind {
            Lexeme::Word => one.text.eq_ignore_ascii_case(other.text),
            _ => one.text == other.text,
        };
        if one.kind != other.kind || !is_same {
            return false;
        }
    }
}

/// The place in `after` of what is at an offset of `before`, where the two differ in spaces alone.
#[must_use]
pub fn place(before: &str, offset: usize, after: &str) -> usize {
    let head = before.get(..offset).unwrap_or(before);
    let rest = before.get(offset..).unwrap_or_default();
    let is_at_start = head.ends_with(char::is_whitespace) || !rest.starts_with(char::is_whitespace);
    let mut left = head.chars().filter(|ch| !ch.is_whitespace()).count();
    let mut chars = after.char_indices().filter(|(_, ch)| !ch.is_whitespace());
    let mut behind = 0;
    while left > 0 {
        let Some((at, ch)) = chars.next() else {
            return after.len();
        };
        behind = at + ch.len_utf8();
        left -= 1;
    }
    match chars.next() {
        Some((at, _)) if is_at_start => at,
        _ => behind,
    }
}
