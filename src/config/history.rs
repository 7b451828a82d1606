//! What was run in consoles: `history.jsonl` in the state folder, a line an entry, for its owner's
//! eyes only. Lines are added, one write a line, so that several studios can share it; what is old
//! goes when a studio starts and there is much too much, and with it what another adds in that moment.

use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::paths::private_folder;
use crate::data::Remembered;
use crate::fault::{Fault, Outcome};

/// How many entries of a database are read.
const MOST: usize = 2_000;
/// A file with more lines than this is cut to half of them.
const LINES: usize = 20_000;

/// The file, as one database uses it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct History {
    path: PathBuf,
    database: String,
}

#[derive(Debug, Serialize, Deserialize)]
struct Line {
    database: String,
    #[serde(flatten)]
    entry: Remembered,
}

impl History {
    /// For a database, in words that tell it from all others, and the state folder.
    #[must_use]
    pub fn new(state: &Path, database: String) -> Self {
        Self {
            path: state.join("history.jsonl"),
            database,
        }
    }

    /// What was run on the database, newest first; none where there is no file. Lines that are not
    /// understood are passed over: another version wrote them.
    ///
    /// # Errors
    /// The file cannot be read.
    pub fn read(&self) -> Outcome<Vec<Remembered>> {
        let text = match std::fs::read_to_string(&self.path) {
            Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
            read => read.map_err(|error| self.failed("read", &error))?,
        };
        let lines = text.lines().count();
        if lines > LINES {
            let kept: Vec<&str> = text.lines().skip(lines - LINES / 2).collect();
            self.replace(&format!("{}\n", kept.join("\n")))?;
        }
        let understood = text.lines().rev().filter_map(|line| {
            let line: Line = serde_json::from_str(line).ok()?;
            (line.database == self.database).then_some(line.entry)
        });
        Ok(understood.take(MOST).collect())
    }

    /// Adds an entry.
    ///
    /// # Errors
    /// The disk is full, or the folder is gone.
    pub fn add(&self, entry: &Remembered) -> Outcome<()> {
        let line = Line {
            database: self.database.clone(),
            entry: entry.clone(),
        };
        let text =
            serde_json::to_string(&line).map_err(|error| self.failed("written", &error.into()))?;
        self.folder()?;
        let file = OpenOptions::new()
            .create(true)
            .append(true)
            .mode(0o600)
            .open(&self.path);
        // One write for one line: several studios do not mix theirs.
        let written = file.and_then(|mut file| file.write_all(format!("{text}\n").as_bytes()));
        written.map_err(|error| self.failed("written", &error))
    }

    fn folder(&self) -> Outcome<()> {
        self.path.parent().map_or(Ok(()), private_folder)
    }

    /// Beside it, and then in its place.
    fn replace(&self, text: &str) -> Outcome<()> {
        let beside = self.path.with_extension("new");
        let file = OpenOptions::new()
            .create(true)
            .write(true)
            .truncate(true)
            .mode(0o600)
            .open(&beside);
        let written = file.and_then(|mut file| file.write_all(text.as_bytes()));
        let moved = written.and_then(|()| std::fs::rename(&beside, &self.path));
        moved.map_err(|error| self.failed("written", &error))
    }

    fn failed(&self, what: &str, error: &std::io::Error) -> Fault {
        let path = self.path.display();
        Fault::new(format!("The history {path} cannot be {what}")).because(error)
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    fn entry(number: usize) -> Remembered {
        Remembered {
            at: number as u64,
            took: 12,
            rows: Some(3),
            error: None,
            sql: format!("select {number};\n-- é"),
        }
    }

    #[test]
    fn what_was_run_is_read_back_newest_first_and_each_database_has_its_own() {
        let state = tempfile::tempdir().unwrap();
        let one = History::new(state.path(), "shop at db".to_owned());
        let other = History::new(state.path(), "news at db".to_owned());
        assert_eq!(one.read(), Ok(Vec::new()));
        one.add(&entry(1)).unwrap();
        other.add(&entry(2)).unwrap();
        one.add(&entry(3)).unwrap();
        assert_eq!(one.read(), Ok(vec![entry(3), entry(1)]));
        assert_eq!(other.read(), Ok(vec![entry(2)]));
        let path = state.path().join("history.jsonl");
        let mode = std::fs::metadata(&path).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        // What is not understood is left where it is.
        let mut text = std::fs::read_to_string(&path).unwrap();
        text.push_str("from another world\n");
        std::fs::write(&path, text).unwrap();
        one.add(&entry(4)).unwrap();
        assert_eq!(one.read().unwrap().len(), 3);
    }

    #[test]
    fn of_far_too_much_the_older_half_goes() {
        let state = tempfile::tempdir().unwrap();
        let history = History::new(state.path(), "shop".to_owned());
        history.add(&entry(0)).unwrap();
        let path = state.path().join("history.jsonl");
        let line = std::fs::read_to_string(&path).unwrap();
        std::fs::write(&path, line.repeat(LINES + 1)).unwrap();
        assert_eq!(history.read().unwrap().len(), MOST);
        let kept = std::fs::read_to_string(&path).unwrap();
        assert_eq!(kept.lines().count(), LINES / 2);
    }
}
