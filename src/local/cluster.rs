//! One cluster: made once, started when somebody comes, stopped when the last one leaves.
//!
//! Who is there is told by a shared lock on the file `users`, which the kernel releases however a
//! dbkeep ends; so `kill -9` leaves a server that the next dbkeep finds running and takes over.
//! Making, starting, stopping and deleting happen under the exclusive lock `gate`, one process at a
//! time. Neither file is ever deleted: who waits for a lock on a deleted one would wait for nobody.

use std::fs::{File, OpenOptions};
use std::io::ErrorKind;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::config::conninfo::ConnInfo;
use crate::config::paths::private_folder;
use crate::fault::{Fault, Outcome};
use crate::local::binaries::{self, Binaries};
use crate::local::owner::Owner;
use crate::local::{log, postmaster};

/// The cluster's superuser; the socket's folder is what keeps others out.
pub const USER: &str = "dbkeep";
/// A socket's address holds 108 bytes on Linux and 104 on macOS, the name `.s.PGSQL.5432` included.
const SOCKET_PATH_LIMIT: usize = 103;
const SOCKET_NAME: &str = ".s.PGSQL.5432";
/// The files that are locked.
const LOCKS: [&str; 2] = ["gate", "users"];
/// How long a start may take: recovery after a crash can take a while on a slow disk.
const START_DEADLINE: Duration = Duration::from_mins(1);

/// Where a cluster lives; nothing need exist yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cluster {
    root: PathBuf,
    owner: Owner,
    durable: bool,
}

/// The right to use a running cluster: while any lease lives, the server stays.
#[derive(Debug)]
pub struct Lease {
    cluster: Cluster,
    users: File,
}

/// What a cluster is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Never made.
    Absent,
    /// Made, not running.
    Stopped,
    /// Running, with its process number.
    Running(i32),
}

impl Cluster {
    /// The person's own, below their data folder; for root, where the server's user cannot enter
    /// that, below `/var/lib`.
    ///
    /// # Errors
    /// As [`Owner::decide`].
    pub fn of_person(data: &Path) -> Outcome<Self> {
        let owner = Owner::decide()?;
        Ok(Self {
            root: root_for(owner, data),
            owner,
            durable: true,
        })
    }

    /// One below `root` that need not survive a power cut: for tests and scratch work.
    ///
    /// # Errors
    /// As [`Owner::decide`].
    pub fn fleeting(root: &Path) -> Outcome<Self> {
        Ok(Self {
            root: root.to_path_buf(),
            owner: Owner::decide()?,
            durable: false,
        })
    }

    /// Makes and starts whatever is missing, and stays until the lease is dropped.
    ///
    /// # Errors
    /// No binaries, a folder that cannot be made, or a server that does not start: with the end
    /// of its log.
    pub fn lease(&self) -> Outcome<Lease> {
        self.make_root()?;
        let _gate = self.gate()?;
        self.make_socket_folder()?;
        let users = self.lock_file("users")?;
        users
            .lock_shared()
            .map_err(|error| self.failed("locked", &error))?;
        let is_up = match self.state() {
            // It may be one whose start took longer than the dbkeep that began it waited.
            State::Running(pid) => self.wait(&pid.to_string(), START_DEADLINE, || {
                postmaster::has_ended(&self.data(), pid)
            })?,
            State::Absent | State::Stopped => false,
        };
        if !is_up {
            self.start()?;
        }
        Ok(Lease {
            cluster: self.clone(),
            users,
        })
    }

    /// What the cluster is doing now.
    #[must_use]
    pub fn state(&self) -> State {
        if !self.data().join("PG_VERSION").exists() {
            return State::Absent;
        }
        // A `postmaster.pid` outlives a server that was killed, and its number may be another
        // process's by now; who answers at the socket is alive.
        if UnixStream::connect(self.socket_folder().join(SOCKET_NAME)).is_err() {
            return State::Stopped;
        }
        postmaster::process(&self.data()).map_or(State::Stopped, State::Running)
    }

    /// Stops the server, open sessions or not.
    ///
    /// # Errors
    /// `pg_ctl`'s message.
    pub fn stop(&self) -> Outcome<()> {
        if !matches!(self.state(), State::Running(_)) {
            return Ok(());
        }
        let _gate = self.gate()?;
        self.stop_inside()
    }

    /// Stops the server and deletes the cluster with everything in it but the locks, for others may
    /// be waiting for them.
    ///
    /// # Errors
    /// As [`Self::stop`], or a folder that cannot be deleted.
    pub fn destroy(&self) -> Outcome<()> {
        if !self.root.exists() {
            return Ok(());
        }
        let _gate = self.gate()?;
        if matches!(self.state(), State::Running(_)) {
            self.stop_inside()?;
        }
        let inside =
            std::fs::read_dir(&self.root).map_err(|error| self.failed("looked at", &error))?;
        for entry in inside.flatten() {
            if !LOCKS.iter().any(|name| entry.file_name() == *name) {
                delete(&entry.path())?;
            }
        }
        delete(&self.socket_folder())
    }

