//! What there is to know of one relation besides its rows.

/// One attribute, in words.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Attribute {
    /// Its name.
    pub name: String,
    /// Its type with the modifier.
    pub type_name: String,
    /// Whether it refuses NULL.
    pub not_null: bool,
    /// Its default, or the expression it is generated from.
    pub default: Option<String>,
    /// `ALWAYS` or `BY DEFAULT` for an identity column.
    pub identity: Option<String>,
    /// Whether it is generated (`STORED`).
    pub generated: bool,
    /// Its collation, where it is not the type's own; ready to be written.
    pub collation: Option<String>,
    /// Its comment.
    pub comment: Option<String>,
}

/// Something of the relation that has a name and a definition in SQL.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Named {
    /// Its name.
    pub name: String,
    /// Its definition as the server prints it.
    pub definition: String,
    /// What else is known: the use and size of an index, the rows of a partition.
    pub note: String,
}

/// Everything the structure screen shows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Structure {
    /// The word for what it is in `CREATE …`: `TABLE`, `VIEW`, `SEQUENCE`.
    pub create: String,
    /// Its quoted, qualified name.
    pub qualified: String,
    /// Its comment.
    pub comment: Option<String>,
    /// Its owner.
    pub owner: String,
    /// Size of the rows, of the indexes, and of all together, in bytes.
    pub sizes: [u64; 3],
    /// What follows the columns: `PARTITION BY …`, `PARTITION OF …`, `SERVER …`.
    pub clause: Option<String>,
    /// The query of a view.
    pub query: Option<String>,
    /// Whether row security is on.
    pub row_security: bool,
    /// Its columns.
    pub attributes: Vec<Attribute>,
    /// Primary key, unique and exclusion constraints.
    pub keys: Vec<Named>,
    /// Foreign keys of this relation.
    pub references: Vec<Named>,
    /// Foreign keys of others that point here.
    pub referenced_by: Vec<Named>,
    /// Check constraints.
    pub checks: Vec<Named>,
    /// Indexes; those that belong to a constraint have no definition to write.
    pub indexes: Vec<Named>,
    /// Triggers.
    pub triggers: Vec<Named>,
    /// Row security policies.
    pub policies: Vec<Named>,
    /// Partitions, or inheriting tables.
    pub partitions: Vec<Named>,
}
