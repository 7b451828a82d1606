//! What comes of a statement that a person wrote, beside its rows.

use super::column::Origin;

/// A column of a result, as the server describes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Described {
    /// Its name.
    pub name: String,
    /// The column of a relation that it is, if it is one.
    pub origin: Origin,
    /// Its type (`pg_type.oid`).
    pub kind: u32,
    /// The type's modifier (`pg_attribute.atttypmod`).
    pub modifier: i32,
}

/// The type of a parameter.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParameterType {
    /// As people call it: `character(3)` is `character` to them.
    pub shown: String,
    /// As a cast names it that cuts nothing.
    pub cast: String,
}

/// Where a session stands between two statements.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Transaction {
    /// No transaction is open.
    #[default]
    Idle,
    /// One is.
    Open,
    /// One is that has failed, and takes nothing but its end.
    Failed,
}

/// What the server says beside the answer (`NOTICE`, `WARNING`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// How it is meant, in the server's language.
    pub severity: String,
    /// What it says.
    pub text: String,
    /// More of it.
    pub detail: Option<String>,
    /// What to do about it.
    pub hint: Option<String>,
}

/// What another session sent with NOTIFY.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notification {
    /// The channel.
    pub channel: String,
    /// What was sent.
    pub payload: String,
    /// The process of the server that sent it.
    pub process: i32,
}
