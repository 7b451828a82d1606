//! How a person has arranged the columns of a table. It is kept from one run to the next, so that
//! columns are known by their names: a table may have changed meanwhile.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// A table's schema and name, unquoted.
pub type TableName = (String, String);

/// What differs from the table as it is by itself. Names of columns that are gone mean nothing.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Arrangement {
    /// All columns in the order in which they are shown; none where it is the table's own. A column
    /// that is not among them comes after them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub order: Vec<String>,
    /// The columns that are not shown.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hidden: Vec<String>,
    /// The last one of the columns that stay at the left.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub frozen: Option<String>,
    /// The widths that were chosen, in columns of the screen.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub widths: BTreeMap<String, u16>,
}

impl Arrangement {
    /// Whether the table is shown as it is by itself.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}
