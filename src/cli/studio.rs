//! `dbkeep [URL]`: the studio.

use std::fs::OpenOptions;
use std::io::IsTerminal;
use std::os::unix::fs::OpenOptionsExt;
use std::sync::Mutex;

use crate::cli::{Context, Reached};
use crate::config::paths::private_folder;
use crate::config::settings::Settings;
use crate::fault::{Fault, Outcome};
use crate::pg::Connector;
use crate::studio::app::Start;
use crate::studio::app::run;
use crate::studio::keys::Keymap;
use crate::studio::theme::Theme;

/// Opens the studio on the target that the context means.
pub(super) fn open(context: &Context) -> Outcome<()> {
    needs_a_terminal()?;
    open_on(context, &context.reach()?)
}

fn needs_a_terminal() -> Outcome<()> {
    if !std::io::stdin().is_terminal() || !std::io::stdout().is_terminal() {
        return Err(Fault::new("The studio needs a terminal")
            .because("input or output is a file or a pipe")
            .remedy("run it in a terminal; `dbkeep sql -c SQL` prints without one"));
    }
    Ok(())
}

/// Opens the studio on a place that is ready.
pub(super) fn open_on(context: &Context, reached: &Reached) -> Outcome<()> {
    needs_a_terminal()?;
    let settings = Settings::read(&context.paths.config)?;
    let (theme, no_color) = theme(&settings)?;
    let keymap = keymap(&settings)?;
    log_to_file(context)?;
    let start = Start {
        target: reached.title(),
        theme,
        no_color,
        keymap,
    };
    let connector = Connector::new(&reached.info, &context.paths.home, &Context::login())?;
    if run::run(start, connector)? {
        Ok(())
    } else {
        Err(Fault::new("The studio was left without a connection")
            .remedy(format!("what was tried: {}", reached.info.describe())))
    }
}

/// The theme that was chosen, or the one that suits the terminal; `NO_COLOR` is honoured as
/// no-color.org has it: any value but an empty one.
fn theme(settings: &Settings) -> Outcome<(Theme, bool)> {
    let no_color = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    let colors = std::env::var("COLORTERM").ok();
    let name = settings
        .theme()
        .unwrap_or_else(|| Theme::suited(colors.as_deref()));
    let theme = Theme::named(name, no_color).map_err(|fault| {
        settings.wrong_theme(&format!(
            "{}; {}",
            fault.what,
            fault.remedy.unwrap_or_default()
        ))
    })?;
    Ok((theme, no_color))
}

/// The keys with the person's changes.
pub(super) fn keymap(settings: &Settings) -> Outcome<Keymap> {
    Keymap::new(&settings.keys()).map_err(|(place, why)| settings.wrong_keys(place, &why))
}

/// What happens is written to `dbkeep.log` in the state folder, for its owner's eyes only.
fn log_to_file(context: &Context) -> Outcome<()> {
    private_folder(&context.paths.state)?;
    let path = context.paths.state.join("dbkeep.log");
    let file = OpenOptions::new()
        .create(true)
        .append(true)
        .mode(0o600)
        .open(&path)
        .map_err(|error| {
            Fault::new(format!("The log {} cannot be written", path.display())).because(error)
        })?;
    tracing_subscriber::fmt()
        .with_writer(Mutex::new(file))
        .with_ansi(false)
        .try_init()
        .map_err(|error| Fault::new("The log cannot be set up").because(error))
}
