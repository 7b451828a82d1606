//! Files of the person's: a value that is saved, and one that is looked at in an editor.

use std::fs::{DirBuilder, OpenOptions, Permissions};
use std::io::{Result, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::config::paths;
use crate::data::catalog;

/// Writes a file that nobody else may read, and never over one that is there; or, `over` one of the
/// person's own, whole or not at all.
///
/// # Errors
/// Why it is not written, in words.
pub(super) fn save(typed: &str, over: bool, bytes: &[u8]) -> std::result::Result<String, String> {
    let path = paths::typed(typed);
    let shown = path.display();
    let written = if over && path.exists() {
        replace(&path, bytes)
    } else {
        write(&path, bytes)
    };
    written.map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => {
            format!("{shown} is there already and was left as it is; choose another name")
        }
        _ => format!("{shown} cannot be written: {error}"),
    })?;
    Ok(format!(
        "saved {} in {shown}",
        catalog::bytes(bytes.len() as u64)
    ))
}

/// Reads a file that becomes a value.
///
/// # Errors
/// Why it is not read, in words.
pub(super) fn load(typed: &str) -> std::result::Result<Vec<u8>, String> {
    /// A longer file would keep the studio waiting for the disk.
    const MOST: u64 = 64 << 20;
    let path = paths::typed(typed);
    let shown = path.display();
    let unread = |error: std::io::Error| format!("{shown} cannot be read: {error}");
    let known = std::fs::metadata(&path).map_err(unread)?;
    if !known.is_file() {
        return Err(format!("{shown} is no file"));
    }
    if known.len() > MOST {
        let size = catalog::bytes(known.len());
        return Err(format!(
            "{shown} has {size}, which is too much for one value here"
        ));
    }
    std::fs::read(&path).map_err(unread)
}

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let mut options = OpenOptions::new();
    let mut file = options
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)?;
    file.write_all(bytes).and_then(|()| file.sync_all())
}

/// Beside it, with its rights, and then in its place: what is there is always whole.
fn replace(path: &Path, bytes: &[u8]) -> Result<()> {
    // What a link points at is meant, and not the link.
    let path = std::fs::canonicalize(path)?;
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".dbkeep-{}", std::process::id()));
    let beside = path.with_file_name(name);
    let moved = write(&beside, bytes)
        .and_then(|()| std::fs::set_permissions(&beside, std::fs::metadata(&path)?.permissions()))
        .and_then(|()| std::fs::rename(&beside, &path));
    if moved.is_err() {
        // Why it failed is what matters.
        let _ = std::fs::remove_file(&beside);
    }
    moved
}

/// A file for an editor, in a folder of its own that nobody else may enter; dropping it removes
/// both.
pub(super) struct Draft<'a> {
    folder: PathBuf,
    file: PathBuf,
    bytes: &'a [u8],
    taken: bool,
}

impl<'a> Draft<'a> {
    /// A file that is only to be read; or, where what is changed in it is taken, to be written.
    ///
    /// # Errors
    /// It cannot be written.
    pub(super) fn new(name: &str, bytes: &'a [u8], taken: bool) -> Result<Self> {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let now = now.map_or(0, |time| time.as_nanos());
        let folder = std::env::temp_dir().join(format!("dbkeep-{}-{now}", std::process::id()));
        // A folder that somebody else made is none of ours: making it must not find it there.
        DirBuilder::new().mode(0o700).create(&folder)?;
        // A column can be called as it likes; a file of ours stays in its folder.
        let plain = |ch: char| {
            let is_plain = ch.is_alphanumeric() || matches!(ch, '-' | '_' | '.');
            if is_plain { ch } else { '_' }
        };
        let name: String = name.chars().map(plain).collect();
        let draft = Self {
            file: folder.join(name.trim_start_matches('.')),
            folder,
            bytes,
            taken,
        };
        write(&draft.file, bytes)?;
        let mode = if taken { 0o600 } else { 0o400 };
        std::fs::set_permissions(&draft.file, Permissions::from_mode(mode))?;
        Ok(draft)
    }

    /// Runs the person's editor on it; what comes of it.
    ///
    /// # Errors
    /// There is no editor to run.
    pub(super) fn open(&self) -> Result<Edited> {
        let set = |name| std::env::var(name).ok().filter(|word| !word.is_empty());
        let editor = set("VISUAL").or_else(|| set("EDITOR"));
        self.run(&editor.unwrap_or_else(|| "vi".to_owned()))
    }

