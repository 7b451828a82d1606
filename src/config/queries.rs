//! The folder of saved queries: plain `.sql` files, which a team can share as it shares its code. Each
//! is written beside its place and then put there, and never over another one unasked.

use std::fs::Permissions;
use std::io::{ErrorKind, Write};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use crate::data::saved::{SavedQuery, Shelf, ShelfOrder, ShelfReply, named};

/// A longer file is no query that somebody chose from a list.
const MOST: u64 = 1 << 20;

/// The folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Queries {
    folder: PathBuf,
}

impl Queries {
    /// In a folder, which need not be there yet.
    #[must_use]
    pub fn new(folder: PathBuf) -> Self {
        Self { folder }
    }

    /// Does what was asked, and reads what the folder holds then.
    #[must_use]
    pub fn take(&self, order: ShelfOrder) -> (ShelfReply, Shelf) {
        let reply = match order {
            ShelfOrder::Read => ShelfReply::Read,
            ShelfOrder::Keep { query, over } => self.keep(query, over),
            ShelfOrder::Rename { from, to } => self.rename(&from, &to),
            ShelfOrder::Remove(name) => self.remove(&name),
        };
        (reply, self.read())
    }

    /// What the folder holds; what of it cannot be read is named.
    fn read(&self) -> Shelf {
        let mut held = Shelf {
            folder: self.folder.display().to_string(),
            ..Shelf::default()
        };
        let entries = match std::fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == ErrorKind::NotFound => return held,
            Err(error) => {
                held.unread.push(format!("the folder: {error}"));
                return held;
            }
        };
        for entry in entries {
            let path = match entry {
                Ok(entry) => entry.path(),
                Err(error) => {
                    held.unread.push(format!("a file: {error}"));
                    continue;
                }
            };
            if path.extension().is_none_or(|extension| extension != "sql") {
                continue;
            }
            match read(&path) {
                Ok(query) => held.queries.push(query),
                Err(why) => {
                    let name = path.file_name().unwrap_or_default().to_string_lossy();
                    held.unread.push(format!("{name}: {why}"));
                }
            }
        }
        held.queries.sort_by_cached_key(|query| {
            let small = query.name.to_lowercase();
            (small, query.name.clone())
        });
        held.unread.sort();
        held
    }

    fn path(&self, name: &str) -> PathBuf {
        // An extension is added, and not put in the place of one: a name may have dots.
        self.folder.join(format!("{name}.sql"))
    }

    fn keep(&self, query: SavedQuery, over: bool) -> ShelfReply {
        if let Err(why) = named(&query.name) {
            return ShelfReply::Failed(format!("\"{}\" is no name: {why}", query.name));
        }
        let path = self.path(&query.name);
        match self.write(&path, &query.text(), over) {
            Ok(()) => ShelfReply::Done(format!("kept as {}", path.display())),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => ShelfReply::Taken(query),
            Err(error) => {
                ShelfReply::Failed(format!("{} cannot be written: {error}", path.display()))
            }
        }
    }

    fn write(&self, path: &Path, text: &str, over: bool) -> std::io::Result<()> {
        std::fs::create_dir_all(&self.folder)?;
        // As other files of the person's: a folder of a repository is read by others too.
        let rights = Permissions::from_mode(0o666);
        // What a link points at is meant, which may be on another disk.
        let meant = std::fs::canonicalize(path).ok().filter(|_| over);
        let path = meant.as_deref().unwrap_or(path);
        let mut file = tempfile::Builder::new()
            .prefix(".dbkeep-")
            .permissions(rights)
            .tempfile_in(path.parent().unwrap_or(&self.folder))?;
        file.write_all(text.as_bytes())?;
        file.as_file().sync_all()?;
        if over {
            // One's own keeps its rights.
            if let Ok(known) = std::fs::metadata(path) {
                file.as_file().set_permissions(known.permissions())?;
            }
            file.persist(path)?;
        } else {
            file.persist_noclobber(path)?;
        }
        Ok(())
    }

    fn rename(&self, from: &str, to: &str) -> ShelfReply {
        if let Err(why) = named(to) {
            return ShelfReply::Failed(format!("\"{to}\" is no name: {why}"));
        }
        let (old, new) = (self.path(from), self.path(to));
        // A second name for the file, which must not be there yet, and then the first one goes.
        let moved = std::fs::hard_link(&old, &new).and_then(|()| std::fs::remove_file(&old));
        match moved {
            Ok(()) => ShelfReply::Done(format!("{from} is called {to} now")),
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {
                ShelfReply::Failed(format!("{to} is there already: both were left as they are"))
            }
            Err(error) => {
                ShelfReply::Failed(format!("{} cannot be renamed: {error}", old.display()))
            }
        }
    }

    fn remove(&self, name: &str) -> ShelfReply {
        let path = self.path(name);
        match std::fs::remove_file(&path) {
            Ok(()) => ShelfReply::Done(format!("{} is deleted", path.display())),
            Err(error) => {
                ShelfReply::Failed(format!("{} cannot be deleted: {error}", path.display()))
            }
        }
    }
}

