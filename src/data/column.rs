//! What is known of a column while its rows are shown.

use super::edits::Input;

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

/// The attribute that a column is; noughts where it is none, because it was computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Origin {
    /// Its relation (`pg_class.oid`).
    pub table: u32,
    /// Its number there (`pg_attribute.attnum`).
    pub attribute: i16,
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
    /// explicit cast to `varchar(3)` would truncate silently. Of a domain, whose own type has the
    /// modifier, that type.
    pub cast: String,
    /// The schema of the operators that sort and compare it, where that is not `pg_catalog`: by their
    /// signs alone the search path may find others, or none.
    pub operators: Option<String>,
    /// `pg_type.typcategory`, which tells numbers (`N`) from the rest.
    pub category: char,
    /// Whether values have no fixed size (`typlen = -1`), so that they may have to be cut.
    pub varlena: bool,
    /// Whether the attribute refuses NULL.
    pub not_null: bool,
    /// Whether the attribute is generated (`GENERATED ALWAYS AS (…)`).
    pub generated: bool,
    /// Whether it is an identity that is `GENERATED ALWAYS`.
    pub always: bool,
    /// Whether it has a default, or an identity.
    pub has_default: bool,
    /// Its part in the keys.
    pub key: KeyRole,
    /// Where it comes from.
    pub origin: Origin,
}

impl Column {
    /// Why it is given no value, if it is not.
    ///
    /// # Errors
    /// The reason.
    pub fn can_be_given(&self) -> Result<(), String> {
        let name = &self.name;
        if self.generated {
            Err(format!("{name} is generated from other columns"))
        } else if self.always {
            Err(format!("{name} is an identity that is always generated"))
        } else {
            Ok(())
        }
    }

    /// Whether it takes NULL, its default, or a value at all.
    ///
    /// # Errors
    /// Why not.
    pub fn takes(&self, input: &Input) -> Result<(), String> {
        let name = &self.name;
        match input {
            Input::Null if self.not_null => Err(format!("{name} takes no NULL")),
            Input::Default if !self.has_default => Err(format!("{name} has no default")),
            _ => self.can_be_given(),
        }
    }

    /// Whether it is of PostGIS, whose output is the hexadecimal digits of a binary form.
    #[must_use]
    pub fn is_spatial(&self) -> bool {
        let (_, name) = self.cast.rsplit_once('.').unwrap_or(("", &self.cast));
        matches!(name, "geometry" | "geography")
    }

    /// Numbers stand right, everything else left.
    #[must_use]
    pub fn align(&self) -> Align {
        if self.category == 'N' {
            Align::Right
        } else {
            Align::Left
        }
    }

    /// The type in the words people type: `timestamptz`, `varchar(80)`, `int`.
    #[must_use]
    pub fn short_type(&self) -> String {
        short_type(&self.type_name)
    }
}

/// The standard's long names, and the ones that PostgreSQL knows them by too.
const SHORT: [(&str, &str); 9] = [
    ("character varying", "varchar"),
    ("timestamp without time zone", "timestamp"),
    ("timestamp with time zone", "timestamptz"),
    ("time without time zone", "time"),
    ("time with time zone", "timetz"),
    ("double precision", "float8"),
    ("boolean", "bool"),
    ("integer", "int"),
    ("bit varying", "varbit"),
];

/// A type's name, shortened where there is a shorter one; modifiers and array signs stay:
/// `timestamp(3) with time zone[]` becomes `timestamptz(3)[]`.
#[must_use]
pub fn short_type(name: &str) -> String {
    let modifier = name
        .find('(')
        .and_then(|from| Some(from..from + name[from..].find(')')? + 1));
    let (bare, modifier) = match modifier {
        Some(range) => (
            format!("{}{}", &name[..range.start], &name[range.end..]),
            &name[range],
        ),
        None => (name.to_owned(), ""),
    };
    let (bare, array) = match bare.find('[') {
        Some(at) => (&bare[..at], &bare[at..]),
        None => (bare.as_str(), ""),
    };
    let known = SHORT.iter().find(|(long, _)| *long == bare);
    let short = known.map_or(bare, |(_, short)| short);
    format!("{short}{modifier}{array}")
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A column of a type, as the catalog has it.
    pub fn column(name: &str, type_name: &str, category: char) -> Column {
        Column {
            name: name.to_owned(),
            type_name: type_name.to_owned(),
            cast: format!("pg_catalog.{type_name}"),
            operators: None,
            category,
            varlena: category != 'N',
            not_null: false,
            generated: false,
            always: false,
            has_default: false,
            key: KeyRole::default(),
            origin: Origin::default(),
        }
    }

    #[test]
    fn long_names_are_shortened_and_others_left() {
        let cases = [
            ("timestamp(3) with time zone[]", "timestamptz(3)[]"),
            ("character varying(80)", "varchar(80)"),
            ("numeric(12,4)", "numeric(12,4)"),
            ("integer", "int"),
            ("shop.order_status[]", "shop.order_status[]"),
        ];
        for (long, short) in cases {
            assert_eq!(short_type(long), short);
        }
    }
}
