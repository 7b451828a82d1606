//! The files of a COPY on this side. A disk can be slow: a thread for such work reads and writes.

use std::fs::File;
use std::io::{Error, ErrorKind, Read, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::config::paths;
use crate::fault::{Fault, Outcome};

/// So much is read at once.
const READ: usize = 128 << 10;

/// Does what can take its time.
async fn apart<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Error> + Send + 'static,
) -> Result<T, Error> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|ended| Err(Error::other(ended)))
}

/// Where the data of a COPY come from.
pub(super) enum Source {
    /// They are here, up to what was taken already.
    Given(Vec<u8>, usize),
    /// A file, and what it is called.
    File(File, PathBuf),
}

impl Source {
    /// A file, and how many bytes it has.
    ///
    /// # Errors
    /// It cannot be read.
    pub(super) async fn open(typed: &str) -> Outcome<(Self, u64)> {
        let path = paths::typed(typed);
        let known = path.clone();
        let opened = apart(move || {
            // A pipe that nobody writes to would be waited for without end.
            if !std::fs::metadata(&known)?.is_file() {
                return Err(Error::other("it is no file"));
            }
            let file = File::open(&known)?;
            let size = file.metadata()?.len();
            Ok((file, size))
        });
        match opened.await {
            Ok((file, size)) => Ok((Self::File(file, path), size)),
            Err(error) => Err(unread(&path, &error).remedy("name another file; nothing was sent")),
        }
    }

    /// The next data; none at their end.
    ///
    /// # Errors
    /// The file cannot be read.
    pub(super) async fn next(&mut self) -> Outcome<Vec<u8>> {
        match self {
            Self::Given(bytes, at) => {
                let from = *at;
                *at = (from + READ).min(bytes.len());
                Ok(bytes[from..*at].to_vec())
            }
            Self::File(file, path) => {
                let read = file.try_clone().map_err(|error| unread(path, &error))?;
                let read = apart(move || {
                    let mut bytes = Vec::with_capacity(READ);
                    read.take(READ as u64).read_to_end(&mut bytes)?;
                    Ok(bytes)
                });
                read.await
                    .map_err(|error| unread(path, &error).remedy("none of its rows was copied"))
            }
        }
    }
}

fn unread(path: &Path, error: &Error) -> Fault {
    Fault::new(format!("{} cannot be read", path.display())).because(error)
}

/// Where the data of a COPY go: beside the file, until they are whole.
pub(super) struct Target {
    file: NamedTempFile,
    path: PathBuf,
}

impl Target {
    /// A file that is not there yet, and that nobody else may read.
    ///
    /// # Errors
    /// It is there, or cannot be made.
    pub(super) async fn create(typed: &str) -> Outcome<Self> {
        let path = paths::typed(typed);
        let (known, name) = (path.clone(), path.file_name().map(ToOwned::to_owned));
        let made = apart(move || {
            let Some(name) = name else {
                return Err(Error::other("it names no file"));
            };
            if known.symlink_metadata().is_ok() {
                return Err(ErrorKind::AlreadyExists.into());
            }
            let mut prefix = std::ffi::OsString::from(".");
            prefix.push(&name);
            prefix.push(".dbkeep-");
            let folder = known.parent().filter(|folder| *folder != Path::new(""));
            tempfile::Builder::new()
                .prefix(&prefix)
                .tempfile_in(folder.unwrap_or(Path::new(".")))
        });
        match made.await {
            Ok(file) => Ok(Self { file, path }),
            Err(error) => Err(unwritten(&path, &error)),
        }
    }

    /// Adds data.
    ///
    /// # Errors
    /// There is no room, or the disk fails.
    pub(super) async fn write(&mut self, bytes: Vec<u8>) -> Outcome<()> {
        let file = self.file.as_file().try_clone();
        let written = match file {
            Ok(mut file) => apart(move || file.write_all(&bytes)).await,
            Err(error) => Err(error),
        };
        written.map_err(|error| unwritten(&self.path, &error))
    }

    /// It is whole: it gets its name, unless another one has that by now. Where it cannot be kept so it
    /// comes back.
    ///
    /// # Errors
    /// Why it cannot be kept, and the file.
    pub(super) async fn keep(self) -> Result<PathBuf, (Fault, Option<Self>)> {
        let Self { file, path } = self;
        let known = path.clone();
        let kept = tokio::task::spawn_blocking(move || match file.as_file().sync_all() {
            Err(error) => Err((error, file)),
            Ok(()) => match file.persist_noclobber(&known) {
                Ok(_) => Ok(()),
                Err(failed) => Err((failed.error, failed.file)),
            },
        });
        match kept.await {
            Ok(Ok(())) => Ok(path),
            Ok(Err((error, file))) => Err((unwritten(&path, &error), Some(Self { file, path }))),
            Err(ended) => Err((unwritten(&path, &Error::other(ended)), None)),
        }
    }

    /// Leaves it under the name that it has: what is in it is nowhere else any more.
    pub(super) async fn leave(self) -> Option<PathBuf> {
        let left = apart(move || self.file.keep().map_err(|failed| failed.error)).await;
        left.ok().map(|(_, path)| path)
    }
}

fn unwritten(path: &Path, error: &Error) -> Fault {
    let shown = path.display();
    if error.kind() == ErrorKind::AlreadyExists {
        return Fault::new(format!("{shown} is there already and was left as it is"))
            .because("a COPY never writes over a file")
            .remedy("name another file, or move this one away");
    }
    Fault::new(format!("{shown} cannot be written"))
        .because(error)
        .remedy("nothing was left there; name another file")
}
