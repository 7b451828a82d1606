//! One cluster: made once, started when somebody comes, stopped when the last one leaves.
//!
//! Who is there is told by a shared lock on the file `users`, which the kernel releases however a
//! dbkeep ends; so `kill -9` leaves a server that the next dbkeep finds running and takes over.
//! Making, starting and stopping happen under the exclusive lock `gate`, one process at a time.

use std::fs::{File, OpenOptions};
use std::io::ErrorKind;
use std::os::unix::fs::{DirBuilderExt, MetadataExt};
use std::os::unix::net::UnixStream;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::config::conninfo::ConnInfo;
use crate::config::paths::private_folder;
use crate::fault::{Fault, Outcome};
use crate::local::binaries::{self, Binaries};
use crate::local::owner::Owner;

/// The cluster's superuser; the socket's folder is what keeps others out.
pub const USER: &str = "dbkeep";
/// A socket's address holds 108 bytes on Linux and 104 on macOS, the name `.s.PGSQL.5432` included.
const SOCKET_PATH_LIMIT: usize = 103;
const SOCKET_NAME: &str = ".s.PGSQL.5432";
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
    /// The person's own, below their data folder; for root, whose folder the server's user cannot
    /// enter, below `/var/lib`.
    ///
    /// # Errors
    /// As [`Owner::decide`].
    pub fn of_person(data: &Path) -> Outcome<Self> {
        let owner = Owner::decide()?;
        let root = match owner {
            Owner::Other(..) if data.starts_with("/root") => {
                PathBuf::from("/var/lib/dbkeep/server")
            }
            _ => data.join("server"),
        };
        Ok(Self {
            root,
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
        self.prepare()?;
        let _gate = self.gate()?;
        let users = self.lock_file("users")?;
        users
            .lock_shared()
            .map_err(|error| self.failed("locked", &error))?;
        if !matches!(self.state(), State::Running(_)) {
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
        self.postmaster().map_or(State::Stopped, State::Running)
    }

    /// The process number in `postmaster.pid`.
    fn postmaster(&self) -> Option<i32> {
        let text = std::fs::read_to_string(self.data().join("postmaster.pid")).ok()?;
        text.lines().next()?.trim().parse().ok()
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

    /// Stops the server and deletes the cluster with everything in it.
    ///
    /// # Errors
    /// As [`Self::stop`], or a folder that cannot be deleted.
    pub fn destroy(&self) -> Outcome<()> {
        self.stop()?;
        for folder in [self.root.clone(), self.socket_folder()] {
            match std::fs::remove_dir_all(&folder) {
                Err(error) if error.kind() != ErrorKind::NotFound => {
                    return Err(
                        Fault::new(format!("{} cannot be deleted", folder.display()))
                            .because(error),
                    );
                }
                _ => {}
            }
        }
        Ok(())
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

    fn prepare(&self) -> Outcome<()> {
        let socket = self.socket_folder();
        if let (Owner::Other(..), Some(above)) = (self.owner, self.root.parent()) {
            // The server's user must be able to pass through what is made here.
            std::fs::DirBuilder::new()
                .recursive(true)
                .mode(0o711)
                .create(above)
                .map_err(|error| self.failed("made", &error))?;
        }
        if !socket.starts_with(&self.root) {
            self.claim(&socket)?;
        }
        for folder in [&self.root, &socket] {
            private_folder(folder)?;
            self.owner
                .give(folder)
                .map_err(|error| self.failed("given to the server's user", &error))?;
        }
        Ok(())
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

    /// A server that was killed leaves its number behind. Where that is another process's by now,
    /// PostgreSQL takes it for a server that runs, and refuses to start.
    fn forget_the_dead(&self) -> Outcome<()> {
        let Some(pid) = self.postmaster() else {
            return Ok(());
        };
        // Two servers on the same data would destroy it: in doubt nothing is deleted.
        if program_of(pid).is_none_or(|name| name.contains("postgres")) {
            return Ok(());
        }
        let lock = format!("{SOCKET_NAME}.lock");
        for path in [
            self.data().join("postmaster.pid"),
            self.socket_folder().join(lock),
        ] {
            match std::fs::remove_file(&path) {
                Err(error) if error.kind() != ErrorKind::NotFound => {
                    return Err(self.failed("tidied", &error));
                }
                _ => {}
            }
        }
        Ok(())
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
        self.forget_the_dead()?;
        let mut child = self
            .server_command(&binaries)?
            .spawn()
            .map_err(|error| Fault::new("The private server cannot be started").because(error))?;
        self.wait_until_ready(&mut child)
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
        let log = OpenOptions::new()
            .create(true)
            .append(true)
            .open(self.log())
            .map_err(|error| self.failed("written to", &error))?;
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

    /// `postmaster.pid`'s eighth line says `ready` once connections are taken; the file of a server
    /// that was killed says so too, with another process number.
    fn wait_until_ready(&self, child: &mut Child) -> Outcome<()> {
        let begun = Instant::now();
        loop {
            let text =
                std::fs::read_to_string(self.data().join("postmaster.pid")).unwrap_or_default();
            let mut lines = text.lines().map(str::trim);
            let ours = lines.next() == Some(child.id().to_string().as_str());
            if ours && lines.nth(6) == Some("ready") {
                return Ok(());
            }
            let ended = child.try_wait().ok().flatten();
            if ended.is_some() || begun.elapsed() > START_DEADLINE {
                let log = std::fs::read_to_string(self.log()).unwrap_or_default();
                let lines: Vec<&str> = log.lines().collect();
                let tail = lines
                    .get(lines.len().saturating_sub(4)..)
                    .unwrap_or_default()
                    .join("\n");
                return Err(Fault::new("The private server did not start")
                    .because(tail)
                    .remedy(format!(
                        "see {}; `dbkeep local destroy` makes a fresh one",
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

/// The name of a process's program; empty where there is no such process.
fn program_of(pid: i32) -> Option<String> {
    if Path::new("/proc/self/comm").exists() {
        return Some(std::fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default());
    }
    let said = Command::new("ps")
        .args(["-p", &pid.to_string(), "-o", "comm="])
        .output();
    Some(String::from_utf8_lossy(&said.ok()?.stdout).into_owned())
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
