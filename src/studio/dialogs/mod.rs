//! What opens above a screen: choosing from a list, reading, typing a line or a value, saying yes,
//! filtering, reviewing what will be written, settling what met others' changes, looking at another
//! row.

pub mod cell;
pub mod chooser;
pub mod columns;
pub mod condition;
pub mod confirm;
pub mod conflict;
pub mod filter;
pub mod lists;
pub mod name;
pub mod peek;
pub mod profile;
pub mod prompt;
pub mod reader;
pub mod referrers;
pub mod review;
