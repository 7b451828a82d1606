//! What opens above a screen: choosing from a list, reading, typing a line, saying yes, filtering,
//! looking at another row.

pub mod chooser;
pub mod condition;
pub mod confirm;
pub mod filter;
pub mod lists;
pub mod name;
pub mod peek;
pub mod prompt;
pub mod reader;
pub mod referrers;