    /// The editor can have arguments, as in `code --wait`: a shell takes it apart.
    fn run(&self, editor: &str) -> Result<Edited> {
        let status = Command::new("sh")
            .arg("-c")
            .arg(format!("{editor} \"$1\""))
            .arg("sh")
            .arg(&self.file)
            .status()?;
        if !status.success() {
            return Ok(Edited::Said(format!("{editor} ended badly: {status}")));
        }
        let now = std::fs::read(&self.file);
        if now.as_ref().is_ok_and(|now| now == self.bytes) {
            return Ok(Edited::Nothing);
        }
        if !self.taken {
            let unkept = "what was changed in the editor is not taken over";
            return Ok(Edited::Said(unkept.to_owned()));
        }
        let mut now = now?;
        // Editors end the last line; a value that had no such end is to have none.
        if now.ends_with(b"\n") && !self.bytes.ends_with(b"\n") {
            now.pop();
        }
        Ok(Edited::Changed(now))
    }
}

/// What came of an editor.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Edited {
    /// Nothing was changed.
    Nothing,
    /// It was changed to this.
    Changed(Vec<u8>),
    /// Something is to be said.
    Said(String),
}

impl Drop for Draft<'_> {
    fn drop(&mut self) {
        if let Err(error) = std::fs::remove_dir_all(&self.folder) {
            tracing::warn!("{} stays: {error}", self.folder.display());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mode(path: &Path) -> Option<u32> {
        let metadata = std::fs::metadata(path).ok()?;
        Some(metadata.permissions().mode() & 0o777)
    }

    #[test]
    fn a_file_is_saved_for_its_owner_alone_and_never_over_another_one() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let path = folder.path().join("value.json");
        let typed = path.display().to_string();
        let said = save(&typed, false, b"{}");
        assert!(said.is_ok_and(|said| said.starts_with("saved 2 bytes")));
        assert_eq!(mode(&path), Some(0o600));
        let why = save(&typed, false, b"[]").err().unwrap_or_default();
        assert!(why.contains("is there already"), "{why}");
        assert_eq!(std::fs::read(&path)?, b"{}");
        let nowhere = folder.path().join("no/such/folder");
        assert!(save(&nowhere.display().to_string(), false, b"").is_err());
        // One's own keeps its rights.
        std::fs::set_permissions(&path, Permissions::from_mode(0o640))?;
        assert!(save(&typed, true, b"[]").is_ok());
        assert_eq!(
            (std::fs::read(&path)?, mode(&path)),
            (b"[]".to_vec(), Some(0o640))
        );
        assert_eq!(std::fs::read_dir(folder.path())?.count(), 1);
        Ok(())
    }

    #[test]
    fn a_draft_is_private_and_gone_afterwards() -> Result<()> {
        let draft = Draft::new("value.txt", b"text", false)?;
        let (folder, file) = (draft.folder.clone(), draft.file.clone());
        assert_eq!((mode(&folder), mode(&file)), (Some(0o700), Some(0o400)));
        let said = |edited| match edited {
            Edited::Said(said) => said,
            other => format!("{other:?}"),
        };
        assert_eq!(draft.run("test -r")?, Edited::Nothing);
        let bad = said(draft.run("false")?);
        assert!(bad.starts_with("false ended badly"), "{bad}");
        let unkept = said(draft.run("rm -f")?);
        assert!(unkept.contains("not taken over"), "{unkept}");
        drop(draft);
        assert!(!folder.exists());
        Ok(())
    }

    #[test]
    fn what_is_changed_in_a_draft_that_is_taken_comes_back() -> Result<()> {
        let draft = Draft::new("value.txt", b"text", true)?;
        assert_eq!(mode(&draft.file), Some(0o600));
        assert_eq!(draft.run("true")?, Edited::Nothing);
        let changed = draft.run("printf 'other\\n' >")?;
        assert_eq!(changed, Edited::Changed(b"other".to_vec()));
        assert!(load("/nowhere/at/all").is_err_and(|why| why.contains("cannot be read")));
        let own = draft.file.display().to_string();
        assert_eq!(load(&own), Ok(b"other\n".to_vec()));
        Ok(())
    }
}
