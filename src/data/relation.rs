//! One relation, as far as the grid must know it: its columns and the way its rows are paged.

use super::catalog::Kind;
use super::column::Column;
use super::order::OrderKey;

/// How the rows of a relation are reached, page after page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Paging {
    /// By the values of a unique key.
    Keyset(Vec<OrderKey>),
    /// By the physical place of a row in a heap that has no key (`ctid`).
    Ctid,
    /// By a row number in a cursor that stays open: views, foreign tables, partitioned tables
    /// without a key.
    Cursor,
}

/// A relation that the grid shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relation {
    /// `pg_class.oid`.
    pub oid: u32,
    /// Its schema, unquoted.
    pub schema: String,
    /// Its name, unquoted.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// Its columns that this role may read, in their order.
    pub columns: Vec<Column>,
    /// How many more columns there are that this role may not read.
    pub locked_columns: usize,
    /// How its rows are paged.
    pub paging: Paging,
}

impl Relation {
    /// Where in a row, as it is read, its bookmark stands. Rows of a relation without a key carry
    /// the bookmark in one more cell after the last column.
    #[must_use]
    pub fn bookmark_cells(&self) -> Vec<usize> {
        match &self.paging {
            Paging::Keyset(keys) => keys
                .iter()
                .filter_map(|key| self.column(&key.column))
                .collect(),
            Paging::Ctid | Paging::Cursor => vec![self.columns.len()],
        }
    }

    /// How many cells a row has as it is read.
    #[must_use]
    pub fn cells(&self) -> usize {
        match self.paging {
            Paging::Keyset(_) => self.columns.len(),
            Paging::Ctid | Paging::Cursor => self.columns.len() + 1,
        }
    }

    /// The place of a column by its name.
    #[must_use]
    pub fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column.name == name)
    }

    /// The keys of its order; none where it is paged otherwise.
    #[must_use]
    pub fn order(&self) -> &[OrderKey] {
        match &self.paging {
            Paging::Keyset(keys) => keys,
            Paging::Ctid | Paging::Cursor => &[],
        }
    }
}

/// What finds a row again: the values of its key, its `ctid`, or its number in the cursor.
pub type Bookmark = Vec<Option<String>>;

/// Which rows are asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Seek {
    /// The first ones.
    First,
    /// The last ones.
    Last,
    /// Those after a row.
    After(Bookmark),
    /// Those before a row, nearest last.
    Before(Bookmark),
    /// Those from a row on, itself included if it is there; fewer values than keys will do.
    From(Bookmark),
    /// Those from the row of this number on, counted from nought; none where there are not so many.
    Row(u64),
}

/// A run of rows in the relation's order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page {
    /// The rows.
    pub rows: super::Rows,
    /// Whether there are more beyond it in the direction in which it was read.
    pub more: bool,
}
