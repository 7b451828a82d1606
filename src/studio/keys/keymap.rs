//! Which keys give which command, in which scope: the table's defaults, patched by the person.

use std::collections::HashMap;

use super::command::{Command, Scope, Spec};
use super::stroke::Stroke;

/// One or two strokes.
type Keys = Vec<Stroke>;

/// The bindings in force.
#[derive(Debug, Clone)]
pub struct Keymap {
    keys: HashMap<Command, Vec<Keys>>,
}

/// What the strokes so far mean.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Meaning {
    /// A command.
    Command(Command),
    /// The beginning of chords: what may follow, and what it does.
    Chord(Vec<(String, Command)>),
    /// Nothing.
    Nothing,
}

impl Keymap {
    /// The defaults with a person's changes: command names and the keys they give them.
    ///
    /// # Errors
    /// For each change that cannot be: its place in `changes`, and why.
    pub fn new(changes: &[(String, Vec<String>)]) -> Result<Self, (usize, String)> {
        let mut keys = HashMap::new();
        for spec in Command::TABLE {
            keys.insert(spec.command, parsed(spec.keys).unwrap_or_default());
        }
        let mut patched: HashMap<Command, usize> = HashMap::new();
        for (at, (id, names)) in changes.iter().enumerate() {
            let command = Command::from_id(id).ok_or_else(|| {
                (
                    at,
                    format!("there is no command \"{id}\"; `dbkeep keys` lists them"),
                )
            })?;
            keys.insert(command, parsed(names).map_err(|why| (at, why))?);
            patched.insert(command, at);
        }
        let keymap = Self { keys };
        match keymap.conflict() {
            None => Ok(keymap),
            Some((one, other, keys)) => {
                let at = patched
                    .get(&one)
                    .or(patched.get(&other))
                    .copied()
                    .unwrap_or(0);
                Err((
                    at,
                    format!(
                        "\"{keys}\" would mean both {} and {}; give one of them other keys",
                        one.spec().id,
                        other.spec().id
                    ),
                ))
            }
        }
    }

    /// The first two commands that one scope could not tell apart.
    fn conflict(&self) -> Option<(Command, Command, String)> {
        let table = Command::TABLE.iter();
        let table: Vec<_> = table.map(|spec| (spec, self.of(spec.command))).collect();
        for (at, (one, keys)) in table.iter().enumerate() {
            for (other, others) in &table[..at] {
                if !meet(one.scope, other.scope) {
                    continue;
                }
                let clash = |keys: &&Keys| {
                    let mut others = others.iter();
                    others.any(|others| keys.starts_with(others) || others.starts_with(keys))
                };
                if let Some(keys) = keys.iter().find(clash) {
                    return Some((one.command, other.command, name(keys)));
                }
            }
        }
        None
    }

    fn of(&self, command: Command) -> &[Keys] {
        self.keys.get(&command).map_or(&[], Vec::as_slice)
    }

    /// What `strokes` mean where these scopes hold, nearest first. While a person is typing, keys
    /// that type a character mean nothing here.
    #[must_use]
    pub fn meaning(&self, strokes: &[Stroke], scopes: &[Scope], typing: bool) -> Meaning {
        if typing && strokes.first().is_some_and(|stroke| stroke.is_typed()) {
            return Meaning::Nothing;
        }
        let mut chords = Vec::new();
        for scope in scopes {
            for spec in Command::TABLE.iter().filter(|spec| spec.scope == *scope) {
                for keys in self.of(spec.command) {
                    if keys.as_slice() == strokes {
                        return Meaning::Command(spec.command);
                    }
                    if keys.starts_with(strokes) {
                        chords.push((name(&keys[strokes.len()..]), spec.command));
                    }
                }
            }
        }
        if chords.is_empty() {
            Meaning::Nothing
        } else {
            Meaning::Chord(chords)
        }
    }

    /// The keys of a command as they are shown: the first one, or all.
    #[must_use]
    pub fn first_name(&self, command: Command) -> Option<String> {
        self.of(command).first().map(|keys| name(keys))
    }

    /// The keys that give a command where these scopes hold: nearer ones may have taken some, and so
    /// has whoever is typing.
    pub fn names_in<'a>(
        &'a self,
        command: Command,
        scopes: &'a [Scope],
        typing: bool,
    ) -> impl Iterator<Item = String> + 'a {
        let given = Meaning::Command(command);
        self.of(command)
            .iter()
            .filter(move |keys| self.meaning(keys, scopes, typing) == given)
            .map(|keys| name(keys))
    }

    /// All the keys of a command.
    #[must_use]
    pub fn names(&self, command: Command) -> Vec<String> {
        self.of(command).iter().map(|keys| name(keys)).collect()
    }
}

