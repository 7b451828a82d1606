//! The order in which a relation is read: the columns of a keyset, and those a person sorts by.

use super::column::Column;

/// Which way a key runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Smallest first.
    Ascending,
    /// Largest first.
    Descending,
}

impl Direction {
    /// Its sign.
    #[must_use]
    pub fn arrow(self) -> &'static str {
        match self {
            Self::Ascending => "↑",
            Self::Descending => "↓",
        }
    }
}

/// Where NULLs stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nulls {
    /// Before every value.
    First,
    /// After every value.
    Last,
}

/// One key of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderKey {
    /// The column's name, unquoted.
    pub column: String,
    /// The cast that turns a text parameter into the column's type ([`super::Column::cast`]).
    pub cast: String,
    /// The schema of its operators ([`super::Column::operators`]).
    pub operators: Option<String>,
    /// Which way it runs.
    pub direction: Direction,
    /// Where its NULLs stand.
    pub nulls: Nulls,
    /// Whether a NULL can occur at all; a `NOT NULL` key gets the shorter condition.
    pub nullable: bool,
}

impl OrderKey {
    /// The same key read backwards.
    #[must_use]
    pub fn reversed(&self) -> Self {
        Self {
            direction: match self.direction {
                Direction::Ascending => Direction::Descending,
                Direction::Descending => Direction::Ascending,
            },
            nulls: match self.nulls {
                Nulls::First => Nulls::Last,
                Nulls::Last => Nulls::First,
            },
            ..self.clone()
        }
    }
}

/// What is sorted by once a person asks to sort by a column: up, then down, then not; by it alone, or
/// by it too.
#[must_use]
pub fn sorted_by(sort: &[OrderKey], column: &Column, further: bool) -> Vec<OrderKey> {
    let key = |direction, nulls| OrderKey {
        column: column.name.clone(),
        cast: column.cast.clone(),
        operators: column.operators.clone(),
        direction,
        nulls,
        nullable: !column.not_null,
    };
    let mut sort = sort.to_vec();
    match sort.iter().position(|key| key.column == column.name) {
        Some(at) if sort[at].direction == Direction::Ascending => {
            // As PostgreSQL has it by itself: an index read backwards gives this order.
            sort[at] = key(Direction::Descending, Nulls::First);
        }
        Some(at) => {
            sort.remove(at);
        }
        None => sort.push(key(Direction::Ascending, Nulls::Last)),
    }
    if !further {
        sort.retain(|key| key.column == column.name);
    }
    sort
}

/// The same with the NULLs of a column at the other end; nothing, where it is not sorted by.
#[must_use]
pub fn nulls_turned(sort: &[OrderKey], column: &Column) -> Option<Vec<OrderKey>> {
    let mut sort = sort.to_vec();
    let key = sort.iter_mut().find(|key| key.column == column.name)?;
    key.nulls = match key.nulls {
        Nulls::First => Nulls::Last,
        Nulls::Last => Nulls::First,
    };
    Some(sort)
}

/// `by total ↓, id ↑`: the arrow stands where the direction changes and at the end.
#[must_use]
pub fn in_words(keys: &[&OrderKey]) -> String {
    in_words_of(keys, str::to_owned)
}

/// The same with other names for the columns, shorter ones.
#[must_use]
pub fn in_words_of(keys: &[&OrderKey], named: impl Fn(&str) -> String) -> String {
    let mut text = "by ".to_owned();
    for (at, key) in keys.iter().enumerate() {
        let nulls = match (key.nullable, key.direction, key.nulls) {
            (true, Direction::Ascending, Nulls::First) => " ∅ first",
            (true, Direction::Descending, Nulls::Last) => " ∅ last",
            _ => "",
        };
        let next = keys.get(at + 1);
        text.push_str(&named(&key.column));
        if next.is_none_or(|next| next.direction != key.direction) || !nulls.is_empty() {
            text.push_str(&format!(" {}{nulls}", key.direction.arrow()));
        }
        if next.is_some() {
            text.push_str(", ");
        }
    }
    text
}
