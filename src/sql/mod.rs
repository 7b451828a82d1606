//! SQL as text: quoting, the statements that dbkeep composes itself, and the scripts that people
//! write: their tokens, statements, colours and completions.
//!
//! Pure: no I/O. It knows PostgreSQL's lexical rules and nothing of connections; whatever comes
//! from a person or from data enters a statement that is sent as a parameter, or as an identifier
//! quoted here.

pub mod brief;
pub mod change;
pub mod clip;
pub mod complete;
pub mod condition;
pub mod copy;
pub mod ddl;
pub mod explain;
pub mod format;
pub mod guard;
pub mod highlight;
pub mod keyset;
pub mod keywords;
pub mod lexer;
pub mod meta;
pub mod page;
pub mod parameters;
pub mod profile;
pub mod quote;
pub mod script;
pub mod statement;
