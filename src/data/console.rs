//! What is kept of consoles from one studio to the next: their texts, and what was run in them.

use serde::{Deserialize, Serialize};

/// A console's name and its text.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ConsoleText {
    /// Its name: a number, or that of the file it was read from.
    pub name: String,
    /// What is typed in it.
    pub text: String,
    /// The file it was read from, or written to.
    #[serde(default)]
    pub path: Option<String>,
}

/// Something that was run in a console.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remembered {
    /// When it was sent, in seconds since 1970.
    pub at: u64,
    /// How long it took, in milliseconds.
    pub took: u64,
    /// How many rows came back.
    pub rows: Option<u64>,
    /// Why it failed.
    pub error: Option<String>,
    /// Its text, without passwords.
    pub sql: String,
}
