//! The order in which a relation is read: the columns of a keyset.

/// Which way a key runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Direction {
    /// Smallest first.
    Ascending,
    /// Largest first.
    Descending,
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
