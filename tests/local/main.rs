//! The private server, through its leases and through the binary.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    missing_docs,
    reason = "a test may panic"
)]

#[path = "../support/mod.rs"]
mod support;
#[path = "../support/terminal.rs"]
mod terminal;

use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::time::{Duration, Instant};

use dbkeep::local::Cluster;
use dbkeep::local::cluster::State;
use dbkeep::local::owner::Owner;
use rustix::process::{Pid, Signal, kill_process, test_kill_process};

use support::{binary, dbkeep, link_to, open_folder, printed, value};
use terminal::{DBKEEP, Terminal};

/// Somebody with a home of their own; what they leave behind is deleted.
struct Person {
    home: PathBuf,
    data: PathBuf,
}

impl Person {
    fn new() -> Self {
        Self::with_data_in(".local/share")
    }

    fn with_data_in(folder: &str) -> Self {
        let home = open_folder();
        let data = home.join(folder);
        Self { home, data }
    }

    fn with_server() -> Self {
        Self::new().having_a_server()
    }

    /// With a server that was made before; not synced to disk, which saves seconds.
    fn having_a_server(self) -> Self {
        let cluster = Cluster::fleeting(&self.root()).unwrap();
        drop(cluster.lease().unwrap());
        self
    }

    fn root(&self) -> PathBuf {
        self.data.join("dbkeep/server")
    }

    fn cluster(&self) -> Cluster {
        Cluster::of_person(&self.data.join("dbkeep")).unwrap()
    }

    /// Which files are locked.
    fn locks(&self) -> [u64; 2] {
        let file = |name| std::fs::metadata(self.root().join(name)).unwrap().ino();
        ["gate", "users"].map(file)
    }

    fn pid(&self) -> i32 {
        match self.cluster().state() {
            State::Running(pid) => pid,
            other => panic!("{other:?}"),
        }
    }

    fn dbkeep(&self, arguments: &[&str]) -> assert_cmd::Command {
        let mut command = dbkeep(&self.home);
        command.env("XDG_DATA_HOME", &self.data).args(arguments);
        command
    }

    /// What a command prints that succeeds.
    fn says(&self, arguments: &[&str]) -> String {
        let (code, out, error) = printed(&mut self.dbkeep(arguments));
        assert_eq!(code, 0, "{arguments:?}: {error}");
        out.trim_end().to_owned()
    }

    /// What a command complains of that fails.
    fn complains(&self, arguments: &[&str]) -> String {
        let (code, out, error) = printed(&mut self.dbkeep(arguments));
        assert_eq!(code, 1, "{arguments:?}: {out}{error}");
        error
    }

    /// The value that one statement has on the private server.
    fn value(&self, sql: &str) -> String {
        let out = self.says(&["sql", "--format", "csv", "-c", sql]);
        out.lines().nth(1).unwrap_or_default().to_owned()
    }

