//! The studio without a terminal and without a server: keys in, a buffer and requests out.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    missing_docs,
    reason = "a test may panic"
)]

mod columns;
mod console;
mod copying;
mod drafts;
mod driver;
mod edits;
mod follow;
mod pictures;
mod plan;
mod profile;
mod properties;
mod psql;
mod record;
mod results;
mod rows;
mod saved;
mod server;
mod shape;
mod shell;
mod sql;
mod styles;
mod tree;
mod viewer;
mod vim;

use driver::Studio;
use server::Fake;

const COLUMNS: [(&str, &str); 2] = [("id", "integer"), ("name", "text")];

/// A table of so many numbered rows, and an empty one.
fn shop(rows: usize) -> Fake {
    Fake::default()
        .with("customer", &COLUMNS)
        .numbered(rows)
        .with("order", &COLUMNS)
}

fn opened(rows: usize) -> Studio {
    Studio::open(shop(rows), (120, 40))
}
