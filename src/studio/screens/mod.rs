//! The screens, one file or folder each.

pub mod later;
pub mod tables;
