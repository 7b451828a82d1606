//! Under which user the private server runs. PostgreSQL refuses to run as root, so root hands it
//! to `postgres`, or else to `nobody`.

use std::fs::{DirBuilder, Permissions};
use std::io::ErrorKind;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, PermissionsExt, chown};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;

use crate::fault::{Fault, Outcome};

/// The user to run the server's programs as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owner {
    /// The person who runs dbkeep.
    Myself,
    /// Somebody else, because the person is root: user and group number.
    Other(u32, u32),
}

impl Owner {
    /// Who it is on this machine.
    ///
    /// # Errors
    /// Root, and neither `postgres` nor `nobody` exists.
    pub fn decide() -> Outcome<Self> {
        if !rustix::process::geteuid().is_root() {
            return Ok(Self::Myself);
        }
        ["postgres", "nobody"]
            .into_iter()
            .find_map(|name| Some(Self::Other(number("-u", name)?, number("-g", name)?)))
            .ok_or_else(|| {
                Fault::new("PostgreSQL does not run as root, and there is no user to run it as")
                    .because("neither postgres nor nobody exists here")
                    .remedy("run dbkeep as another user, or give a --url")
            })
    }

    /// A command that will run as this user, away from folders that the user may not enter. What the
    /// environment says of another server is not about this one: a server takes its port from `PGPORT`.
    #[must_use]
    pub fn command(self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir("/").env("LC_ALL", "C");
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("PG") {
                command.env_remove(name);
            }
        }
        if let Self::Other(user, group) = self {
            command.uid(user).gid(group);
        }
        command
    }

    /// The user's number, where it is another than ours.
    #[must_use]
    pub fn user(self) -> Option<u32> {
        match self {
            Self::Myself => None,
            Self::Other(user, _) => Some(user),
        }
    }

    /// Whether this user can get into a folder, by its mode and the modes of those above it. What is
    /// not there yet is no hindrance: see [`Self::make_way`].
    #[must_use]
    pub fn may_enter(self, folder: &Path) -> bool {
        let Self::Other(user, group) = self else {
            return true;
        };
        let there = folder
            .ancestors()
            .find_map(|above| above.canonicalize().ok());
        let folders = there.iter().flat_map(|there| there.ancestors());
        folders
            .filter_map(|above| above.metadata().ok())
            .all(|found| {
                // Only the first that fits counts (path_resolution(7)); ours has no other groups.
                let bit = if found.uid() == user {
                    0o100
                } else if found.gid() == group {
                    0o010
                } else {
                    0o001
                };
                found.mode() & bit != 0
            })
    }

    /// Makes a folder and those above it that are missing, so that this user can pass through them,
    /// whatever the umask is; the ones that are there stay as they are.
    ///
    /// # Errors
    /// One of them cannot be made.
    pub fn make_way(self, folder: &Path) -> std::io::Result<()> {
        if self == Self::Myself || folder.is_dir() {
            return Ok(());
        }
        if let Some(above) = folder.parent() {
            self.make_way(above)?;
        }
        match DirBuilder::new().mode(0o711).create(folder) {
            // Another dbkeep was faster.
            Err(error) if error.kind() == ErrorKind::AlreadyExists => Ok(()),
            Err(error) => Err(error),
            Ok(()) => std::fs::set_permissions(folder, Permissions::from_mode(0o711)),
        }
    }

    /// Gives this user a file or folder.
    ///
    /// # Errors
    /// As `chown`.
    pub fn give(self, path: &Path) -> std::io::Result<()> {
        match self {
            Self::Myself => Ok(()),
            Self::Other(user, group) => chown(path, Some(user), Some(group)),
        }
    }
}

fn number(flag: &str, name: &str) -> Option<u32> {
    let output = Command::new("id").args([flag, name]).output().ok()?;
    String::from_utf8_lossy(&output.stdout).trim().parse().ok()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    /// A user that owns nothing of what a test makes.
    const STRANGER: Owner = Owner::Other(54_321, 54_321);

    #[test]
    fn a_closed_folder_anywhere_above_keeps_the_servers_user_out() {
        let folder = tempfile::tempdir().unwrap();
        let (deep, linked) = (folder.path().join("a/b/c"), folder.path().join("link"));
        STRANGER.make_way(&deep).unwrap();
        std::os::unix::fs::symlink(&deep, &linked).unwrap();
        let mode = |path: &Path, mode| {
            std::fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
        };
        let lets_in = |path: &Path| STRANGER.may_enter(&path.join("not/there/yet"));
        mode(folder.path(), 0o711);
        assert!(lets_in(&deep) && lets_in(&linked));
        mode(&folder.path().join("a"), 0o750);
        assert!(!lets_in(&deep) && !lets_in(&linked));
        assert!(lets_in(folder.path()));
        mode(folder.path(), 0o700);
        assert!(!lets_in(folder.path()));
        assert!(Owner::Myself.may_enter(&deep));
        let found = folder.path().metadata().unwrap();
        assert!(Owner::Other(found.uid(), 54_321).may_enter(folder.path()));
        mode(folder.path(), 0o610);
        assert!(Owner::Other(54_321, found.gid()).may_enter(folder.path()));
    }

    #[test]
    fn only_what_is_missing_is_made_passable() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::set_permissions(folder.path(), Permissions::from_mode(0o750)).unwrap();
        STRANGER.make_way(&folder.path().join("a/b")).unwrap();
        STRANGER.make_way(&folder.path().join("a/b")).unwrap();
        let mode = |path: &Path| path.metadata().unwrap().mode() & 0o777;
        assert_eq!(mode(folder.path()), 0o750, "it was there before");
        assert_eq!(mode(&folder.path().join("a")), 0o711);
        assert_eq!(mode(&folder.path().join("a/b")), 0o711);
    }
}
