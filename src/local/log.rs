//! The private server's log: no more of it is kept, and read, than helps.

use std::fs::{File, OpenOptions};
use std::io::{Read, Result, Seek, SeekFrom};
use std::path::Path;

/// A log of more bytes than this is put aside at the next start.
const MOST: u64 = 1024 * 1024;
/// The last lines are looked for in so many bytes.
const TAIL: u64 = 8 * 1024;
/// Why a server did not start is said in so many lines.
const LINES: usize = 4;

/// Opens it for what a server will say. A large one is put aside first, over the one that was put
/// aside before.
///
/// # Errors
/// It cannot be moved or opened.
pub fn open(path: &Path) -> Result<File> {
    if std::fs::metadata(path).is_ok_and(|log| log.len() > MOST) {
        std::fs::rename(path, path.with_extension("log.old"))?;
    }
    OpenOptions::new().create(true).append(true).open(path)
}

/// Its last lines; none where it cannot be read.
#[must_use]
pub fn last_lines(path: &Path) -> String {
    let text = tail(path).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    let first = lines.len().saturating_sub(LINES);
    lines.get(first..).unwrap_or_default().join("\n")
}

fn tail(path: &Path) -> Result<String> {
    let mut file = File::open(path)?;
    let begin = file.metadata()?.len().saturating_sub(TAIL);
    file.seek(SeekFrom::Start(begin))?;
    let mut bytes = Vec::new();
    file.take(TAIL).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use std::io::Write;

    use super::*;

    #[test]
    fn a_log_that_has_grown_is_put_aside_at_the_next_start() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("server.log");
        let old = folder.path().join("server.log.old");
        let line = "many words\n".repeat(100_000);
        write!(open(&path).unwrap(), "{line}").unwrap();
        assert_eq!(last_lines(&path), ["many words"; 4].join("\n"));
        writeln!(open(&path).unwrap(), "one").unwrap();
        assert_eq!(std::fs::read_to_string(&old).unwrap(), line);
        writeln!(open(&path).unwrap(), "two").unwrap();
        assert_eq!(last_lines(&path), "one\ntwo");
        assert_eq!(std::fs::read_to_string(&old).unwrap(), line);
    }

    #[test]
    fn no_more_than_the_end_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("server.log");
        std::fs::write(&path, "x".repeat(100_000)).unwrap();
        assert_eq!(tail(&path).unwrap().len(), 8192);
        assert_eq!(last_lines(&folder.path().join("none")), "");
    }
}
