//! A private PostgreSQL server of our own: found, made, started, shared by every dbkeep of this
//! person, and stopped when the last one leaves.
//!
//! It runs installed binaries; it listens on a Unix socket in a folder of mode 0700 and nowhere
//! else. Knows [`crate::config`]'s paths, and nothing of what is in the databases.

pub mod binaries;
pub mod cluster;
mod log;
pub mod owner;
mod postmaster;

pub use cluster::{Cluster, Lease};
