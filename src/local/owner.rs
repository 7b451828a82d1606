//! Under which user the private server runs. PostgreSQL refuses to run as root, so root hands it
//! to `postgres`, or else to `nobody`.

use std::os::unix::fs::chown;
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
