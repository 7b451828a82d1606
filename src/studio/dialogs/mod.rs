//! What opens above a screen: choosing from a list, reading, typing a line, saying yes.

pub mod chooser;
pub mod confirm;
pub mod lists;
pub mod prompt;
pub mod reader;
