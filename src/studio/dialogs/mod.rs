//! What opens above a screen: choosing from a list, reading, typing a line, saying yes, filtering.

pub mod chooser;
pub mod columns;
pub mod condition;
pub mod confirm;
pub mod filter;
pub mod lists;
pub mod profile;
pub mod prompt;
pub mod reader;
