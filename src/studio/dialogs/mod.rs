//! What opens above a screen: choosing from a list, reading, typing a line or a value, saying yes,
//! filtering, seeing a value whole, reading a plan, looking at another row, reviewing what will be
//! written, and settling what met others' changes.

pub mod cell;
pub mod chart;
pub mod chooser;
pub mod columns;
pub mod condition;
pub mod confirm;
pub mod conflict;
pub mod filter;
pub mod keep;
pub mod lists;
pub mod name;
pub mod parameters;
pub mod peek;
pub mod plan;
pub mod profile;
pub mod prompt;
pub mod reader;
pub mod referrers;
pub mod review;
pub mod saved;
pub mod viewer;
