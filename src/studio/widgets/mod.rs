//! Parts of screens: they draw, and keep their own cursor. They know keys and themes, and nothing
//! of screens.

pub mod area;
pub mod bars;
pub mod editor;
pub mod fault;
pub mod footer;
pub mod grid;
pub mod input;
pub mod list;
pub mod pane;
pub mod suggest;
pub mod text;
pub mod tree;
pub mod value;
