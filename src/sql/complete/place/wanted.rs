//! What may stand in a place, said so that it can be looked up.

use crate::data::catalog::Kind as Object;
use crate::sql::complete::words;

/// Which relations are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sql::complete) enum Relations {
    None,
    /// What can be read from, with named queries and functions that return rows.
    Read,
    /// What rows can be written to.
    Write,
    /// Of these kinds.
    Of(&'static [Object]),
}

/// Which columns are wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::sql::complete) enum Columns {
    None,
    /// Those that an expression can name.
    Scope,
    /// Those of what is written to.
    Target,
    /// Those that both sides of a join have.
    Common,
    /// Those of a relation.
    Of(Vec<String>),
    /// These, which the statement itself makes.
    New(Vec<String>),
}

/// Which functions are wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::sql::complete) enum Functions {
    None,
    /// In an expression.
    Called,
    /// With `CALL`.
    Procedures,
    /// By name only, all of them.
    Named,
}

/// What may stand in a place.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each says whether one sort of name is wanted"
)]
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::sql::complete) struct Wanted {
    /// Key words that are likelier than names.
    pub leading: &'static [&'static str],
    /// Key words, the likelier lists first.
    pub words: Vec<&'static [&'static str]>,
    pub relations: Relations,
    pub columns: Columns,
    /// Columns that are listed already.
    pub listed: Vec<String>,
    pub functions: Functions,
    pub types: bool,
    pub schemas: bool,
    pub settings: bool,
    /// The aliases of the select list.
    pub aliases: bool,
    /// The conditions of a join, from foreign keys.
    pub conditions: bool,
    /// The column with which a value is compared.
    pub compared: Option<Vec<String>>,
    /// Of the target's columns, the one whose value stands here.
    pub valued: Option<usize>,
}

impl Wanted {
    pub(in crate::sql::complete) fn nothing() -> Self {
        Self {
            leading: &[],
            words: Vec::new(),
            relations: Relations::None,
            columns: Columns::None,
            listed: Vec::new(),
            functions: Functions::None,
            types: false,
            schemas: false,
            settings: false,
            aliases: false,
            conditions: false,
            compared: None,
            valued: None,
        }
    }

    pub(in crate::sql::complete) fn words(words: &[&'static [&'static str]]) -> Self {
        Self {
            words: words.to_vec(),
            ..Self::nothing()
        }
    }

    pub(in crate::sql::complete) fn relations(relations: Relations) -> Self {
        Self {
            relations,
            schemas: true,
            ..Self::nothing()
        }
    }

    pub(in crate::sql::complete) fn columns(columns: Columns) -> Self {
        Self {
            columns,
            ..Self::nothing()
        }
    }

    pub(in crate::sql::complete) fn types() -> Self {
        Self {
            types: true,
            schemas: true,
            ..Self::nothing()
        }
    }

    /// An operand of an expression.
    pub(in crate::sql::complete) fn operand() -> Self {
        Self {
            words: vec![words::OPERAND],
            columns: Columns::Scope,
            functions: Functions::Called,
            schemas: true,
            ..Self::nothing()
        }
    }

    pub(in crate::sql::complete) fn and(mut self, words: &'static [&'static str]) -> Self {
        self.words.push(words);
        self
    }
}
