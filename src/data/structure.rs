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
    /// What its identity sequence does otherwise than others: `START WITH 100`.
    pub sequence: Option<String>,
    /// Whether it is generated.
    pub generated: bool,
    /// Whether it is generated when it is read (PostgreSQL 18), not `STORED`.
    pub is_virtual: bool,
    /// The foreign server's options for it: `column_name 'id'`.
    pub options: Option<String>,
    /// For a column that comes from a parent, what it has of its own, as `ALTER COLUMN` takes it:
    /// `SET DEFAULT 1`.
    pub inherited: Option<Vec<String>>,
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
    /// What follows the columns: `PARTITION BY …`, `PARTITION OF …`, `INHERITS …`, `SERVER …`.
    pub clause: Option<String>,
    /// Storage parameters of a table and options of a view: `fillfactor='70'`.
    pub options: Option<String>,
    /// What a sequence does otherwise than others: `INCREMENT BY 2 CYCLE`.
    pub sequence: Option<String>,
    /// Whether a crash empties it.
    pub unlogged: bool,
    /// The query of a view.
    pub query: Option<String>,
    /// Whether row security is on.
    pub row_security: bool,
    /// Whether it is on for the owner too.
    pub force_row_security: bool,
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
    /// Those of the constraints, by name, that come from a parent.
    pub inherited_constraints: Vec<String>,
    /// Indexes.
    pub indexes: Vec<Named>,
    /// Those of the indexes, by name, that come with a constraint or with the parent's index.
    pub implied_indexes: Vec<String>,
    /// Triggers, and rules.
    pub triggers: Vec<Named>,
    /// Row security policies.
    pub policies: Vec<Named>,
    /// Partitions, or inheriting tables.
    pub partitions: Vec<Named>,
    /// What is said of triggers and rules that are not simply enabled: `DISABLE TRIGGER t`.
    pub states: Vec<String>,
    /// The sequences that its defaults take values from, by qualified name; the note is the column of it with
    /// which one goes.
    pub default_sequences: Vec<Named>,
    /// The statements that make it again, whatever the search path is.
    pub ddl: String,
}
