//! The person's own settings: `config.toml` in the configuration folder.
//!
//! ```toml
//! theme = "dark"            # dark, light, contrast, sixteen
//! queries = "~/shop/queries" # the folder of saved queries
//! statement_timeout = "30s" # how long a console lets a statement run; 0 for no limit
//! editor = "vim"            # emacs, vim: the keys that a text is edited with
//!
//! [keys]                    # `dbkeep keys` lists the names
//! "move.first" = ["g g", "home"]
//! quit = "ctrl-q"           # one key needs no list
//!
//! [connections.work]        # dbkeep --connection work
//! url = "postgresql://ada@db.example/shop"
//! read_only = true          # nothing can be written
//! production = true         # a red frame, and a name to type before anything is destroyed
//! ```

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::Deserialize;
use toml::Spanned;

use super::paths::Paths;
use crate::data::Timeout;
use crate::fault::{Fault, Outcome};

/// What the file says; everything in it may be missing.
#[derive(Clone, Default)]
pub struct Settings {
    path: PathBuf,
    text: String,
    file: File,
}

#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    theme: Option<Spanned<String>>,
    queries: Option<String>,
    statement_timeout: Option<Spanned<String>>,
    editor: Option<Spanned<String>>,
    #[serde(default)]
    keys: BTreeMap<String, Spanned<Keys>>,
    #[serde(default)]
    connections: BTreeMap<String, Connection>,
}

/// One key, or any number of them.
#[derive(Debug, Clone, Deserialize)]
#[serde(
    untagged,
    expecting = "keys are written \"ctrl-q\", or [\"ctrl-q\", \"g q\"] where there are more"
)]
enum Keys {
    One(String),
    Many(Vec<String>),
}

impl Keys {
    fn list(&self) -> Vec<String> {
        match self {
            Self::One(key) => vec![key.clone()],
            Self::Many(keys) => keys.clone(),
        }
    }
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct Connection {
    url: String,
    #[serde(default)]
    read_only: bool,
    #[serde(default)]
    production: bool,
}

/// How careful a connection is to be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Guards {
    /// Nothing can be written.
    pub read_only: bool,
    /// It matters: this is always seen, and what destroys is asked about twice.
    pub production: bool,
}

/// The address may hold a password.
impl std::fmt::Debug for Connection {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Connection").finish_non_exhaustive()
    }
}

impl Settings {
    /// Reads `config.toml` in `folder`; a file that is not there is an empty one.
    ///
    /// # Errors
    /// A file that cannot be read, or is not what it should be: with the line.
    pub fn read(folder: &Path) -> Outcome<Self> {
        let path = folder.join("config.toml");
        let text = match std::fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) => {
                return Err(Fault::new(format!("{} cannot be read", path.display())).because(error));
            }
        };
        match toml::from_str(&text) {
            Ok(file) => Ok(Self { path, text, file }),
            Err(error) => {
                let at = error.span().map_or(0, |span| span.start);
                Err(wrong(&path, &text, at, error.message()))
            }
        }
    }

    /// The theme that was chosen.
    #[must_use]
    pub fn theme(&self) -> Option<&str> {
        self.file.theme.as_ref().map(|name| name.get_ref().as_str())
    }

    /// The folder of saved queries: the one that was chosen, from the home folder where it begins with
    /// `~/`, or else from the configuration folder, which has one of its own.
    #[must_use]
    pub fn queries(&self, paths: &Paths) -> PathBuf {
        let chosen = self.file.queries.as_deref().unwrap_or("queries");
        match chosen.strip_prefix("~/") {
            Some(rest) => paths.home.join(rest),
            None => paths.config.join(chosen),
        }
    }

    /// How long a console lets a statement run; nothing where that is left to the server.
    ///
    /// # Errors
    /// It is no time: with the line.
    pub fn timeout(&self) -> Outcome<Option<Timeout>> {
        let Some(typed) = &self.file.statement_timeout else {
            return Ok(None);
        };
        let wrong = |why: String| wrong(&self.path, &self.text, typed.span().start, &why);
        Timeout::parse(typed.get_ref()).map(Some).map_err(wrong)
    }

    /// Whose keys a text is edited with, as it was chosen.
    #[must_use]
    pub fn editor(&self) -> Option<&str> {
        let editor = self.file.editor.as_ref();
        editor.map(|name| name.get_ref().as_str())
    }

    /// Changed keys: a command's name and its keys.
    #[must_use]
    pub fn keys(&self) -> Vec<(String, Vec<String>)> {
        let keys = self.file.keys.iter();
        keys.map(|(name, keys)| (name.clone(), keys.get_ref().list()))
            .collect()
    }

    /// The address of a saved connection.
    ///
    /// # Errors
    /// There is none of that name.
    pub fn connection(&self, name: &str) -> Outcome<&str> {
        let found = self.file.connections.get(name);
        found
            .map(|connection| connection.url.as_str())
            .ok_or_else(|| {
                let known: Vec<&str> = self.file.connections.keys().map(String::as_str).collect();
                let known = if known.is_empty() {
                    "none".to_owned()
                } else {
                    known.join(", ")
                };
                Fault::new(format!("There is no connection \"{name}\""))
                    .because(format!("saved in {}: {known}", self.path.display()))
                    .remedy(format!("add [connections.{name}] with its url"))
            })
    }

    /// How careful a saved connection is to be used; one that is not there is not.
    #[must_use]
    pub fn guards(&self, name: &str) -> Guards {
        let found = self.file.connections.get(name);
        found.map_or_else(Guards::default, |connection| Guards {
            read_only: connection.read_only,
            production: connection.production,
        })
    }

    /// The fault about the theme that was chosen.
    #[must_use]
    pub fn wrong_theme(&self, why: &str) -> Fault {
        let at = self
            .file
            .theme
            .as_ref()
            .map_or(0, |theme| theme.span().start);
        wrong(&self.path, &self.text, at, why)
    }

    /// The fault about the editor that was chosen.
    #[must_use]
    pub fn wrong_editor(&self, why: &str) -> Fault {
        let editor = self.file.editor.as_ref();
        let at = editor.map_or(0, |editor| editor.span().start);
        wrong(&self.path, &self.text, at, why)
    }

    /// The fault about one of the changed keys, by its place in [`Self::keys`].
    #[must_use]
    pub fn wrong_keys(&self, place: usize, why: &str) -> Fault {
        let at = self
            .file
            .keys
            .values()
            .nth(place)
            .map_or(0, |keys| keys.span().start);
        wrong(&self.path, &self.text, at, why)
    }
}

