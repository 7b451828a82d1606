//! The `pg` floor against a real server.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    missing_docs,
    reason = "a test may panic"
)]

#[path = "../support/mod.rs"]
mod support;

mod begun;
mod catalog;
mod clip;
mod committing;
mod connecting;
mod console;
mod copying;
mod ddl;
mod editing;
mod explaining;
mod filtering;
mod follow;
mod formatting;
mod guarded;
mod hostile;
mod meta;
mod names;
mod paging;
mod parameters;
mod passwords;
mod profile;
mod script;
mod serving;
mod session;
mod sifting;
mod staging;
mod tls;
