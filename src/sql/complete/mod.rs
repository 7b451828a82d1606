//! Completion: what can stand where a cursor is in a script, the likeliest first.
//!
//! The statement around the cursor is read without its grammar: its parentheses, the clauses of its
//! queries, and what they read from. From that comes what is wanted (`place`), from the names of
//! the database what there is (`offer`), and from what was typed what fits (`score`). Whatever is
//! half-typed or wrong is read as far as it makes sense; where nothing is certain, nothing is offered.

use std::collections::HashMap;
use std::ops::Range;

use crate::data::catalog;
use crate::data::names::Names;
use crate::sql::lexer::{Kind as Token, Lexer};
use crate::sql::quote;

mod cursor;
mod definition;
mod offer;
mod place;
mod query;
mod scope;
mod score;
mod tree;
#[rustfmt::skip]
mod words;
mod written;

use cursor::Cursor;
use offer::Offers;
use tree::Tree;

/// What can stand in a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Completion {
    /// The part of the text that a chosen item takes the place of, in bytes; the offset is in it or
    /// at its end.
    pub replace: Range<usize>,
    /// What can be chosen, the likeliest first.
    pub items: Vec<Item>,
}

/// One thing to choose.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// What is written into the text; names are in quotes where they must be.
    pub text: String,
    /// How it is shown.
    pub label: String,
    /// What else is worth a word: a column's type, a function's arguments.
    pub note: String,
    /// What it is.
    pub kind: Kind,
}

/// What an item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A key word, or several that belong together.
    Keyword,
    /// A schema.
    Schema,
    /// A relation; `None` for a query that a `WITH` names.
    Relation(Option<catalog::Kind>),
    /// The alias or name of an entry of a `FROM`, with a dot behind it.
    Alias,
    /// A column.
    Column,
    /// The condition of a join.
    Condition,
    /// A function or a procedure.
    Function,
    /// A type.
    Type,
    /// A label of an enum, as a text.
    Label,
    /// A setting of the server.
    Setting,
}

/// How often names were used: a counter, which ranks what is used before what is not.
#[derive(Debug, Clone, Default)]
pub struct Used {
    counts: HashMap<String, u32>,
}

impl Used {
    /// So many names are counted; when there are more, those that were used once are forgotten.
    const MOST: usize = 5_000;

    /// Nothing was used yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Counts the names in a statement that was run, and a chosen item's text.
    pub fn learn(&mut self, sql: &str) {
        for token in Lexer::new(sql) {
            if matches!(token.kind, Token::Word | Token::Name)
                && let Some(name) = quote::unquoted(token.text)
            {
                let count = self.counts.entry(name).or_default();
                *count = count.saturating_add(1);
            }
        }
        while self.counts.len() > Self::MOST {
            for count in self.counts.values_mut() {
                *count /= 2;
            }
            self.counts.retain(|_, count| *count > 0);
        }
    }

    /// How often a name was used.
    #[must_use]
    pub fn count(&self, name: &str) -> u32 {
        self.counts.get(name).copied().unwrap_or(0)
    }
}

/// What can stand at an offset of a script.
#[must_use]
pub fn complete(text: &str, offset: usize, names: &Names, used: &Used) -> Completion {
    complete_from(text, 0, offset, names, used)
}

/// The same where it is known that a statement begins at `from`: the last of
/// [`statements`](crate::sql::script::statements) that begins before the offset. What is before it
/// costs nothing.
#[must_use]
pub fn complete_from(
    text: &str,
    from: usize,
    offset: usize,
    names: &Names,
    used: &Used,
) -> Completion {
    let Some(cursor) = Cursor::at(text, from, offset) else {
        let mut at = offset.min(text.len());
        while !text.is_char_boundary(at) {
            at -= 1;
        }
        return Completion {
            replace: at..at,
            items: Vec::new(),
        };
    };
    let tree = Tree::new(&cursor.tokens, cursor.at);
    let queries = place::queries(&tree);
    let scope = scope::scope(&tree, names, &queries);
    let wanted = place::wanted(&tree, offer::innermost(&scope, &queries));
    let mut offers = Offers::new(&cursor, &tree, names, &scope, used);
    offers.all(&wanted);
    let mut items = offers.best();
    // What stands there already is nothing to choose.
    let written = text.get(cursor.replace.clone()).unwrap_or_default();
    if matches!(items.as_slice(), [only] if only.text.eq_ignore_ascii_case(written)) {
        items.clear();
    }
    Completion {
        replace: cursor.replace,
        items,
    }
}

/// Whether the list opens by itself when the character before the offset was typed: behind a dot,
/// and in a word from its second character on; never in a text, a comment or a number. There may
/// still be nothing to offer.
#[must_use]
pub fn opens(text: &str, offset: usize) -> bool {
    opens_from(text, 0, offset)
}

/// The same where it is known that a statement begins at `from`, as for [`complete_from`].
#[must_use]
pub fn opens_from(text: &str, from: usize, offset: usize) -> bool {
    let Some(head) = text.get(..offset) else {
        return false;
    };
    let is_part = |ch: char| ch.is_alphanumeric() || ch == '_';
    let Some(last) = head
        .chars()
        .next_back()
        .filter(|ch| *ch == '.' || is_part(*ch))
    else {
        return false;
    };
    let Some(cursor) = Cursor::at(text, from, offset) else {
        return false;
    };
    if last == '.' {
        !cursor.qualifiers.is_empty()
    } else {
        cursor.typed.chars().count() > 1
            || (!cursor.qualifiers.is_empty() && !cursor.typed.is_empty())
    }
}

#[cfg(test)]
mod tests;
