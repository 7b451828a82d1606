//! How a value is shown, by the type of its column.

use std::sync::Arc;

use crate::data::catalog::grouped;
use crate::data::filter::Kind;
use crate::data::json::{Refused, Tree};
use crate::data::{Column, array, bytes};
use crate::studio::widgets::value::{Body, Hex, Lines, MOST, Outline};

/// A way to show a value, and what is said of it.
pub(super) struct Made {
    pub(super) body: Box<dyn Body>,
    pub(super) about: String,
    pub(super) note: String,
}

impl Made {
    pub(super) fn lines(text: &Arc<str>) -> Self {
        let note = if text.len() > MOST {
            "only the first 16 MB are shown; s saves all".to_owned()
        } else {
            String::new()
        };
        Self {
            body: Box::new(Lines::of_text(text)),
            about: characters(text.chars().count() as u64),
            note,
        }
    }

    /// By the type of the column; as text where the value is not what its type promises.
    pub(super) fn of(column: &Column, text: &Arc<str>, raw: bool) -> Self {
        let lines = Self::lines(text);
        if is_bytes(column)
            && let Some(bytes) = bytes::decoded(text)
        {
            let about = bytes::described(&bytes);
            if raw {
                return Self { about, ..lines };
            }
            return Self {
                body: Box::new(Hex::new(bytes)),
                about,
                note: String::new(),
            };
        }
        if raw {
            return lines;
        }
        match column.kind() {
            Kind::Json => match Tree::of(Arc::clone(text)) {
                Ok(tree) => Self {
                    body: Box::new(Outline::new(tree)),
                    note: String::new(),
                    ..lines
                },
                Err(Refused::TooMany) => Self {
                    note: "too many values for a tree: this is its text".to_owned(),
                    ..lines
                },
                Err(Refused::Malformed) => lines,
            },
            _ if column.category == 'A' => Self::elements(column, text).unwrap_or(lines),
            _ => lines,
        }
    }

    fn elements(column: &Column, text: &str) -> Option<Self> {
        // The only type whose elements are parted by something else (`pg_type.typdelim`).
        let delimiter = if column.type_name == "box[]" {
            ';'
        } else {
            ','
        };
        let elements = array::elements(text, delimiter)?;
        let about = match elements.len() {
            1 => "1 element".to_owned(),
            many => format!("{} elements", grouped(many as u64)),
        };
        let note = if text.len() > MOST {
            "only the first 16 MB are shown; s saves all".to_owned()
        } else {
            String::new()
        };
        Some(Self {
            body: Box::new(Lines::of_elements(&elements)),
            about,
            note,
        })
    }
}

pub(super) fn is_bytes(column: &Column) -> bool {
    column.type_name == "bytea"
}

/// Whether there is another way to show it than as its text.
pub(super) fn is_more_than_text(column: &Column) -> bool {
    let is_tree = column.kind() == Kind::Json;
    is_bytes(column) || is_tree || column.category == 'A' || column.is_spatial()
}

pub(super) fn characters(count: u64) -> String {
    match count {
        1 => "1 character".to_owned(),
        count => format!("{} characters", grouped(count)),
    }
}