fn wrong(path: &Path, text: &str, at: usize, why: &str) -> Fault {
    let line = text
        .get(..at)
        .map_or(1, |before| before.matches('\n').count() + 1);
    Fault::new(format!("{}, line {line}, cannot be used", path.display()))
        .because(why)
        .remedy("correct the line, or delete it to have the default")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Outcome<Settings> {
        let folder = tempfile::tempdir().map_err(|error| Fault::new("no folder").because(error))?;
        std::fs::write(folder.path().join("config.toml"), text).unwrap_or_default();
        Settings::read(folder.path())
    }

    #[test]
    fn everything_may_be_missing_and_what_is_there_is_read() {
        let empty = Settings::read(Path::new("/nonexistent")).map(|settings| settings.keys());
        assert_eq!(empty, Ok(Vec::new()));
        let text = "theme = \"light\"\neditor = \"vim\"\n[keys]\nquit = [\"ctrl-q\"]\n[connections.work]\nurl = \"service=x\"\nread_only = true\n";
        let settings = read(text);
        assert_eq!(settings.as_ref().map(Settings::theme), Ok(Some("light")));
        assert_eq!(settings.as_ref().map(Settings::editor), Ok(Some("vim")));
        let url = settings
            .as_ref()
            .map(|settings| settings.connection("work"));
        assert_eq!(url, Ok(Ok("service=x")));
        let guards = settings.as_ref().map(|settings| settings.guards("work"));
        let wanted = Guards {
            read_only: true,
            production: false,
        };
        assert_eq!(guards, Ok(wanted));
        let fault = settings.and_then(|settings| settings.connection("home").map(str::to_owned));
        let fault = fault.err().unwrap_or_default();
        assert!(fault.why.unwrap_or_default().contains("work"));
    }

    #[test]
    fn one_key_needs_no_list() {
        let keys = read("[keys]\nquit = \"j\"\nreload = [\"r\", \"f5\"]\n").map(|read| read.keys());
        let wanted = [("quit", vec!["j"]), ("reload", vec!["r", "f5"])].map(|(name, keys)| {
            (
                name.to_owned(),
                keys.into_iter().map(str::to_owned).collect(),
            )
        });
        assert_eq!(keys, Ok(wanted.to_vec()));
        let fault = read("[keys]\nreload = \"r\"\nquit = 3\n")
            .err()
            .unwrap_or_default();
        assert!(fault.what.contains("line 3"), "{fault}");
        assert!(fault.why.is_some_and(|why| why.contains("ctrl-q")));
    }

    #[test]
    fn saved_queries_are_in_the_folder_that_was_chosen() {
        let paths = Paths {
            config: "/home/ada/.config/dbkeep".into(),
            data: PathBuf::new(),
            state: PathBuf::new(),
            home: "/home/ada".into(),
        };
        for (text, folder) in [
            ("", "/home/ada/.config/dbkeep/queries"),
            ("queries = \"~/shop/sql\"\n", "/home/ada/shop/sql"),
            ("queries = \"/srv/sql\"\n", "/srv/sql"),
            ("queries = \"ours\"\n", "/home/ada/.config/dbkeep/ours"),
        ] {
            let found = read(text).map(|settings| settings.queries(&paths));
            assert_eq!(found, Ok(PathBuf::from(folder)));
        }
    }

    #[test]
    fn what_is_wrong_is_named_with_its_line() {
        let what = |text| read(text).err().unwrap_or_default().what;
        assert!(what("theme = \"dark\"\ncolour = 3\n").contains("line 2"));
        assert!(what("\n\ntheme = \n").contains("line 3"));
        let fault = read("theme = \"dark\"\n[keys]\nquit = [\"hyper-q\"]\n")
            .map(|settings| settings.wrong_keys(0, "no key"))
            .unwrap_or_default();
        assert!(fault.what.contains("line 3"), "{fault}");
        let timeout = |text| read(text).and_then(|settings| settings.timeout());
        let wrong = timeout("\nstatement_timeout = \"30\"").err();
        assert!(wrong.is_some_and(|fault| fault.what.contains("line 2")));
        let half_a_minute = Timeout::parse("30s").ok();
        assert_eq!(timeout("statement_timeout = \"30s\""), Ok(half_a_minute));
        assert_eq!(timeout(""), Ok(None));
        let fault = read("theme = \"dark\"\neditor = \"vi\"\n")
            .map(|settings| settings.wrong_editor("no such keys"))
            .unwrap_or_default();
        assert!(fault.what.contains("line 2"), "{fault}");
    }
}
