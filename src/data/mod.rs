//! Rows as dbkeep holds them: the catalog, relations, orders, and windows of rows.
//!
//! Pure: no I/O, no async, no drawing. Values are the text of the server's own output functions;
//! NULL is a bit beside the text, never a text.

pub mod arrangement;
pub mod array;
pub mod bytes;
pub mod catalog;
pub mod clip;
pub mod column;
pub mod console;
pub mod edits;
pub mod filter;
pub mod foreign;
pub mod json;
pub mod names;
pub mod order;
pub mod pages;
pub mod paste;
pub mod plan;
pub mod profile;
pub mod relation;
pub mod result;
pub mod saved;
pub mod search;
pub mod sift;
pub mod structure;
pub mod tally;
pub mod timeout;
pub mod window;

pub use arrangement::{Arrangement, TableName};
pub use column::{Align, Column, KeyRole, Origin};
pub use console::{ConsoleText, Remembered};
pub use filter::Filter;
pub use order::{Direction, Nulls, OrderKey};
pub use timeout::Timeout;
pub use window::{Cell, Rows, RowsBuilder};