    /// A dbkeep that stays on the private server for a minute.
    async fn stays(&self) -> Child {
        let lease = self.cluster().lease().unwrap();
        let child = binary(&self.home)
            .env("XDG_DATA_HOME", &self.data)
            .args(["sql", "-c", "SELECT pg_sleep(60)"])
            .spawn()
            .unwrap();
        let link = link_to(&lease.cluster().conninfo("postgres")).await;
        let count = "SELECT count(*) FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(60)'";
        while value(&link, count).await != "1" {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        child
    }

    /// `kill -9` of the server's first process, and nothing that tidies up.
    fn kill_server(&self) {
        let pid = Pid::from_raw(self.pid()).unwrap();
        kill_process(pid, Signal::KILL).unwrap();
        until_gone(pid);
    }
}

impl Drop for Person {
    fn drop(&mut self) {
        // Best effort, so that the reason why a test failed is the one that is shown.
        let _ = self.cluster().destroy();
        let _ = std::fs::remove_dir_all(&self.home);
    }
}

fn until(what: &str, holds: impl Fn() -> bool) {
    let begun = Instant::now();
    while !holds() {
        assert!(
            begun.elapsed() < Duration::from_secs(10),
            "not seen: {what}"
        );
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// A process that ended is gone once its parent has taken note.
fn until_gone(pid: Pid) {
    until("the process is gone", || test_kill_process(pid).is_err());
}

fn mode(path: &Path) -> u32 {
    std::fs::metadata(path).unwrap().permissions().mode() & 0o777
}

#[tokio::test]
async fn it_is_made_with_checksums_and_listens_in_a_private_folder_only() {
    let person = Person::new();
    // What an initdb that was cut short leaves.
    std::fs::create_dir_all(person.root().join("data.new/base")).unwrap();
    let lease = person.cluster().lease().unwrap();
    let cluster = lease.cluster();
    let link = link_to(&cluster.conninfo("postgres")).await;
    let folder = cluster.socket_folder();
    for (setting, wanted) in [
        ("data_checksums", "on"),
        ("fsync", "on"),
        ("server_encoding", "UTF8"),
        ("listen_addresses", ""),
        ("unix_socket_directories", folder.to_str().unwrap()),
        ("unix_socket_permissions", "0700"),
    ] {
        assert_eq!(
            value(&link, &format!("SHOW {setting}")).await,
            wanted,
            "{setting}"
        );
    }
    for folder in [&folder, &person.root(), &person.root().join("data")] {
        assert_eq!(mode(folder), 0o700, "{}", folder.display());
    }
}

#[test]
fn it_is_shared_and_stops_with_the_last_lease() {
    let person = Person::with_server();
    let first = person.cluster().lease().unwrap();
    let second = person.cluster().lease().unwrap();
    let pid = person.pid();
    assert_eq!(person.value("SELECT 1"), "1");
    drop(first);
    assert_eq!(person.pid(), pid);
    drop(second);
    assert_eq!(person.cluster().state(), State::Stopped);
    assert_eq!(
        person.value("SELECT 2"),
        "2",
        "a dbkeep starts it for itself"
    );
    assert_eq!(person.cluster().state(), State::Stopped);
}

#[test]
fn many_that_come_at_once_find_one_server() {
    let person = Person::new();
    let start = "SELECT pg_postmaster_start_time(), pg_sleep(2)";
    let mut outputs: Vec<String> = std::thread::scope(|scope| {
        let come = || scope.spawn(|| person.value(start));
        let comers: Vec<_> = std::iter::repeat_with(come).take(4).collect();
        comers
            .into_iter()
            .map(|comer| comer.join().unwrap())
            .collect()
    });
    outputs.dedup();
    assert_eq!(outputs.len(), 1, "{outputs:?}");
    assert_eq!(person.cluster().state(), State::Stopped);
}

#[tokio::test]
async fn a_dbkeep_that_is_killed_leaves_a_server_that_the_next_one_finds_and_stops() {
    let person = Person::with_server();
    let mut killed = person.stays().await;
    let pid = person.pid();
    killed.kill().unwrap();
    killed.wait().unwrap();
    assert_eq!(person.pid(), pid);
    let lease = person.cluster().lease().unwrap();
    assert_eq!(person.pid(), pid);
    drop(lease);
    assert_eq!(person.cluster().state(), State::Stopped);
}

#[tokio::test]
async fn a_dbkeep_that_is_interrupted_leaves_no_server() {
    let person = Person::with_server();
    for signal in [Signal::INT, Signal::TERM] {
        let mut interrupted = person.stays().await;
        kill_process(Pid::from_child(&interrupted), signal).unwrap();
        interrupted.wait().unwrap();
        assert_eq!(person.cluster().state(), State::Stopped, "{signal:?}");
    }
}

#[test]
fn local_start_keeps_it_running_until_local_stop() {
    let person = Person::new();
    assert!(person.says(&["local", "status"]).contains("not made"));
    let url = person.says(&["local", "start"]);
    let pid = person.pid();
    assert_eq!(person.says(&["local", "start"]), url, "again is no fault");
    assert_eq!(url, person.says(&["local", "url"]));
    let status = person.says(&["local", "status"]);
    assert!(
        status.contains("running") && status.contains(&pid.to_string()),
        "{status}"
    );
    assert_eq!(person.value("SELECT 1"), "1");
    let over_url = person.says(&["sql", "-u", &url, "--format", "csv", "-c", "SELECT 1 AS n"]);
    assert_eq!(over_url, "n\n1");
    assert_eq!(person.pid(), pid, "it went on without any dbkeep");
    person.says(&["local", "stop"]);
    assert_eq!(person.says(&["local", "status"]), "stopped");
    person.says(&["local", "stop"]);
    assert_eq!(person.value("SELECT 1"), "1");
    assert_eq!(
        person.cluster().state(),
        State::Stopped,
        "it is no longer kept"
    );
}

#[test]
fn what_the_environment_says_of_another_server_is_not_about_it() {
    let person = Person::new();
    let (code, _, error) = printed(person.dbkeep(&["local", "start"]).env("PGPORT", "6543"));
    assert_eq!(code, 0, "{error}");
    assert_eq!(person.value("SELECT current_setting('port')"), "5432");
    person.says(&["local", "stop"]);
}

#[test]
fn destroy_asks_and_deletes_everything() {
    let person = Person::with_server();
    let home = format!("HOME={}", person.home.display());
    let complaint = person.complains(&["local", "destroy"]);
    assert!(complaint.contains("--yes"), "{complaint}");
    for (answer, state) in [
        ("n\r", State::Stopped),
        ("\r", State::Stopped),
        ("y\r", State::Absent),
    ] {
        let program = ["/usr/bin/env", &home, DBKEEP, "local", "destroy"];
        let mut terminal = Terminal::run(&program, (80, 24), "");
        terminal.sees("every database in it? [y/N]");
        terminal.press(answer);
        terminal.ends(0);
        assert_eq!(person.cluster().state(), state, "{answer:?}");
    }
    person.says(&["local", "start"]);
    let pid = Pid::from_raw(person.pid()).unwrap();
    let locks = person.locks();
    person.says(&["local", "destroy", "--yes"]);
    assert_eq!(person.locks(), locks, "who waits for them waits for nobody");
    assert_eq!(std::fs::read_dir(person.root()).unwrap().count(), 2);
    until_gone(pid);
    person.says(&["local", "destroy", "--yes"]);
}

#[test]
fn destroy_waits_until_a_start_is_over() {
    let person = Person::with_server();
    let gate = std::fs::File::open(person.root().join("gate")).unwrap();
    gate.lock().unwrap();
    std::thread::scope(|scope| {
        let destroyed = scope.spawn(|| person.cluster().destroy());
        std::thread::sleep(Duration::from_millis(300));
        let state = person.cluster().state();
        gate.unlock().unwrap();
        destroyed.join().unwrap().unwrap();
        assert_eq!(state, State::Stopped, "it was deleted during a start");
    });
    assert_eq!(person.cluster().state(), State::Absent);
}

#[test]
fn a_data_folder_too_deep_for_a_socket_works() {
    let person = Person::with_data_in(&format!("{}/{}", "deep".repeat(30), "deeper".repeat(30)));
    let url = person.says(&["local", "start"]);
    let folder = person.cluster().socket_folder();
    assert_eq!(mode(&folder), 0o700);
    assert_eq!(
        person.says(&["sql", "-u", &url, "--format", "csv", "-c", "SELECT 1 AS n"]),
        "n\n1"
    );
    person.says(&["local", "destroy", "--yes"]);
    assert!(!folder.exists());
}

#[test]
fn a_umask_that_closes_everything_keeps_nobody_out() {
    let person = Person::with_data_in("not/there/yet");
    let output = Command::new("/bin/sh")
        .args(["-c", "umask 077; exec \"$0\" local start", DBKEEP])
        .env("HOME", &person.home)
        .env("XDG_DATA_HOME", &person.data)
        .output()
        .unwrap();
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{error}");
    assert!(matches!(person.cluster().state(), State::Running(_)));
}

#[test]
fn a_socket_folder_that_somebody_else_prepared_is_not_used() {
    let person = Person::with_data_in(&"deep".repeat(40));
    let (trap, folder) = (person.home.join("trap"), person.cluster().socket_folder());
    std::fs::create_dir(&trap).unwrap();
    std::fs::set_permissions(&trap, std::fs::Permissions::from_mode(0o755)).unwrap();
    std::os::unix::fs::symlink(&trap, &folder).unwrap();
    let (code, _, error) = printed(&mut person.dbkeep(&["sql", "-c", "SELECT 1"]));
    std::fs::remove_file(&folder).unwrap();
    assert_eq!(mode(&trap), 0o755, "the folder behind the link was changed");
    assert_eq!(code, 1);
    assert!(error.contains(folder.to_str().unwrap()), "{error}");
}

#[test]
fn a_data_folder_of_any_name_works() {
    for name in ["two words", "o'dd \"@:?#&%20", "漢字", "with,comma"] {
        let person = Person::with_data_in(name).having_a_server();
        assert_eq!(person.value("SELECT 1"), "1", "{name}");
    }
}

#[test]
fn the_address_that_is_printed_can_be_used_whatever_the_names() {
    let person = Person::with_data_in("o'dd @:?#&%20").having_a_server();
    let start = person.says(&["local", "start"]);
    person.value("CREATE DATABASE \"my db/?#%20\"");
    let url = person.says(&["local", "url", "my db/?#%20"]);
    assert!(!url.contains(' '), "{url}");
    for (url, name) in [(start, "postgres"), (url, "my db/?#%20")] {
        let sql = "SELECT current_database() AS n";
        let said = person.says(&["sql", "-u", &url, "--format", "csv", "-c", sql]);
        assert_eq!(said, format!("n\n{name}"));
    }
}

#[test]
fn a_server_that_was_killed_is_recovered_by_the_next_start() {
    let person = Person::with_server();
    person.says(&["local", "start"]);
    person.value("CREATE TABLE kept AS SELECT 7 AS n");
    person.kill_server();
    assert_eq!(person.says(&["local", "status"]), "stopped");
    person.says(&["local", "start"]);
    assert_eq!(person.value("SELECT n FROM kept"), "7");
    person.kill_server();
    assert_eq!(person.value("SELECT n FROM kept"), "7");
    assert_eq!(
        person.cluster().state(),
        State::Stopped,
        "only the killed one was to be kept"
    );
}

#[test]
fn a_server_that_is_killed_under_the_one_who_started_it_is_started_by_the_next() {
    let person = Person::with_server();
    let first = person.cluster().lease().unwrap();
    person.kill_server();
    assert_eq!(person.value("SELECT 1"), "1");
    drop(first);
}

#[test]
fn a_process_number_that_somebody_else_has_by_now_is_not_the_server() {
    let person = Person::with_server();
    person.says(&["local", "start"]);
    let pid = person.pid();
    person.kill_server();
    let mut sleep = Owner::decide().unwrap().command(Path::new("sleep"));
    let mut other = sleep.arg("60").spawn().unwrap();
    for file in ["data/postmaster.pid", "run/.s.PGSQL.5432.lock"] {
        let path = person.root().join(file);
        let text = std::fs::read_to_string(&path).unwrap();
        let text = text.replacen(&pid.to_string(), &other.id().to_string(), 1);
        std::fs::write(&path, text).unwrap();
    }
    let (state, (code, _, error)) = (
        person.cluster().state(),
        printed(&mut person.dbkeep(&["sql", "-c", "SELECT 1"])),
    );
    other.kill().unwrap();
    other.wait().unwrap();
    assert_eq!(state, State::Stopped);
    assert_eq!(code, 0, "{error}");
}

#[test]
fn a_server_that_does_not_start_shows_the_end_of_its_log() {
    let person = Person::with_server();
    std::fs::write(person.root().join("data/postgresql.conf"), "nonsense = 1\n").unwrap();
    let complaint = person.complains(&["sql", "-c", "SELECT 1"]);
    assert!(complaint.contains("did not start"), "{complaint}");
    assert!(complaint.contains("nonsense"), "{complaint}");
    assert!(complaint.contains("server.log"), "{complaint}");
    assert!(
        !complaint.contains("destroy"),
        "the data are fine: {complaint}"
    );
}

/// With data that no server of today can read.
fn from_the_future() -> Person {
    let person = Person::new();
    let data = person.root().join("data");
    std::fs::create_dir_all(&data).unwrap();
    std::fs::write(data.join("PG_VERSION"), "99\n").unwrap();
    person
}

#[test]
fn data_of_another_major_version_is_named_as_the_reason() {
    let person = from_the_future();
    let complaint = person.complains(&["sql", "-c", "SELECT 1"]);
    let folder = person.root().display().to_string();
    assert!(complaint.contains("PostgreSQL 99"), "{complaint}");
    assert!(
        complaint.contains(&folder),
        "which data is meant: {complaint}"
    );
}

/// The same fault as with no server installed at all, which a test cannot arrange.
#[test]
fn a_missing_server_is_answered_with_the_command_that_installs_one() {
    let person = from_the_future();
    let folder = tempfile::tempdir().unwrap();
    let path = std::env::var_os("PATH").unwrap();
    let id = std::env::split_paths(&path).map(|folder| folder.join("id"));
    let id = id.into_iter().find(|path| path.is_file()).unwrap();
    std::os::unix::fs::symlink(id, folder.path().join("id")).unwrap();
    let complaint = || {
        let mut command = person.dbkeep(&["local", "start"]);
        printed(command.env("PATH", folder.path())).2
    };
    assert!(
        complaint().contains("install PostgreSQL"),
        "{}",
        complaint()
    );
    for (program, command) in [
        ("apt-get", "apt-get install --yes"),
        ("dnf", "dnf install -y"),
        ("pacman", "pacman -S --noconfirm"),
        ("apk", "apk add"),
        ("zypper", "zypper --non-interactive install"),
        ("brew", "brew install"),
    ] {
        let program = folder.path().join(program);
        std::fs::write(&program, "").unwrap();
        assert!(complaint().contains(command), "{}", complaint());
        std::fs::remove_file(program).unwrap();
    }
}
