//! `dbkeep [URL]`: the studio.

use std::collections::HashMap;
use std::fs::OpenOptions;
use std::io::IsTerminal;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::cli::{Context, Reached};
use crate::config::arrangements::Memory;
use crate::config::drafts::{Drafts, Left};
use crate::config::history::History;
use crate::config::paths::private_folder;
use crate::config::queries::Queries;
use crate::config::settings::Settings;
use crate::data::edits::Draft;
use crate::fault::{Fault, Outcome};
use crate::studio::app::Start;
use crate::studio::app::run::{self, Kept};
use crate::studio::keys::Keymap;
use crate::studio::theme::Theme;

/// Opens the studio on the target that the context means.
pub(super) fn open(context: &Context) -> Outcome<()> {
    needs_a_terminal()?;
    open_on(context, &context.reach()?)
}

/// Said before anything is made for a studio that cannot be shown.
pub(super) fn needs_a_terminal() -> Outcome<()> {
    if !std::io::stdin().is_terminal() || !std::io::stdout().is_terminal() {
        return Err(Fault::new("The studio needs a terminal")
            .because("input or output is a file or a pipe")
            .remedy("run it in a terminal; `dbkeep sql -c SQL` prints without one"));
    }
    Ok(())
}

/// Opens the studio on a place that is ready.
pub(super) fn open_on(context: &Context, reached: &Reached) -> Outcome<()> {
    let connector = context.connector(&reached.info)?;
    log_to_file(context)?;
    let title = reached.title(&connector);
    run::run(connector, || read(context, reached, title))
}

/// What the studio starts with, and where what outlives it is kept.
fn read(context: &Context, reached: &Reached, target: String) -> Outcome<(Start, Kept)> {
    let settings = Settings::read(&context.paths.config)?;
    let themes = themes(&context.paths.config.join("themes"))?;
    let keymap = keymap(&settings)?;
    let (drafts, left) = taken::<Draft>(context, reached, "drafts", Left::ByAll);
    let (consoles, texts) = taken(context, reached, "consoles", Left::ByOne);
    let memory = Memory::new(
        &context.paths.state,
        reached.info.database(Context::login(&reached.info)),
    );
    // What cannot be read of it is no reason to stay outside.
    let (arrangements, failed) = match memory.read() {
        Ok(arrangements) => (arrangements, None),
        Err(fault) => {
            tracing::warn!("{fault}");
            (HashMap::new(), Some(fault))
        }
    };
    let history = History::new(
        &context.paths.state,
        reached.info.database(Context::login(&reached.info)),
    );
    let remembered = history.read().unwrap_or_else(|fault| {
        tracing::warn!("{fault}");
        Vec::new()
    });
    let start = Start {
        drafts: left,
        target,
        guards: context.guards,
        theme: chosen(&settings, &themes)?,
        themes,
        keymap,
        vim: vim(&settings)?,
        consoles: texts,
        history: remembered,
        arrangements,
        timeout: settings.timeout()?,
        failed,
    };
    let kept = Kept {
        drafts,
        consoles,
        memory,
        history,
        queries: Queries::new(settings.queries(&context.paths)),
    };
    Ok((start, kept))
}

/// Where what is typed is kept, of one kind, and what was left there; nothing where it cannot be: that
/// is no reason not to open.
fn taken<T: Serialize + DeserializeOwned>(
    context: &Context,
    reached: &Reached,
    kind: &str,
    from: Left,
) -> (Option<Drafts<T>>, Option<Vec<T>>) {
    match Drafts::open(&context.paths.state, kind, &reached.info.describe(), from) {
        Ok((drafts, left)) => (Some(drafts), Some(left)),
        Err(fault) => {
            tracing::warn!("{fault}");
            (None, None)
        }
    }
}

/// The themes that come with dbkeep and the person's own, which come first under a name that both
/// have. `NO_COLOR` is honoured as no-color.org has it: any value but an empty one.
fn themes(folder: &Path) -> Outcome<Vec<Theme>> {
    let mut themes = Theme::built_in()?;
    for path in files(folder)? {
        let name = path.file_stem().unwrap_or_default().to_string_lossy();
        let text = std::fs::read_to_string(&path).map_err(|error| unreadable(&path, &error))?;
        let theme = Theme::parse(&name, &text)
            .map_err(|fault| fault.remedy(format!("correct {}", path.display())))?;
        themes.retain(|known| known.name != theme.name);
        themes.push(theme);
    }
    if std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty()) {
        themes = themes.into_iter().map(Theme::without_colors).collect();
    }
    Ok(themes)
}

/// The theme files in a folder, by name; a folder that is not there holds none.
fn files(folder: &Path) -> Outcome<Vec<PathBuf>> {
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        other => other.map_err(|error| unreadable(folder, &error))?,
    };
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| unreadable(folder, &error))?.path();
        if path
            .extension()
            .is_some_and(|extension| extension == "toml")
        {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn unreadable(path: &Path, error: &std::io::Error) -> Fault {
    Fault::new(format!("{} cannot be read", path.display())).because(error)
}

/// The theme that was chosen, or the one that suits the terminal.
fn chosen(settings: &Settings, themes: &[Theme]) -> Outcome<Theme> {
    let colors = std::env::var("COLORTERM").ok();
    let name = settings
        .theme()
        .unwrap_or_else(|| Theme::suited(colors.as_deref()));
    let found = themes.iter().find(|theme| theme.name == name);
    found.cloned().ok_or_else(|| {
        let known: Vec<&str> = themes.iter().map(|theme| theme.name.as_str()).collect();
        let known = known.join(", ");
        settings.wrong_theme(&format!("there is no theme \"{name}\"; there are {known}"))
    })
}

/// The keys with the person's changes.
pub(super) fn keymap(settings: &Settings) -> Outcome<Keymap> {
    Keymap::new(&settings.keys()).map_err(|(place, why)| settings.wrong_keys(place, &why))
}

/// Whether texts are edited with vim's keys.
fn vim(settings: &Settings) -> Outcome<bool> {
    match settings.editor() {
        None | Some("emacs") => Ok(false),
        Some("vim") => Ok(true),
        Some(other) => {
            let why = format!("there are no keys of \"{other}\"; there are emacs and vim");
            Err(settings.wrong_editor(&why))
        }
    }
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
