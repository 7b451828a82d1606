//! The screens, one file or folder each.

mod clip;
pub mod later;
pub mod sql;
pub mod tables;
