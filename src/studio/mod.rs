//! The terminal: event loop, layers, screens, dialogs.
//!
//! `keys` and `theme` know nothing else; `widgets` draw; `screens` and `dialogs` are layers, which
//! see the world through [`layer::Cx`] and ask for effects as plain data; `app` alone changes what
//! is shared, and `work` alone talks to the server.

pub mod app;
pub mod dialogs;
pub mod keys;
pub mod layer;
mod route;
pub mod screens;
pub mod theme;
pub mod widgets;
pub mod work;
