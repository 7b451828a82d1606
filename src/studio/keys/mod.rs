//! Commands and the keys that give them. Pure; names no screen.

pub mod command;
pub mod keymap;
pub mod sheet;
pub mod stroke;

pub use command::{Command, Scope};
pub use keymap::{Keymap, Meaning};
pub use stroke::Stroke;