/// A query's file.
///
/// # Errors
/// Why it is none.
fn read(path: &Path) -> Result<SavedQuery, String> {
    let name = path.file_stem().unwrap_or_default();
    let name = name.to_str().ok_or("its name is no text in UTF-8")?;
    let known = std::fs::metadata(path).map_err(|error| error.to_string())?;
    if !known.is_file() {
        return Err("it is no file".to_owned());
    }
    if known.len() > MOST {
        return Err("it is longer than a megabyte".to_owned());
    }
    let bytes = std::fs::read(path).map_err(|error| error.to_string())?;
    let text = String::from_utf8(bytes).map_err(|_| "it is no text in UTF-8")?;
    Ok(SavedQuery::parse(name, &text))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    fn query(name: &str, sql: &str) -> SavedQuery {
        SavedQuery {
            name: name.to_owned(),
            about: "What it is for.".to_owned(),
            sql: sql.to_owned(),
        }
    }

    fn keep(queries: &Queries, name: &str, sql: &str, over: bool) -> (ShelfReply, Shelf) {
        let query = query(name, sql);
        queries.take(ShelfOrder::Keep { query, over })
    }

    #[test]
    fn a_query_is_kept_renamed_and_removed_and_never_over_another_unasked() {
        let home = tempfile::tempdir().unwrap();
        let queries = Queries::new(home.path().join("a/b"));
        let (reply, held) = queries.take(ShelfOrder::Read);
        assert_eq!((reply, held.queries.len()), (ShelfReply::Read, 0));
        let (reply, held) = keep(&queries, "late orders", "select 1;", false);
        assert!(matches!(reply, ShelfReply::Done(_)), "{reply:?}");
        assert_eq!(held.queries, [query("late orders", "select 1;")]);
        let (reply, held) = keep(&queries, "late orders", "select 2;", false);
        assert!(matches!(reply, ShelfReply::Taken(_)), "{reply:?}");
        assert_eq!(held.queries[0].sql, "select 1;");
        let (_, held) = keep(&queries, "late orders", "select 2;", true);
        assert_eq!(held.queries[0].sql, "select 2;");
        keep(&queries, "All.2", "select 3", false);
        let rename = |from: &str, to: &str| ShelfOrder::Rename {
            from: from.to_owned(),
            to: to.to_owned(),
        };
        let (reply, _) = queries.take(rename("late orders", "All.2"));
        assert!(matches!(reply, ShelfReply::Failed(why) if why.contains("there already")));
        let (reply, held) = queries.take(rename("late orders", "zest"));
        assert!(matches!(reply, ShelfReply::Done(_)));
        let names: Vec<&str> = held.queries.iter().map(|one| one.name.as_str()).collect();
        assert_eq!(names, ["All.2", "zest"]);
        let (reply, held) = queries.take(ShelfOrder::Remove("zest".to_owned()));
        assert!(matches!(reply, ShelfReply::Done(_)));
        assert_eq!(held.queries.len(), 1);
        for name in ["../out", "", ".hidden"] {
            let (reply, _) = keep(&queries, name, "select 1", false);
            assert!(matches!(reply, ShelfReply::Failed(_)), "{name}");
        }
        // Nothing else is left there.
        assert_eq!(
            std::fs::read_dir(home.path().join("a/b")).unwrap().count(),
            1
        );
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let home = tempfile::tempdir().unwrap();
        std::fs::write(home.path().join("bytes.sql"), b"\xff").unwrap();
        std::fs::write(home.path().join("good.sql"), "-- why\nselect 1").unwrap();
        std::fs::write(home.path().join("notes.txt"), "no query").unwrap();
        std::fs::create_dir(home.path().join("folder.sql")).unwrap();
        let (_, held) = Queries::new(home.path().to_owned()).take(ShelfOrder::Read);
        assert_eq!(held.queries.len(), 1);
        assert_eq!(held.queries[0].about, "why");
        assert_eq!(
            held.unread,
            [
                "bytes.sql: it is no text in UTF-8",
                "folder.sql: it is no file"
            ]
        );
        let (_, held) = Queries::new(home.path().join("notes.txt")).take(ShelfOrder::Read);
        assert_eq!(held.unread.len(), 1);
    }
}
