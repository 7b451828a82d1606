//! What is remembered of how columns were arranged: `columns.json` in the state folder, for its
//! owner's eyes only. It holds the tables arranged last and forgets the others.

use std::collections::HashMap;
use std::io::Write;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::paths::private_folder;
use crate::data::{Arrangement, TableName};
use crate::fault::{Fault, Outcome};

/// How many tables are remembered, of all databases together.
const MOST: usize = 500;
/// A file larger than this, in bytes, is none of ours.
const LARGEST: u64 = 16 << 20;

/// The file, as one database uses it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Memory {
    path: PathBuf,
    database: String,
}

/// The tables, those arranged last at the end.
#[derive(Debug, Default, Serialize, Deserialize)]
struct File {
    tables: Vec<Entry>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Entry {
    database: String,
    schema: String,
    table: String,
    #[serde(flatten)]
    arrangement: Arrangement,
}

impl Memory {
    /// For a database, in words that tell it from all others, and the state folder.
    #[must_use]
    pub fn new(state: &Path, database: String) -> Self {
        Self {
            path: state.join("columns.json"),
            database,
        }
    }

    /// The tables of the database that were arranged; none where there is no file.
    ///
    /// # Errors
    /// A file that cannot be read or understood.
    pub fn read(&self) -> Outcome<HashMap<TableName, Arrangement>> {
        let own = |entry: &Entry| entry.database == self.database;
        let tables = self.file()?.tables.into_iter().filter(own);
        Ok(tables
            .map(|entry| ((entry.schema, entry.table), entry.arrangement))
            .collect())
    }

    /// Remembers changes beside what another studio has written meanwhile. A file that is not
    /// understood, which may be a newer dbkeep's, is put aside.
    ///
    /// # Errors
    /// The file cannot be written.
    pub fn write(&self, changes: &[(TableName, Arrangement)]) -> Outcome<()> {
        let failed = |error: std::io::Error| {
            Fault::new(format!("{} cannot be written", self.path.display()))
                .because(error)
                .remedy("columns are arranged for this run only until it can")
        };
        if let Some(folder) = self.path.parent() {
            private_folder(folder)?;
        }
        let mut file = if let Ok(file) = self.file() {
            file
        } else {
            let aside = self.path.with_extension("json.bad");
            std::fs::rename(&self.path, aside).map_err(failed)?;
            File::default()
        };
        for ((schema, table), arrangement) in changes {
            file.tables.retain(|entry| {
                (&entry.database, &entry.schema, &entry.table) != (&self.database, schema, table)
            });
            if !arrangement.is_empty() {
                file.tables.push(Entry {
                    database: self.database.clone(),
                    schema: schema.clone(),
                    table: table.clone(),
                    arrangement: arrangement.clone(),
                });
            }
        }
        let forgotten = file.tables.len().saturating_sub(MOST);
        file.tables.drain(..forgotten);
        self.replace(&file).map_err(failed)
    }

    fn file(&self) -> Outcome<File> {
        let wrong = |why: String| {
            Fault::new(format!(
                "{} is not understood and was ignored",
                self.path.display()
            ))
            .because(why)
        };
        match std::fs::metadata(&self.path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Ok(File::default());
            }
            Ok(found) if !found.is_file() => return Err(wrong("it is no file".to_owned())),
            Ok(found) if found.len() > LARGEST => return Err(wrong("it is too large".to_owned())),
            _ => {}
        }
        let text = std::fs::read_to_string(&self.path).map_err(|error| wrong(error.to_string()))?;
        serde_json::from_str(&text).map_err(|error| wrong(error.to_string()))
    }

    /// A file beside it takes its place, so that nobody finds half of one.
    fn replace(&self, file: &File) -> std::io::Result<()> {
        use std::os::unix::fs::OpenOptionsExt;
        let beside = self
            .path
            .with_extension(format!("json.{}", std::process::id()));
        // One that is there was left by a process of the same number that ended while it wrote.
        let _ = std::fs::remove_file(&beside);
        let mut out = std::fs::OpenOptions::new()
            .write(true)
            .create_new(true)
            .mode(0o600)
            .open(&beside)?;
        let text = serde_json::to_string_pretty(file)?;
        let written = out
            .write_all(text.as_bytes())
            .and_then(|()| std::fs::rename(&beside, &self.path));
        if written.is_err() {
            let _ = std::fs::remove_file(&beside);
        }
        written
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hidden(name: &str) -> Arrangement {
        Arrangement {
            hidden: vec![name.to_owned()],
            ..Arrangement::default()
        }
    }

    fn named(table: &str) -> TableName {
        ("public".to_owned(), table.to_owned())
    }

    fn folder() -> tempfile::TempDir {
        tempfile::tempdir().unwrap_or_else(|error| unreachable!("no folder: {error}"))
    }

    #[test]
    fn what_was_written_is_read_again_by_the_same_database_only() {
        use std::os::unix::fs::PermissionsExt;
        let folder = folder();
        let state = folder.path().join("state");
        let (one, other) = (
            Memory::new(&state, "shop".to_owned()),
            Memory::new(&state, "test".to_owned()),
        );
        assert_eq!(one.read(), Ok(HashMap::new()));
        assert_eq!(one.write(&[(named("a.b"), hidden("x"))]), Ok(()));
        assert_eq!(other.write(&[(named("a.b"), hidden("y"))]), Ok(()));
        assert_eq!(one.write(&[(named("c"), hidden("z"))]), Ok(()));
        let wanted = [(named("a.b"), hidden("x")), (named("c"), hidden("z"))];
        assert_eq!(one.read(), Ok(HashMap::from(wanted)));
        assert_eq!(
            one.write(&[(named("c"), Arrangement::default())]),
            Ok(()),
            "a table as it is by itself is not remembered"
        );
        assert_eq!(one.read().map(|tables| tables.len()), Ok(1));
        let mode = std::fs::metadata(state.join("columns.json"))
            .map(|found| found.permissions().mode() & 0o777);
        assert_eq!(mode.ok(), Some(0o600));
        let files = std::fs::read_dir(&state).map(Iterator::count);
        assert_eq!(files.ok(), Some(1), "nothing is left beside it");
    }

    #[test]
    fn a_file_that_is_not_understood_is_a_fault_and_is_put_aside() {
        let folder = folder();
        let memory = Memory::new(folder.path(), "shop".to_owned());
        let path = folder.path().join("columns.json");
        for text in ["{", "[1]", "{\"tables\": [{\"hidden\": 5}]}", "\u{fffd}"] {
            assert!(std::fs::write(&path, text).is_ok());
            let fault = memory.read().err().unwrap_or_default();
            assert!(fault.what.contains("was ignored"), "{text}: {fault}");
        }
        assert_eq!(memory.write(&[(named("c"), hidden("z"))]), Ok(()));
        assert_eq!(memory.read().map(|tables| tables.len()), Ok(1));
        let aside = std::fs::read_to_string(folder.path().join("columns.json.bad"));
        assert_eq!(aside.ok().as_deref(), Some("\u{fffd}"));
    }

    #[test]
    fn only_so_many_tables_are_remembered() {
        let folder = folder();
        let memory = Memory::new(folder.path(), "shop".to_owned());
        let many: Vec<(TableName, Arrangement)> = (0..MOST + 20)
            .map(|at| (named(&format!("t{at}")), hidden("x")))
            .collect();
        assert_eq!(memory.write(&many), Ok(()));
        let kept = memory.read().unwrap_or_default();
        assert_eq!(kept.len(), MOST);
        assert!(kept.contains_key(&named("t519")) && !kept.contains_key(&named("t19")));
    }
}
