//! The choosers there are: commands, keys, themes, statements sent.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use super::chooser::{Chooser, Item};
use crate::data::catalog::rows;
use crate::sql::brief::{brief, one_line};
use crate::studio::keys::{Command, Scope};
use crate::studio::layer::{Answer, Choices, Effect, Refusal, Route, Shared};
use crate::studio::theme::Theme;

/// Every command that can be given where one is; those that cannot now say why when chosen.
pub fn palette(
    shared: &Shared,
    scopes: &[Scope],
    typing: bool,
    enabled: impl Fn(Command) -> Result<(), Refusal>,
) -> Chooser {
    // Who looks for a command here knows how to move.
    let (moving, others): (Vec<Scope>, Vec<Scope>) =
        scopes.iter().partition(|scope| **scope == Scope::Moving);
    let held = scopes;
    let scopes = [others, moving].concat();
    let commands = scopes.iter().flat_map(|scope| {
        Command::TABLE
            .iter()
            .filter(move |spec| spec.scope == *scope)
    });
    let items = commands.map(|spec| Item {
        label: spec.title.to_owned(),
        fact: shared
            .keymap
            .names_in(spec.command, held, typing)
            .next()
            .unwrap_or_default(),
        more: String::new(),
        chosen: match enabled(spec.command) {
            Ok(()) => Ok(Effect::Run(spec.command)),
            Err(why) => Err(format!("{}: {why}", spec.title)),
        },
        heading: "",
    });
    Chooser::new("Commands", "There is no command here.", 60, items.collect())
}

/// Every key there is, by where it holds; the scopes that hold now come first, with the keys that
/// nothing nearer has taken.
#[must_use]
pub fn help(shared: &Shared, scopes: &[Scope], typing: bool) -> Chooser {
    let others = Scope::ALL.iter().filter(|scope| !scopes.contains(scope));
    let items = scopes.iter().chain(others).flat_map(|scope| {
        let commands = Command::TABLE
            .iter()
            .filter(move |spec| spec.scope == *scope);
        let keys = |command| -> Vec<String> {
            let keymap = &shared.keymap;
            if scopes.contains(scope) {
                keymap.names_in(command, scopes, typing).collect()
            } else {
                keymap.names(command)
            }
        };
        commands.map(move |spec| Item {
            label: spec.title.to_owned(),
            fact: keys(spec.command).join("  "),
            more: String::new(),
            chosen: if scopes.contains(scope) {
                Ok(Effect::Run(spec.command))
            } else {
                Err(format!(
                    "this key holds elsewhere: {}",
                    scope.title().to_lowercase()
                ))
            },
            heading: scope.title(),
        })
    });
    Chooser::new("Keys", "There is no key.", 72, items.collect())
}

/// Answers for the layer below.
#[must_use]
pub fn choices(asked: Choices) -> Chooser {
    let items = asked.choices.into_iter().map(|choice| Item {
        label: choice.label,
        fact: choice.fact,
        more: String::new(),
        chosen: choice.answer.map(|answer| Effect::Answer(Box::new(answer))),
        heading: choice.heading,
    });
    Chooser::new(
        &asked.title,
        "There is nothing to choose.",
        60,
        items.collect(),
    )
}

/// The themes; the cursor is on the one in force. The one it comes to is tried at once.
#[must_use]
pub fn themes(shared: &Shared) -> Chooser {
    let is_in_force = |theme: &Theme| theme.name == shared.theme.name;
    let items = shared.themes.iter().map(|theme| Item {
        label: theme.name.clone(),
        fact: if is_in_force(theme) {
            "in force".to_owned()
        } else {
            String::new()
        },
        more: String::new(),
        chosen: Ok(Effect::Theme(Box::new(theme.clone()))),
        heading: "",
    });
    let at = shared.themes.iter().position(is_in_force);
    let themes = shared.themes.clone();
    let before = at.map_or(&shared.theme, |at| &shared.themes[at]).clone();
    Chooser::new("Themes", "There is no theme.", 40, items.collect())
        .at(at.unwrap_or(0))
        .trying(move |theme| {
            let theme = theme.and_then(|at| themes.get(at)).unwrap_or(&before);
            Effect::TryTheme(Box::new(theme.clone()))
        })
}

/// The statements sent, newest first; choosing one shows it whole.
#[must_use]
pub fn log(shared: &Shared, now: SystemTime) -> Chooser {
    let items = shared.log.iter().map(|entry| {
        let ago = now.duration_since(entry.at).unwrap_or_default();
        let result = match &entry.result {
            Ok(count) => rows(*count),
            Err(_) => "failed".to_owned(),
        };
        let told = match &entry.result {
            Ok(count) => format!("-- {} in {}", rows(*count), short(entry.took)),
            Err(why) => format!("-- failed after {}: {why}", short(entry.took)),
        };
        Item {
            label: brief(&entry.sql),
            fact: format!(
                "{result:>10} {:>7} {:>7} ago",
                short(entry.took),
                short(ago)
            ),
            more: entry.sql.clone(),
            chosen: Ok(Effect::Open(Box::new(Route::Text {
                title: "Statement".to_owned(),
                text: format!("{told}\n\n{}", entry.sql.trim()),
            }))),
            heading: "",
        }
    });
    Chooser::new(
        "Statements sent",
        "No statement was sent yet.",
        140,
        items.collect(),
    )
}

/// What was run in consoles, newest first; choosing one gives it to the console.
#[must_use]
pub fn history(shared: &Shared, now: SystemTime) -> Chooser {
    let now = now.duration_since(UNIX_EPOCH).unwrap_or_default();
    let items = shared.history.iter().map(|entry| {
        let ago = now.saturating_sub(Duration::from_secs(entry.at));
        let result = match (&entry.error, entry.rows) {
            (Some(_), _) => "failed".to_owned(),
            (None, Some(count)) => rows(count),
            (None, None) => String::new(),
        };
        let took = short(Duration::from_millis(entry.took));
        Item {
            label: one_line(&entry.sql),
            fact: format!("{result:>10} {took:>7} {:>7} ago", short(ago)),
            more: String::new(),
            chosen: Ok(Effect::Answer(Box::new(Answer::Statement(
                entry.sql.clone(),
            )))),
            heading: "",
        }
    });
    Chooser::new("History", "Nothing was run yet.", 140, items.collect())
}

/// A length of time in two or three digits and a unit.
fn short(time: Duration) -> String {
    match time.as_secs() {
        0 if time.as_millis() < 10 => {
            let tenths = time.as_micros() / 100;
            format!("{}.{} ms", tenths / 10, tenths % 10)
        }
        0 => format!("{} ms", time.as_millis()),
        seconds @ 1..=119 => format!("{seconds} s"),
        seconds @ 120..=7199 => format!("{} min", seconds / 60),
        seconds @ 7200..=172_799 => format!("{} h", seconds / 3600),
        seconds => format!("{} days", seconds / 86_400),
    }
}