    /// How to connect to one of its databases.
    #[must_use]
    pub fn conninfo(&self, dbname: &str) -> ConnInfo {
        let mut info = ConnInfo::default();
        let socket = self.socket_folder().to_string_lossy().into_owned();
        for (keyword, value) in [
            ("host", socket.as_str()),
            ("user", USER),
            ("dbname", dbname),
            ("sslmode", "disable"),
        ] {
            // These keywords are known, so that setting them cannot fail.
            let _ = info.set(keyword, value);
        }
        info
    }

    /// The same as an address for other programs.
    #[must_use]
    pub fn url(&self, dbname: &str) -> String {
        let socket = escaped(&self.socket_folder().to_string_lossy());
        format!("postgresql://{USER}@{socket}/{}", escaped(dbname))
    }

    /// The folder of the socket: inside the cluster's own where the address is short enough.
    #[must_use]
    pub fn socket_folder(&self) -> PathBuf {
        let own = self.root.join("run");
        // The server and its clients take a list of folders here, parted by commas.
        let is_plain = !own.to_string_lossy().contains([',', '"']);
        if own.join(SOCKET_NAME).as_os_str().len() <= SOCKET_PATH_LIMIT && is_plain {
            return own;
        }
        let mut hash = std::hash::DefaultHasher::new();
        std::hash::Hash::hash(&self.root, &mut hash);
        let user = rustix::process::geteuid().as_raw();
        PathBuf::from(format!(
            "/tmp/dbkeep-{user}-{:016x}",
            std::hash::Hasher::finish(&hash)
        ))
    }

    /// Holds the process number of a server that is to go on without leases; another server, after
    /// a restart of the machine, is not meant.
    fn keep(&self) -> PathBuf {
        self.root.join("keep")
    }

    fn is_kept(&self) -> bool {
        let noted = std::fs::read_to_string(self.keep()).unwrap_or_default();
        matches!(self.state(), State::Running(pid) if noted == pid.to_string())
    }

    fn data(&self) -> PathBuf {
        self.root.join("data")
    }

    fn log(&self) -> PathBuf {
        self.root.join("server.log")
    }

    fn make_root(&self) -> Outcome<()> {
        if let Some(above) = self.root.parent() {
            self.owner
                .make_way(above)
                .map_err(|error| self.failed("made", &error))?;
        }
        self.make_own(&self.root)
    }

    fn make_socket_folder(&self) -> Outcome<()> {
        let socket = self.socket_folder();
        if !socket.starts_with(&self.root) {
            self.claim(&socket)?;
        }
        self.make_own(&socket)
    }

    /// Makes a folder that only the server's user may enter.
    fn make_own(&self, folder: &Path) -> Outcome<()> {
        private_folder(folder)?;
        self.owner
            .give(folder)
            .map_err(|error| self.failed("given to the server's user", &error))
    }

    /// Makes a folder where everybody may make one; what is there already must be our own, and no
    /// link to somewhere else.
    fn claim(&self, folder: &Path) -> Outcome<()> {
        match std::fs::DirBuilder::new().mode(0o700).create(folder) {
            Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
            other => return other.map_err(|error| self.failed("made", &error)),
        }
        let found =
            std::fs::symlink_metadata(folder).map_err(|error| self.failed("looked at", &error))?;
        let owners = [Some(rustix::process::geteuid().as_raw()), self.owner.user()];
        if found.is_dir() && owners.contains(&Some(found.uid())) {
            return Ok(());
        }
        Err(
            Fault::new(format!("{} is somebody else's", folder.display()))
                .because("the private server's socket would stand there")
                .remedy("delete it, or set XDG_DATA_HOME to a shorter path"),
        )
    }

    fn gate(&self) -> Outcome<File> {
        let gate = self.lock_file("gate")?;
        gate.lock().map_err(|error| self.failed("locked", &error))?;
        Ok(gate)
    }

    fn lock_file(&self, name: &str) -> Outcome<File> {
        OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(self.root.join(name))
            .map_err(|error| self.failed("locked", &error))
    }

    fn failed(&self, what: &str, error: &std::io::Error) -> Fault {
        Fault::new(format!(
            "The private server's folder {} cannot be {what}",
            self.root.display()
        ))
        .because(error)
        .remedy("check the folder's owner and mode, or give a --url")
    }

