//! `dbkeep keys`: the key sheet.

use crate::cli::{Context, studio};
use crate::config::settings::Settings;
use crate::fault::Outcome;
use crate::studio::keys::sheet;

/// Prints every key, with the person's changes.
pub(super) fn print(context: &Context) -> Outcome<()> {
    let keymap = studio::keymap(&Settings::read(&context.paths.config)?)?;
    super::write_out(&sheet::markdown(&keymap))
}
