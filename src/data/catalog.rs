//! What a database holds, as the tree shows it.

use std::cmp::Ordering;
use std::collections::HashMap;
use std::iter;

/// The kinds of object that have a place in the tree, in the order in which they stand there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// An ordinary table.
    Table,
    /// A partitioned table; its partitions stand below it.
    Partitioned,
    /// A view.
    View,
    /// A materialized view.
    MaterializedView,
    /// A foreign table.
    ForeignTable,
    /// A sequence.
    Sequence,
    /// An enumerated type.
    Enum,
    /// A domain.
    Domain,
    /// A function or procedure.
    Function,
}

impl Kind {
    /// Every kind, in the order of the tree.
    pub const ALL: [Self; 9] = [
        Self::Table,
        Self::Partitioned,
        Self::View,
        Self::MaterializedView,
        Self::ForeignTable,
        Self::Sequence,
        Self::Enum,
        Self::Domain,
        Self::Function,
    ];

    /// The kind for `pg_class.relkind`, where that kind has a place in the tree.
    #[must_use]
    pub fn of_relkind(relkind: &str) -> Option<Self> {
        match relkind {
            "r" => Some(Self::Table),
            "p" => Some(Self::Partitioned),
            "v" => Some(Self::View),
            "m" => Some(Self::MaterializedView),
            "f" => Some(Self::ForeignTable),
            "S" => Some(Self::Sequence),
            _ => None,
        }
    }

    /// Whether it holds rows that the grid can show; what does not is a type or a function.
    #[must_use]
    pub fn has_rows(self) -> bool {
        !matches!(self, Self::Enum | Self::Domain | Self::Function)
    }

    /// Whether it is shown as soon as the tree's cursor is on it. A view may be any query and a
    /// foreign table any server, which wait until they are asked for.
    #[must_use]
    pub fn is_shown_unasked(self) -> bool {
        self.has_rows() && !matches!(self, Self::View | Self::ForeignTable)
    }

    /// Its name for one of it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Table => "table",
            Self::Partitioned => "partitioned table",
            Self::View => "view",
            Self::MaterializedView => "mat. view",
            Self::ForeignTable => "foreign",
            Self::Sequence => "sequence",
            Self::Enum => "enum",
            Self::Domain => "domain",
            Self::Function => "function",
        }
    }

    /// Whether its rows are worth counting: a view may be any query, and a sequence has one row.
    #[must_use]
    pub fn is_counted(self) -> bool {
        matches!(
            self,
            Self::Table | Self::Partitioned | Self::MaterializedView
        )
    }
}

/// Whether a schema is PostgreSQL's own; names that begin with `pg_` are kept for it.
#[must_use]
pub fn is_system(schema: &str) -> bool {
    schema.starts_with("pg_") || schema == "information_schema"
}

/// How many rows a relation has, as far as is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Count {
    /// Nothing is known: never analyzed, or not counted.
    #[default]
    Unknown,
    /// The planner's figure, `pg_class.reltuples`.
    Estimate(u64),
    /// Counted.
    Exact(u64),
}

impl Count {
    /// The figure, exact or not.
    #[must_use]
    pub fn figure(self) -> Option<u64> {
        match self {
            Self::Unknown => None,
            Self::Estimate(rows) | Self::Exact(rows) => Some(rows),
        }
    }
}

/// One object of the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// Its number in its catalog (`pg_class`, `pg_type` or `pg_proc`).
    pub oid: u32,
    /// The schema it is in.
    pub schema: String,
    /// Its name, unquoted.
    pub name: String,
    /// What it is.
    pub kind: Kind,
    /// The partitioned table it is a partition of, by number.
    pub parent: Option<u32>,
    /// Whether this role may read it.
    pub readable: bool,
    /// How many rows it has.
    pub count: Count,
    /// Its pages on disk at the last look of the planner (`pg_class.relpages`, 8 kB each).
    pub pages: u32,
    /// What else is worth a word: a function's arguments, an enum's labels, a domain's type.
    pub detail: String,
}

/// Everything the tree shows, with what the title says of the server.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Catalog {
    /// `server_version`, such as `15.18`.
    pub version: String,
    /// The database's name.
    pub database: String,
    /// The role in force.
    pub user: String,
    /// Whether transactions are read-only here.
    pub read_only: bool,
    /// The visible schemas, `public` and those of the search path first.
    pub schemas: Vec<String>,
    /// The objects, by schema, kind and name.
    pub objects: Vec<Object>,
    /// Whether these are the first tables of the first schema, and the rest is still to come.
    pub is_beginning: bool,
}

impl Object {
    /// Whether another is the same object: numbers are told apart within one catalog only.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        let place = |object: &Self| match object.kind {
            Kind::Function => 2,
            Kind::Enum | Kind::Domain => 1,
            _ => 0,
        };
        self.oid == other.oid && place(self) == place(other)
    }

    /// Its name with its schema, unquoted.
    #[must_use]
    pub fn full_name(&self) -> String {
        format!("{}.{}", self.schema, self.name)
    }
}