    fn binaries(&self) -> Outcome<Binaries> {
        let major = std::fs::read_to_string(self.data().join("PG_VERSION")).ok();
        let major = major.and_then(|text| text.trim().parse().ok());
        binaries::find(major).map_err(|fault| match major {
            Some(major) => fault.because(format!(
                "the private server's data in {} was made by PostgreSQL {major}",
                self.root.display()
            )),
            None => fault,
        })
    }

    fn start(&self) -> Outcome<()> {
        let binaries = self.binaries()?;
        if self.state() == State::Absent {
            self.init(&binaries)?;
        }
        let socket_lock = self.socket_folder().join(format!("{SOCKET_NAME}.lock"));
        postmaster::forget_another(&self.data(), &socket_lock)
            .map_err(|error| self.failed("tidied", &error))?;
        let mut child = self
            .server_command(&binaries)?
            .spawn()
            .map_err(|error| Fault::new("The private server cannot be started").because(error))?;
        let pid = child.id().to_string();
        let is_up = self.wait(&pid, START_DEADLINE, || {
            child.try_wait().ok().flatten().is_some()
        });
        // A process that was killed keeps its number until its parent takes note, and PostgreSQL
        // starts no other server as long as there is one of that number.
        std::thread::spawn(move || child.wait());
        if is_up? {
            return Ok(());
        }
        Err(Fault::new("The private server did not start")
            .because(log::last_lines(&self.log()))
            .remedy(format!("see {}", self.log().display())))
    }

    /// A half-made data folder (dbkeep killed during initdb) has no `PG_VERSION` in its final
    /// place, because it is made under another name and renamed.
    fn init(&self, binaries: &Binaries) -> Outcome<()> {
        let half = self.root.join("data.new");
        if half.exists() {
            std::fs::remove_dir_all(&half).map_err(|error| self.failed("cleared", &error))?;
        }
        let mut command = self.owner.command(&binaries.program("initdb"));
        command
            .args([
                "--username",
                USER,
                "--auth",
                "trust",
                "--encoding",
                "UTF8",
                "--locale",
                "C",
                "--data-checksums",
            ])
            .arg("--pgdata")
            .arg(&half);
        if !self.durable {
            command.arg("--no-sync");
        }
        run_quietly(&mut command, "The private server cannot be made")?;
        std::fs::rename(&half, self.data()).map_err(|error| self.failed("filled", &error))
    }

    fn server_command(&self, binaries: &Binaries) -> Outcome<Command> {
        let log = log::open(&self.log()).map_err(|error| self.failed("written to", &error))?;
        let log_too = log
            .try_clone()
            .map_err(|error| self.failed("written to", &error))?;
        let mut command = self.owner.command(&binaries.program("postgres"));
        command
            .arg("-D")
            .arg(self.data())
            .arg("-k")
            .arg(self.socket_folder());
        let settings: &[&str] = if self.durable {
            &["listen_addresses=", "unix_socket_permissions=0700"]
        } else {
            &[
                "listen_addresses=",
                "unix_socket_permissions=0700",
                "fsync=off",
                "full_page_writes=off",
                "synchronous_commit=off",
            ]
        };
        for setting in settings {
            command.arg("-c").arg(setting);
        }
        // A process group of its own: Ctrl-C and a hang-up in dbkeep's terminal are not for the server.
        command
            .stdin(Stdio::null())
            .stdout(log)
            .stderr(log_too)
            .process_group(0);
        Ok(command)
    }

    /// Waits until a server takes connections; not so, where it has ended.
    ///
    /// # Errors
    /// It does neither in this time, and is left to go on: recovery that is cut off begins again.
    fn wait(
        &self,
        pid: &str,
        limit: Duration,
        mut has_ended: impl FnMut() -> bool,
    ) -> Outcome<bool> {
        let begun = Instant::now();
        loop {
            if postmaster::is_ready(&self.data(), pid) {
                return Ok(true);
            }
            if has_ended() {
                return Ok(false);
            }
            if begun.elapsed() > limit {
                return Err(Fault::new("The private server is still recovering")
                    .because(log::last_lines(&self.log()))
                    .remedy(format!(
                        "try again in a while; {} says how far it is",
                        self.log().display()
                    )));
            }
            std::thread::sleep(Duration::from_millis(5));
        }
    }

    fn stop_inside(&self) -> Outcome<()> {
        let binaries = self.binaries()?;
        let mut command = self.owner.command(&binaries.program("pg_ctl"));
        command
            .args(["stop", "--mode", "fast", "--silent", "--pgdata"])
            .arg(self.data());
        run_quietly(&mut command, "The private server cannot be stopped")
    }
}

impl Lease {
    /// The cluster that is leased.
    #[must_use]
    pub fn cluster(&self) -> &Cluster {
        &self.cluster
    }

