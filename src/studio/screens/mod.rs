//! The screens, one file or folder each.

mod clip;
mod editing;
pub mod later;
mod record;
pub mod sql;
pub mod tables;
