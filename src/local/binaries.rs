//! Finding PostgreSQL's programs, and saying how to install them where there are none.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::fault::{Fault, Outcome};

/// The oldest major version dbkeep runs.
pub const OLDEST: u32 = 13;

/// A folder with `initdb`, `postgres` and `pg_ctl` of one major version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binaries {
    /// The folder.
    pub folder: PathBuf,
    /// Its major version.
    pub major: u32,
}

impl Binaries {
    /// The path of one program.
    #[must_use]
    pub fn program(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }
}

/// The newest binaries on this machine, or those of `major` where a cluster needs them.
///
/// # Errors
/// None are installed: with the command that installs them here.
pub fn find(major: Option<u32>) -> Outcome<Binaries> {
    let mut found: Vec<Binaries> = candidates()
        .iter()
        .filter_map(|folder| probe(folder))
        .collect();
    found.sort_by_key(|binaries| binaries.major);
    let fits = |binaries: &&Binaries| major.is_none_or(|major| binaries.major == major);
    found.iter().rev().find(fits).cloned().ok_or_else(|| {
        let wanted = major.map_or_else(|| format!("{OLDEST} or newer"), |major| major.to_string());
        let install = install_command().map_or_else(
            || "install PostgreSQL's server, or give a --url".to_owned(),
            |command| format!("{}, or give a --url", command.join(" ")),
        );
        Fault::new(format!(
            "No PostgreSQL {wanted} server is installed on this machine"
        ))
        .because("looked in PATH, pg_config --bindir and the usual folders")
        .remedy(install)
    })
}

fn candidates() -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> = std::env::var_os("PATH")
        .map(|path| std::env::split_paths(&path).collect())
        .unwrap_or_default();
    if let Ok(output) = Command::new("pg_config").arg("--bindir").output() {
        folders.push(String::from_utf8_lossy(&output.stdout).trim().into());
    }
    let versioned = [
        ("/usr/lib/postgresql", "", "bin"),
        ("/usr", "pgsql-", "bin"),
        ("/opt/homebrew/opt", "postgresql@", "bin"),
        ("/usr/local/opt", "postgresql@", "bin"),
        ("/Applications/Postgres.app/Contents/Versions", "", "bin"),
    ];
    for (parent, prefix, child) in versioned {
        let entries = std::fs::read_dir(parent).into_iter().flatten().flatten();
        let named = entries.filter(|entry| entry.file_name().to_string_lossy().starts_with(prefix));
        folders.extend(named.map(|entry| entry.path().join(child)));
    }
    folders
}

fn probe(folder: &Path) -> Option<Binaries> {
    let has_all = ["initdb", "postgres", "pg_ctl"]
        .iter()
        .all(|name| folder.join(name).is_file());
    if !has_all {
        return None;
    }
    let output = Command::new(folder.join("postgres"))
        .arg("--version")
        .output()
        .ok()?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let major = text
        .split_whitespace()
        .find_map(|word| word.split('.').next()?.parse().ok())?;
    (major >= OLDEST).then(|| Binaries {
        folder: folder.to_path_buf(),
        major,
    })
}

/// Runs an install command where the person can watch it.
///
/// # Errors
/// It cannot be run, or says that it failed.
pub fn install(command: &[&str]) -> Outcome<()> {
    let (program, arguments) = command
        .split_first()
        .ok_or_else(|| Fault::new("There is nothing to run"))?;
    let status = Command::new(program)
        .args(arguments)
        .status()
        .map_err(|error| Fault::new(format!("{program} cannot be run")).because(error))?;
    if status.success() {
        return Ok(());
    }
    Err(Fault::new("PostgreSQL was not installed")
        .because(format!("{} ended with {status}", command.join(" "))))
}

/// The command that installs PostgreSQL's server with this system's package manager.
#[must_use]
pub fn install_command() -> Option<Vec<&'static str>> {
    let managers: [(&str, &[&str]); 6] = [
        ("apt-get", &["apt-get", "install", "--yes", "postgresql"]),
        ("dnf", &["dnf", "install", "-y", "postgresql-server"]),
        ("pacman", &["pacman", "-S", "--noconfirm", "postgresql"]),
        ("apk", &["apk", "add", "postgresql"]),
        (
            "zypper",
            &[
                "zypper",
                "--non-interactive",
                "install",
                "postgresql-server",
            ],
        ),
        ("brew", &["brew", "install", "postgresql"]),
    ];
    let path = std::env::var_os("PATH")?;
    let folders: Vec<PathBuf> = std::env::split_paths(&path).collect();
    let (_, command) = managers
        .iter()
        .find(|(name, _)| folders.iter().any(|folder| folder.join(name).is_file()))?;
    let root = rustix::process::geteuid().is_root() || command.first() == Some(&"brew");
    Some(if root {
        command.to_vec()
    } else {
        [&["sudo"], *command].concat()
    })
}
