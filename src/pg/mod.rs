//! The only room that names `tokio_postgres`: connecting, TLS, and reading.
//!
//! Everything above speaks of relations, rows and faults; a server's error becomes a
//! [`crate::fault::Fault`] in [`error`], once.

pub mod connect;
pub mod error;
pub mod statement;
pub mod tls;

pub use connect::{Session, open};
