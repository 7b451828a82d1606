//! `postmaster.pid`, in which a server says who it is and how far it has come (`pidfile.h` in
//! PostgreSQL's source), and which a server that was killed leaves behind.

use std::io::{ErrorKind, Result};
use std::path::Path;
use std::process::Command;

use rustix::process::{Pid, test_kill_process};

const FILE: &str = "postmaster.pid";

/// The process number that stands in a data folder.
#[must_use]
pub fn process(data: &Path) -> Option<i32> {
    let text = std::fs::read_to_string(data.join(FILE)).ok()?;
    text.lines().next()?.trim().parse().ok()
}

/// Whether this process takes connections: the eighth line says `ready` then. The file of a server
/// that was killed says so too, with another process number.
#[must_use]
pub fn is_ready(data: &Path, pid: &str) -> bool {
    let text = std::fs::read_to_string(data.join(FILE)).unwrap_or_default();
    let mut lines = text.lines().map(str::trim);
    lines.next() == Some(pid) && lines.nth(6) == Some("ready")
}

/// Whether this process is the server of a data folder no more.
#[must_use]
pub fn has_ended(data: &Path, pid: i32) -> bool {
    let is_there = Pid::from_raw(pid).is_some_and(|pid| test_kill_process(pid).is_ok());
    !is_there || process(data) != Some(pid)
}

/// A server that was killed leaves its number behind. Where that is another program's by now,
/// PostgreSQL takes it for a server that runs, and refuses to start: the files are deleted. Where
/// nobody has it, PostgreSQL replaces them, once it has seen that no session of that server goes on.
///
/// # Errors
/// A file cannot be deleted.
pub fn forget_another(data: &Path, socket_lock: &Path) -> Result<()> {
    let Some(pid) = process(data) else {
        return Ok(());
    };
    // Two servers on the same data would destroy it: in doubt nothing is deleted.
    if program_of(pid).is_none_or(|name| name.contains("postgres")) {
        return Ok(());
    }
    for path in [data.join(FILE).as_path(), socket_lock] {
        match std::fs::remove_file(path) {
            Err(error) if error.kind() != ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}

/// The name of a process's program; none where there is no such process, or nobody to ask.
fn program_of(pid: i32) -> Option<String> {
    if Path::new("/proc/self/comm").exists() {
        return std::fs::read_to_string(format!("/proc/{pid}/comm")).ok();
    }
    let said = Command::new("ps")
        .args(["-p", &pid.to_string(), "-o", "comm="])
        .output();
    let name = String::from_utf8_lossy(&said.ok()?.stdout).into_owned();
    Some(name).filter(|name| !name.trim().is_empty())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    #[test]
    fn only_the_file_of_another_program_is_deleted() {
        let data = tempfile::tempdir().unwrap();
        let (file, lock) = (data.path().join(FILE), data.path().join("lock"));
        let mut other = Command::new("sleep").arg("60").spawn().unwrap();
        let text = format!("{}\n/data\n", other.id());
        std::fs::write(&file, &text).unwrap();
        std::fs::write(&lock, &text).unwrap();
        let living = forget_another(data.path(), &lock);
        other.kill().unwrap();
        other.wait().unwrap();
        living.unwrap();
        assert!(!file.exists() && !lock.exists(), "another program has it");
        std::fs::write(&file, &text).unwrap();
        forget_another(data.path(), &lock).unwrap();
        assert!(file.exists(), "PostgreSQL replaces the file of the dead");
    }

    #[test]
    fn a_server_has_ended_when_its_process_or_its_number_is_gone() {
        let data = tempfile::tempdir().unwrap();
        let ours = i32::try_from(std::process::id()).unwrap();
        assert!(has_ended(data.path(), ours), "another one may have begun");
        std::fs::write(data.path().join(FILE), format!("{ours}\n")).unwrap();
        assert!(!has_ended(data.path(), ours));
        let nobody = i32::MAX;
        std::fs::write(data.path().join(FILE), format!("{nobody}\n")).unwrap();
        assert!(has_ended(data.path(), nobody));
    }

    #[test]
    fn a_server_is_ready_when_it_says_so_under_its_own_number() {
        let data = tempfile::tempdir().unwrap();
        let said = |state: &str| {
            let text = format!("7\n/data\n1\n5432\n/run\n\n1 2\n{state}   \n");
            std::fs::write(data.path().join(FILE), text).unwrap();
        };
        assert!(!is_ready(data.path(), "7"), "there is no file yet");
        said("starting");
        assert!(!is_ready(data.path(), "7"));
        said("ready");
        assert!(is_ready(data.path(), "7") && !is_ready(data.path(), "8"));
        assert_eq!(process(data.path()), Some(7));
    }
}
