//! dbkeep: a database studio for PostgreSQL in the terminal.
//!
//! The rooms, each of which imports only from those before it:
//!
//! - [`fault`]: the one error that people see
//! - [`data`]: columns, orders, windows of rows (pure)
//! - [`sql`]: quoting and the statements dbkeep composes (pure)
//! - [`config`]: arguments, environment and files become settings
//! - [`pg`]: the only room that names `tokio_postgres`: connecting, TLS, reading
//! - [`local`]: a private PostgreSQL server of our own
//! - [`studio`]: the terminal
//! - [`cli`]: the command line, one file a subcommand

pub mod cli;
pub mod config;
pub mod data;
pub mod fault;
pub mod local;
pub mod pg;
pub mod sql;
pub mod studio;