/// Whether two scopes can hold at the same time without one being the nearer. Lists and lines of
/// text take keys before everything else, and the form of a row before the rows and the screen.
fn meet(one: Scope, other: Scope) -> bool {
    let of_dialogs = |scope| {
        matches!(
            scope,
            Scope::List
                | Scope::Text
                | Scope::Saved
                | Scope::Keeping
                | Scope::Filter
                | Scope::Asking
                | Scope::Columns
                | Scope::Viewer
                | Scope::Reader
                | Scope::Chart
                | Scope::Plan
                | Scope::Cell
                | Scope::Review
                | Scope::Conflict
                | Scope::Question
        )
    };
    let of_consoles = |scope| matches!(scope, Scope::Console | Scope::Result | Scope::Sql);
    let panes = |scope| {
        matches!(
            scope,
            Scope::Tree | Scope::Grid | Scope::Record | Scope::Structure
        )
    };
    match (one, other) {
        (a, b) if a == b => true,
        // Vim's keys are nearer than all others of a console's text, and what is left first is.
        (Scope::VimBusy, b) | (b, Scope::VimBusy) => b == Scope::Vim,
        (Scope::Vim, b) | (b, Scope::Vim) => b == Scope::Everywhere,
        (Scope::Everywhere, _) | (_, Scope::Everywhere) => true,
        (a, b) if of_dialogs(a) || of_dialogs(b) => false,
        (a, b) if panes(a) && panes(b) => false,
        (Scope::Record, Scope::Studio) | (Scope::Studio, Scope::Record) => false,
        // On the screen of the consoles there are no tables, and its keys are nearer than the studio's.
        (a, b) if of_consoles(a) || of_consoles(b) => {
            let beside = |scope| matches!(scope, Scope::Grid | Scope::Moving);
            let both = [a, b];
            both.iter().all(|scope| of_consoles(*scope))
                && !both.iter().all(|scope| *scope != Scope::Sql)
                || both.contains(&Scope::Result) && both.iter().any(|scope| beside(*scope))
        }
        _ => true,
    }
}

fn parsed<T: AsRef<str>>(names: &[T]) -> Result<Vec<Keys>, String> {
    names
        .iter()
        .map(|name| name.as_ref().split(' ').map(Stroke::parse).collect())
        .collect()
}

fn name(keys: &[Stroke]) -> String {
    let names: Vec<String> = keys.iter().map(Stroke::to_string).collect();
    names.join(" ")
}

/// The commands that have a word in the footer, nearest scope first.
pub fn footer(scopes: &[Scope]) -> impl Iterator<Item = (&'static Spec, &'static str)> {
    scopes.iter().flat_map(|scope| {
        Command::TABLE
            .iter()
            .filter(move |spec| spec.scope == *scope)
            .filter_map(|spec| Some((spec, spec.footer?)))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(id: &str, keys: &[&str]) -> Vec<(String, Vec<String>)> {
        vec![(id.into(), keys.iter().map(|key| (*key).into()).collect())]
    }

    fn strokes(names: &[&str]) -> Vec<Stroke> {
        names
            .iter()
            .filter_map(|name| Stroke::parse(name).ok())
            .collect()
    }

    #[test]
    fn the_defaults_are_keys_and_do_not_conflict() {
        for spec in Command::TABLE {
            assert!(parsed(spec.keys).is_ok(), "{}", spec.id);
        }
        assert!(Keymap::new(&[]).is_ok());
    }

    #[test]
    fn a_change_replaces_the_defaults_and_a_bad_one_says_why() {
        let changed = Keymap::new(&change("quit", &["ctrl-q"])).map(|keymap| {
            let scopes = [Scope::Studio];
            (
                keymap.meaning(&strokes(&["ctrl-q"]), &scopes, false),
                keymap.meaning(&strokes(&["q"]), &scopes, false),
            )
        });
        assert_eq!(
            changed,
            Ok((Meaning::Command(Command::Quit), Meaning::Nothing))
        );
        let why = |changes: Vec<(String, Vec<String>)>| {
            let refused = Keymap::new(&changes).err();
            refused.map(|(_, why)| why).unwrap_or_default()
        };
        assert!(why(change("nothing", &["x"])).contains("no command"));
        assert!(why(change("quit", &["hyper-q"])).contains("no key"));
        let both = why(change("quit", &["r"]));
        assert!(both.contains("quit") && both.contains("reload"), "{both}");
    }

    #[test]
    fn chords_tell_what_may_follow_and_typing_is_left_alone() {
        let Ok(keymap) = Keymap::new(&[]) else {
            unreachable!("the defaults do not conflict")
        };
        let scopes = [Scope::Grid, Scope::Moving];
        let chord = Meaning::Chord(vec![("g".into(), Command::First)]);
        assert_eq!(keymap.meaning(&strokes(&["g"]), &scopes, false), chord);
        let whole = keymap.meaning(&strokes(&["g", "g"]), &scopes, false);
        assert_eq!(whole, Meaning::Command(Command::First));
        assert_eq!(
            keymap.meaning(&strokes(&["g"]), &scopes, true),
            Meaning::Nothing
        );
    }
}
