//! What is known of a column while its rows are shown.

/// How a column's values are set in the grid.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Align {
    /// Text and everything else.
    Left,
    /// Numbers.
    Right,
}

/// What part a column plays in the keys of its relation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct KeyRole {
    /// Part of the primary key.
    pub primary: bool,
    /// Alone in a unique index.
    pub unique: bool,
    /// Part of a foreign key.
    pub foreign: bool,
}

/// One attribute of a relation (`pg_attribute`), as the grid needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "independent facts of the catalog"
)]
pub struct Column {
    /// The attribute's name, unquoted.
    pub name: String,
    /// The type as a person writes it, with its modifier: `character varying(80)`.
    pub type_name: String,
    /// The type as a cast writes it, quoted and schema-qualified, *without* its modifier: an
    /// explicit cast to `varchar(3)` would truncate silently.
    pub cast: String,
    /// `pg_type.typcategory`, which tells numbers (`N`) from the rest.
    pub category: char,
    /// Whether values have no fixed size (`typlen = -1`), so that they may have to be cut.
    pub varlena: bool,
    /// Whether the attribute refuses NULL.
    pub not_null: bool,
    /// Whether the type has a btree order (a default operator class), so that it can be a sort key.
    pub orderable: bool,
    /// Whether the attribute is generated (`GENERATED ALWAYS AS … STORED`).
    pub generated: bool,
    /// Its part in the keys.
    pub key: KeyRole,
}

impl Column {
    /// Numbers stand right, everything else left.
    #[must_use]
    pub fn align(&self) -> Align {
        if self.category == 'N' {
            Align::Right
        } else {
            Align::Left
        }
    }
}