impl Catalog {
    /// Takes the enums, domains and functions, instead of those it has.
    pub fn set_types_and_functions(&mut self, objects: Vec<Object>) {
        self.objects.retain(|object| object.kind.has_rows());
        // Of a schema that was made meanwhile the tree knows nothing yet.
        let known = objects
            .into_iter()
            .filter(|object| self.schemas.contains(&object.schema));
        self.objects.extend(known);
        self.sort();
    }

    /// What is opened unasked: the first table in the tree, of all that may be read.
    #[must_use]
    pub fn first_table(&self) -> Option<&Object> {
        let mut opened = self.objects.iter().filter(|object| {
            matches!(object.kind, Kind::Table | Kind::Partitioned)
                && object.parent.is_none()
                && object.readable
                && !is_system(&object.schema)
        });
        // They stand by schema and kind, and the tree has both kinds among each other.
        let first = opened.next()?;
        let others = opened.take_while(|object| object.schema == first.schema);
        iter::once(first)
            .chain(others)
            .min_by_key(|object| &object.name)
    }

    /// Puts the objects in the order of the tree: by schema, kind and name.
    pub fn sort(&mut self) {
        let place: HashMap<&str, usize> = self
            .schemas
            .iter()
            .enumerate()
            .map(|(at, name)| (name.as_str(), at))
            .collect();
        // Neighbours are mostly of one schema, whose place need not be looked up.
        let schema = |one: &Object, other: &Object| {
            if one.schema == other.schema {
                return Ordering::Equal;
            }
            let place = |object: &Object| place.get(object.schema.as_str());
            place(one).cmp(&place(other))
        };
        self.objects.sort_by(|one, other| {
            schema(one, other)
                .then_with(|| one.kind.cmp(&other.kind))
                .then_with(|| one.name.cmp(&other.name))
                .then_with(|| one.detail.cmp(&other.detail))
        });
    }
}

/// A number of rows in words: `1 row`, `12,345 rows`.
#[must_use]
pub fn rows(count: u64) -> String {
    match count {
        1 => "1 row".to_owned(),
        count => format!("{} rows", grouped(count)),
    }
}

/// Bytes as people read them: `8 kB`, `1.2 MB`.
#[must_use]
pub fn bytes(count: u64) -> String {
    let units = ["bytes", "kB", "MB", "GB", "TB"];
    let mut unit = 0;
    let mut tenths = u128::from(count) * 10;
    while tenths >= 10_240 && unit + 1 < units.len() {
        tenths /= 1024;
        unit += 1;
    }
    let word = units.get(unit).copied().unwrap_or_default();
    if unit == 0 || tenths >= 100 {
        format!("{} {word}", tenths / 10)
    } else {
        format!("{}.{} {word}", tenths / 10, tenths % 10)
    }
}

/// A number with its thousands apart: `1,000,000`.
#[must_use]
pub fn grouped(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_are_read_at_a_glance() {
        assert_eq!(
            [0, 999, 1000, 1_234_567].map(grouped),
            ["0", "999", "1,000", "1,234,567"]
        );
        assert_eq!(
            [0, 1023, 8192, 1_300_000, 52_428_800, u64::MAX].map(bytes),
            [
                "0 bytes",
                "1023 bytes",
                "8.0 kB",
                "1.2 MB",
                "50 MB",
                "16777215 TB"
            ]
        );
    }

    #[test]
    fn the_first_table_is_the_first_that_the_tree_shows_and_the_role_may_read() {
        let object = |schema: &str, name: &str, kind| Object {
            oid: 0,
            schema: schema.to_owned(),
            name: name.to_owned(),
            kind,
            parent: None,
            readable: true,
            count: Count::Unknown,
            pages: 0,
            detail: String::new(),
        };
        let mut catalog = Catalog {
            version: String::new(),
            database: String::new(),
            user: String::new(),
            read_only: false,
            schemas: ["pg_catalog", "views", "shop", "public"]
                .map(str::to_owned)
                .to_vec(),
            objects: vec![
                object("public", "a", Kind::Table),
                object("shop", "orders", Kind::Table),
                object("shop", "locked", Kind::Table),
                object("shop", "events_2024", Kind::Table),
                object("shop", "events", Kind::Partitioned),
                object("views", "a", Kind::View),
                object("pg_catalog", "pg_class", Kind::Table),
            ],
            is_beginning: false,
        };
        let first = |catalog: &mut Catalog| {
            catalog.sort();
            catalog.first_table().map(|object| object.name.clone())
        };
        for object in &mut catalog.objects {
            object.readable = object.name != "locked";
            object.parent = (object.name == "events_2024").then_some(1);
        }
        assert_eq!(first(&mut catalog).as_deref(), Some("events"));
        catalog.objects.retain(|object| object.schema != "shop");
        assert_eq!(first(&mut catalog).as_deref(), Some("a"));
        catalog.objects.retain(|object| object.schema != "public");
        assert_eq!(first(&mut catalog), None);
    }
}
