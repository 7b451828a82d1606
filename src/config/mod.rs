//! What the person asked for: arguments, environment and files become settings.
//!
//! Reads files and the environment, which are handed in so that tests need not touch the process's
//! own; knows nothing of sockets. Passwords pass through and are never printed.

pub mod arrangements;
pub mod conninfo;
pub mod drafts;
pub mod history;
pub mod passfile;
pub mod paths;
pub mod queries;
pub mod settings;
pub mod target;
