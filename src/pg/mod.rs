//! The only room that names `tokio_postgres`: connecting, TLS, the pool, and reading.
//!
//! Everything above speaks of relations, rows and faults; a server's error becomes a
//! [`crate::fault::Fault`] in [`error`], once. Every statement goes through a [`Link`].

pub mod apply;
pub mod browse;
pub mod connect;
pub mod count;
mod dial;
pub mod effects;
pub mod error;
pub mod guarded;
mod hosts;
pub mod introspect;
pub mod link;
pub mod parameters;
pub mod pool;
pub mod profile;
pub mod referrers;
pub mod session;
mod settling;
pub mod statement;
pub mod tls;
pub mod values;
mod watch;

pub use connect::Connector;
pub use link::{Canceller, Link, Sent, Witness};
pub use pool::Pool;
pub use session::Session;