    /// Leaves the server running after the last lease, until it is stopped by name: for
    /// `dbkeep local start`.
    ///
    /// # Errors
    /// The note that says so cannot be written.
    pub fn keep_running(self) -> Outcome<()> {
        let State::Running(pid) = self.cluster.state() else {
            return Err(Fault::new("The private server has ended")
                .remedy(format!("see {}", self.cluster.log().display())));
        };
        std::fs::write(self.cluster.keep(), pid.to_string())
            .map_err(|error| self.cluster.failed("written to", &error))
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        let Ok(_gate) = self.cluster.gate() else {
            return;
        };
        // Nobody else can come while the gate is held; whoever is still there holds a shared lock.
        let alone = self.users.unlock().is_ok() && self.users.try_lock().is_ok();
        if alone
            && !self.cluster.is_kept()
            && let Err(fault) = self.cluster.stop_inside()
        {
            tracing::warn!("{fault}");
        }
    }
}

/// Where a person's cluster lives. What is below `/root` stays out of the server's way even where
/// it is open today.
fn root_for(owner: Owner, data: &Path) -> PathBuf {
    let is_roots = owner != Owner::Myself && data.starts_with("/root");
    if is_roots || !owner.may_enter(data) {
        return PathBuf::from("/var/lib/dbkeep/server");
    }
    data.join("server")
}

/// Deletes a file, or a folder with everything in it; one that is not there is no fault.
fn delete(path: &Path) -> Outcome<()> {
    let deleted = match std::fs::symlink_metadata(path) {
        Ok(found) if found.is_dir() => std::fs::remove_dir_all(path),
        Ok(_) => std::fs::remove_file(path),
        Err(error) => Err(error),
    };
    match deleted {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            Err(Fault::new(format!("{} cannot be deleted", path.display())).because(error))
        }
        _ => Ok(()),
    }
}

/// As a part of an address: everything but letters, digits and a few signs as `%XX` (RFC 3986, 2.3).
fn escaped(text: &str) -> String {
    let byte = |byte: u8| match byte {
        b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
            char::from(byte).to_string()
        }
        _ => format!("%{byte:02X}"),
    };
    text.bytes().map(byte).collect()
}

fn run_quietly(command: &mut Command, what: &str) -> Outcome<()> {
    let output = command.stdin(Stdio::null()).output().map_err(|error| {
        Fault::new(what).because(format!(
            "{}: {error}",
            command.get_program().to_string_lossy()
        ))
    })?;
    if output.status.success() {
        return Ok(());
    }
    Err(Fault::new(what).because(String::from_utf8_lossy(&output.stderr).trim()))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn a_server_that_takes_long_is_waited_for_and_not_given_up() {
        let folder = tempfile::tempdir().unwrap();
        let cluster = Cluster {
            root: folder.path().to_path_buf(),
            owner: Owner::Myself,
            durable: false,
        };
        let says = |state: &str| {
            std::fs::create_dir_all(cluster.data()).unwrap();
            let text = format!("7\n/data\n1\n5432\n/run\n\n1 2\n{state}\n");
            std::fs::write(cluster.data().join("postmaster.pid"), text).unwrap();
        };
        says("starting");
        std::fs::write(cluster.log(), "redo starts\n").unwrap();
        let limit = Duration::from_millis(20);
        let slow = cluster.wait("7", limit, || false).unwrap_err().to_string();
        assert!(slow.contains("still recovering"), "{slow}");
        assert!(slow.contains("redo starts"), "{slow}");
        assert!(slow.contains("try again"), "{slow}");
        assert!(!slow.contains("destroy"), "{slow}");
        assert_eq!(cluster.wait("7", limit, || true), Ok(false));
        says("ready");
        assert_eq!(cluster.wait("7", limit, || true), Ok(true));
    }

    #[test]
    fn what_the_servers_user_cannot_enter_is_not_its_place() {
        let folder = tempfile::tempdir().unwrap();
        let (stranger, data) = (Owner::Other(54_321, 54_321), folder.path().join("dbkeep"));
        let elsewhere = Path::new("/var/lib/dbkeep/server");
        let mode = |mode| {
            let mode = std::fs::Permissions::from_mode(mode);
            std::fs::set_permissions(folder.path(), mode).unwrap();
        };
        mode(0o700);
        assert_eq!(root_for(Owner::Myself, &data), data.join("server"));
        assert_eq!(root_for(stranger, &data), elsewhere);
        mode(0o711);
        assert_eq!(root_for(stranger, &data), data.join("server"));
        let roots = Path::new("/root/.local/share/dbkeep");
        assert_eq!(root_for(stranger, roots), elsewhere);
    }
}
