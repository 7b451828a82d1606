//! One relation, as far as the grid must know it: its columns and the way its rows are paged.

use std::collections::{HashMap, HashSet};

use super::catalog::Kind;
use super::column::Column;
use super::filter::Filter;
use super::foreign::ForeignKey;
use super::order::{Direction, Nulls, OrderKey};

/// The physical place of a row in a heap, as a column that is in none of the lists of columns.
pub const PLACE: &str = "ctid";

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

/// How a row is found again when it is written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Identity {
    /// By the values of a unique key, whose columns have these names.
    Key(Vec<String>),
    /// By its place in a heap, and all that was seen of it: a place can be another row's later.
    Place,
    /// By all that was seen of it, which must be one row.
    Whole,
}

/// What may be done to the rows of a relation, by its kind, this role's privileges and the session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "independent facts of the catalog"
)]
pub struct Allows {
    /// Rows can be added.
    pub insert: bool,
    /// Rows can be changed.
    pub update: bool,
    /// Rows can be deleted.
    pub delete: bool,
    /// Nothing can be written in this session, whatever the role may do elsewhere.
    pub read_only: bool,
}

impl Allows {
    /// Why something is not allowed that is not.
    #[must_use]
    pub fn reason(self) -> &'static str {
        if self.read_only {
            "this session is read-only"
        } else {
            "this role may not, or it is nothing that can be written to"
        }
    }
}

/// A relation that the grid shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relation {
    /// `pg_class.oid`; nought for what a statement returned, which is in no catalog.
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
    /// How one of its rows is found again when it is written.
    pub identity: Identity,
    /// What may be done to its rows.
    pub allows: Allows,
    /// Its foreign keys, those of the fewest columns first.
    pub foreign_keys: Vec<ForeignKey>,
    /// The keys a person sorts by, before those of the relation's own order.
    pub sort: Vec<OrderKey>,
    /// Which of its rows are shown.
    pub filter: Filter,
}

impl Relation {
    /// What a statement returned, which nothing can be written to. Of columns of the same name the second
    /// one is called `id #2`: they are filtered, sorted and hidden by their names.
    #[must_use]
    pub fn of_result(mut columns: Vec<Column>) -> Self {
        let mut taken: HashSet<String> = HashSet::new();
        let mut next: HashMap<String, usize> = HashMap::new();
        for column in &mut columns {
            let mut name = column.name.clone();
            while taken.contains(&name) {
                let number = next.entry(column.name.clone()).or_insert(1);
                *number += 1;
                name = format!("{} #{number}", column.name);
            }
            taken.insert(name.clone());
            column.name = name;
        }
        Self {
            oid: 0,
            schema: String::new(),
            name: "result".to_owned(),
            kind: Kind::View,
            columns,
            locked_columns: 0,
            paging: Paging::Cursor,
            identity: Identity::Whole,
            allows: Allows::default(),
            foreign_keys: Vec::new(),
            sort: Vec::new(),
            filter: Filter::default(),
        }
    }

    /// Whether it is what a statement returned.
    #[must_use]
    pub fn is_result(&self) -> bool {
        self.oid == 0
    }

    /// The same relation, sorted by these keys and then as it is by itself, and filtered. To be
    /// asked of a relation that is neither.
    #[must_use]
    pub fn shown(&self, sort: &[OrderKey], filter: &Filter) -> Self {
        let own = match &self.paging {
            _ if sort.is_empty() => None,
            Paging::Keyset(keys) => Some(keys.clone()),
            Paging::Ctid => Some(vec![OrderKey {
                column: PLACE.to_owned(),
                cast: "pg_catalog.tid".to_owned(),
                operators: None,
                direction: Direction::Ascending,
                nulls: Nulls::Last,
                nullable: false,
            }]),
            Paging::Cursor => None,
        };
        let paging = own.map(|own| {
            let is_new = |key: &OrderKey| sort.iter().all(|other| other.column != key.column);
            let rest = own.into_iter().filter(is_new);
            Paging::Keyset(sort.iter().cloned().chain(rest).collect())
        });
        Self {
            paging: paging.unwrap_or_else(|| self.paging.clone()),
            sort: sort.to_vec(),
            filter: filter.clone(),
            ..self.clone()
        }
    }

    /// Where in a row, as it is read, its bookmark stands. Rows that are found by their place or
    /// their number carry it in one more cell after the last column.
    #[must_use]
    pub fn bookmark_cells(&self) -> Vec<usize> {
        match &self.paging {
            Paging::Keyset(keys) => keys
                .iter()
                .map(|key| self.column(&key.column).unwrap_or(self.columns.len()))
                .collect(),
            Paging::Ctid | Paging::Cursor => vec![self.columns.len()],
        }
    }

    /// Where in a row, as it is read, stands what finds it again when it is written. A key that is not
    /// read, or a place that is not, finds nothing.
    #[must_use]
    pub fn identity_cells(&self) -> Option<Vec<usize>> {
        match &self.identity {
            Identity::Key(names) => names.iter().map(|name| self.column(name)).collect(),
            Identity::Place => self.has_place().then(|| vec![self.columns.len()]),
            Identity::Whole => Some((0..self.columns.len()).collect()),
        }
    }

    /// Whether a row's place is part of its bookmark.
    #[must_use]
    pub fn has_place(&self) -> bool {
        match &self.paging {
            Paging::Keyset(keys) => keys.iter().any(|key| key.column == PLACE),
            Paging::Ctid => true,
            Paging::Cursor => false,
        }
    }

    /// How many cells a row has as it is read.
    #[must_use]
    pub fn cells(&self) -> usize {
        self.columns.len() + usize::from(self.has_place() || self.paging == Paging::Cursor)
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
