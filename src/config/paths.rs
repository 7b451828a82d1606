//! Where dbkeep keeps its files: the XDG base directories.

use std::path::{Path, PathBuf};

use etcetera::BaseStrategy;

use crate::fault::{Fault, Outcome};

/// The folders of one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paths {
    /// Settings and saved connections.
    pub config: PathBuf,
    /// The private server.
    pub data: PathBuf,
    /// The log.
    pub state: PathBuf,
    /// The home folder, for libpq's own files.
    pub home: PathBuf,
}

impl Paths {
    /// The folders as the environment has them.
    ///
    /// # Errors
    /// No home folder is known.
    pub fn from_environment() -> Outcome<Self> {
        let base = etcetera::base_strategy::choose_base_strategy().map_err(|error| {
            Fault::new("The home folder is not known")
                .because(error)
                .remedy("set HOME")
        })?;
        let state = base.state_dir().unwrap_or_else(|| base.data_dir());
        Ok(Self {
            config: base.config_dir().join("dbkeep"),
            data: base.data_dir().join("dbkeep"),
            state: state.join("dbkeep"),
            home: base.home_dir().to_path_buf(),
        })
    }
}

/// A path as a person types it: `~/` is their home, and what is relative begins at the folder that
/// dbkeep was started in.
#[must_use]
pub fn typed(path: &str) -> PathBuf {
    at_home(path.trim(), std::env::var_os("HOME").map(PathBuf::from))
}

fn at_home(typed: &str, home: Option<PathBuf>) -> PathBuf {
    match (typed.strip_prefix("~/"), home) {
        (Some(rest), Some(home)) => home.join(rest),
        _ => PathBuf::from(typed),
    }
}

/// Makes a folder that only its owner may enter.
///
/// # Errors
/// The folder cannot be made or its mode not set.
pub fn private_folder(path: &Path) -> Outcome<()> {
    use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
    let failed = |error: std::io::Error| {
        Fault::new(format!("The folder {} cannot be made", path.display()))
            .because(error)
            .remedy("check who owns the folder above it")
    };
    std::fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)
        .map_err(failed)?;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o700)).map_err(failed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tilde_is_the_home_folder() {
        let home = || Some(PathBuf::from("/home/ada"));
        assert_eq!(at_home("~/a", home()), Path::new("/home/ada/a"));
        assert_eq!(at_home("a~/b", home()), Path::new("a~/b"));
        assert_eq!(at_home("~/a", None), Path::new("~/a"));
    }
}
