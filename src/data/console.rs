//! The text of a console, as it is kept from one studio to the next.

use serde::{Deserialize, Serialize};

/// A console's name and its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsoleText {
    /// Its name: a number, or that of the file it was read from.
    pub name: String,
    /// What is typed in it.
    pub text: String,
}
