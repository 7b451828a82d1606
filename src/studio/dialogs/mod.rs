//! What opens above a screen: choosing from a list, reading, typing a line, saying yes, filtering,
//! seeing a value whole.

pub mod chooser;
pub mod condition;
pub mod confirm;
pub mod filter;
pub mod lists;
pub mod prompt;
pub mod reader;
pub mod viewer;
