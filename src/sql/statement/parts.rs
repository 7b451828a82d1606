//! The queries of one statement: what an `EXPLAIN` explains, what stands in a `WITH`, and what the
//! whole does.

use crate::sql::lexer::{Kind, Lexer, Token};
use crate::sql::statement::Explain;

/// Tokens that follow each other.
pub(super) type Run<'t, 's> = &'t [Token<'s>];

/// A statement taken apart; none of the parts begins with a `WITH` or a parenthesis.
pub(super) struct Parts<'t, 's> {
    pub explain: Explain,
    /// What it does.
    pub main: Run<'t, 's>,
    /// The queries in its `WITH`, or the query that a `COPY` copies. Only these may write beside the
    /// main one: the server takes no writing `WITH` further inside (manual, 7.8.4).
    pub within: Vec<Run<'t, 's>>,
}

impl<'t, 's> Parts<'t, 's> {
    /// Whether a statement is only explained, and the tokens of what is.
    pub(super) fn explained(tokens: Run<'t, 's>) -> (Explain, Run<'t, 's>) {
        explained(tokens)
    }

    pub(super) fn of(tokens: Run<'t, 's>) -> Self {
        let (explain, tokens) = explained(tokens);
        let (mut bodies, main) = with(tokens);
        if main.first().is_some_and(|token| token.is("copy"))
            && let Some((query, _)) = group(&main[1..])
        {
            let (named, query) = with(query);
            bodies.extend(named);
            bodies.push(query);
        }
        let within = bodies.into_iter().map(|body| with(body).1).collect();
        Self {
            explain,
            main,
            within,
        }
    }
}

/// The tokens of a statement that say something, without its semicolon.
pub(super) fn significant(sql: &str) -> Vec<Token<'_>> {
    let mut tokens: Vec<_> = Lexer::new(sql).filter(Token::is_significant).collect();
    while tokens.last().is_some_and(|token| token.is_sign(';')) {
        tokens.pop();
    }
    tokens
}

/// The tokens outside parentheses, without the words that are names there whatever they are: those
/// behind a dot or an `AS`.
pub(super) fn top_level<'t, 's>(tokens: Run<'t, 's>) -> impl Iterator<Item = &'t Token<'s>> {
    let mut depth = 0_usize;
    let mut naming = false;
    tokens.iter().filter(move |token| {
        let named = std::mem::replace(&mut naming, token.is("as") || token.is_sign('.'));
        if token.is_sign('(') {
            depth += 1;
        } else if token.is_sign(')') {
            depth = depth.saturating_sub(1);
            return false;
        }
        depth == 0 && !(named && token.kind == Kind::Word)
    })
}

/// What is in the parentheses that tokens begin with, and what comes after them.
fn group<'t, 's>(tokens: Run<'t, 's>) -> Option<(Run<'t, 's>, Run<'t, 's>)> {
    let mut depth = 0_usize;
    for (at, token) in tokens.iter().enumerate() {
        if token.is_sign('(') {
            depth += 1;
        } else if token.is_sign(')') {
            depth = depth.saturating_sub(1);
        }
        if depth == 0 {
            return (at > 0).then(|| (&tokens[1..at], &tokens[at + 1..]));
        }
    }
    None
}

fn explained<'t, 's>(tokens: Run<'t, 's>) -> (Explain, Run<'t, 's>) {
    let Some(mut rest) = behind(tokens, "explain") else {
        return (Explain::No, tokens);
    };
    let mut analyze = false;
    let is_query = |token: &Token<'_>| {
        token.is_sign('(') || token.is_any(&["select", "with", "values", "table"])
    };
    match group(rest) {
        Some((options, after)) if !options.first().is_some_and(is_query) => {
            for option in options.split(|token| token.is_sign(',')) {
                if option.first().is_some_and(is_analyze) {
                    let value = option.get(1).map_or("", |token| token.text);
                    let value = value.trim_matches('\'').to_ascii_lowercase();
                    analyze = !matches!(value.as_str(), "off" | "false" | "0");
                }
            }
            rest = after;
        }
        _ => {
            while let Some((word, after)) = rest.split_first()
                && (is_analyze(word) || word.is("verbose"))
            {
                analyze |= is_analyze(word);
                rest = after;
            }
        }
    }
    let explain = if analyze {
        Explain::Analyze
    } else {
        Explain::Plan
    };
    (explain, rest)
}

fn is_analyze(token: &Token<'_>) -> bool {
    token.is_any(&["analyze", "analyse"])
}

/// The queries that a `WITH` names, and what follows it (manual, SELECT, "WITH Clause").
fn with<'t, 's>(tokens: Run<'t, 's>) -> (Vec<Run<'t, 's>>, Run<'t, 's>) {
    let tokens = inside(tokens);
    let mut bodies = Vec::new();
    let Some(rest) = behind(tokens, "with") else {
        return (bodies, tokens);
    };
    let mut rest = behind(rest, "recursive").unwrap_or(rest);
    while let Some((body, after)) = named_query(rest) {
        bodies.push(body);
        rest = after;
        match rest.split_first() {
            Some((comma, after)) if comma.is_sign(',') => rest = after,
            _ => break,
        }
    }
    (bodies, inside(rest))
}

/// `name (columns) AS MATERIALIZED (query) SEARCH … CYCLE …`: the query, and what comes after it all.
fn named_query<'t, 's>(tokens: Run<'t, 's>) -> Option<(Run<'t, 's>, Run<'t, 's>)> {
    let (_, rest) = tokens.split_first()?;
    let rest = group(rest).map_or(rest, |(_, after)| after);
    let mut rest = behind(rest, "as")?;
    for word in ["not", "materialized"] {
        rest = behind(rest, word).unwrap_or(rest);
    }
    let (body, mut rest) = group(rest)?;
    for (clause, last) in [("search", "set"), ("cycle", "using")] {
        if behind(rest, clause).is_some() {
            let column = rest.iter().position(|word| word.is(last))? + 1;
            rest = rest.get(column + 1..)?;
        }
    }
    Some((body, rest))
}

/// What comes after a word that tokens begin with.
fn behind<'t, 's>(tokens: Run<'t, 's>, word: &str) -> Option<Run<'t, 's>> {
    let (first, rest) = tokens.split_first()?;
    first.is(word).then_some(rest)
}

/// Tokens without the parentheses before them.
fn inside<'t, 's>(tokens: Run<'t, 's>) -> Run<'t, 's> {
    let first = tokens.iter().position(|token| !token.is_sign('('));
    &tokens[first.unwrap_or(tokens.len())..]
}
