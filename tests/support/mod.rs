//! What the tests stand on: a PostgreSQL server that they start themselves, one database a test.
#![allow(
    dead_code,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    missing_docs,
    reason = "each test target uses a part of this, and a test may panic"
)]

use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, Weak};

use dbkeep::config::conninfo::ConnInfo;
use dbkeep::data::catalog::Object;
use dbkeep::data::relation::Relation;
use dbkeep::fault::Fault;
use dbkeep::local::binaries::Binaries;
use dbkeep::local::owner::Owner;
use dbkeep::local::{Cluster, Lease, binaries};
use dbkeep::pg::{Connector, Link, introspect, link, statement};

/// The server of this test process; it stops and is deleted when the last test lets go of it.
pub struct Server {
    lease: Option<Lease>,
    folder: PathBuf,
}

impl Server {
    pub fn shared() -> Arc<Self> {
        static RUNNING: Mutex<Weak<Server>> = Mutex::new(Weak::new());
        share(&RUNNING, Self::start)
    }

    fn start() -> Self {
        let folder = open_folder();
        let cluster = Cluster::fleeting(&folder.join("server")).unwrap();
        Self {
            lease: Some(cluster.lease().unwrap()),
            folder,
        }
    }

    pub fn cluster(&self) -> &Cluster {
        self.lease.as_ref().unwrap().cluster()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.lease.take());
        std::fs::remove_dir_all(&self.folder).unwrap();
    }
}

/// What runs already, or a new one: one for all tests that need it at the same time.
pub fn share<T>(running: &Mutex<Weak<T>>, start: impl FnOnce() -> T) -> Arc<T> {
    let mut running = running.lock().unwrap();
    running.upgrade().unwrap_or_else(|| {
        let started = Arc::new(start());
        *running = Arc::downgrade(&started);
        started
    })
}

/// A server on 127.0.0.1 with a `pg_hba.conf` of its own, for what a trusted Unix socket cannot
/// show. Its superuser is `postgres`, over the socket in `folder`.
pub struct TcpServer {
    pub folder: PathBuf,
    pub port: u16,
    binaries: Binaries,
    owner: Owner,
}

impl TcpServer {
    /// `files` are put into the folder above the data folder; `setup` is run once it is up.
    pub fn start(hba: &str, settings: &str, files: &[(&str, String)], setup: &str) -> Self {
        let mut server = Self {
            folder: open_folder(),
            port: 0,
            binaries: binaries::find(None).unwrap(),
            owner: Owner::decide().unwrap(),
        };
        server.owner.give(&server.folder).unwrap();
        server.runs(
            "initdb",
            &["-U", "postgres", "-E", "UTF8", "--no-locale", "--no-sync"],
        );
        // Only now, so that hardly anybody can take it meanwhile.
        server.port = free_port();
        for (name, text) in files {
            server.write(name, text);
        }
        let hba = format!("local all postgres trust\n{hba}");
        server.write("data/pg_hba.conf", &hba);
        let (port, folder) = (server.port, server.folder.display());
        let place = format!(
            "port={port}\nlisten_addresses='127.0.0.1'\nunix_socket_directories='{folder}'\nfsync=off\n"
        );
        server.write("data/postgresql.auto.conf", &(place + settings));
        let log = server.folder.join("log");
        server.runs("pg_ctl", &["start", "-w", "-l", log.to_str().unwrap()]);
        server.psql(setup);
        server
    }

    /// The address of its database `postgres`.
    pub fn info(&self, parameters: &str) -> ConnInfo {
        let place = format!("hostaddr=127.0.0.1 port={} dbname=postgres", self.port);
        ConnInfo::parse(&format!("{place} {parameters}")).unwrap()
    }

    pub fn log(&self) -> String {
        std::fs::read_to_string(self.folder.join("log")).unwrap()
    }

    fn psql(&self, sql: &str) {
        let (port, folder) = (self.port.to_string(), self.folder.display().to_string());
        let output = Command::new(self.binaries.program("psql"))
            .args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-U", "postgres"])
            .args(["-h", &folder, "-p", &port, "-c", sql])
            .env_clear()
            .output()
            .unwrap();
        succeeded(&output);
    }

    fn runs(&self, program: &str, arguments: &[&str]) {
        succeeded(&self.command(program, arguments).output().unwrap());
    }

    fn command(&self, program: &str, arguments: &[&str]) -> Command {
        let mut command = self.owner.command(&self.binaries.program(program));
        let data = self.folder.join("data");
        command.args(arguments).arg("-D").arg(data);
        command
    }

    fn write(&self, name: &str, text: &str) {
        let path = self.folder.join(name);
        std::fs::write(&path, text).unwrap();
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600)).unwrap();
        self.owner.give(&path).unwrap();
    }
}

impl Drop for TcpServer {
    fn drop(&mut self) {
        // A panic here would hide why a test failed.
        let stop = ["stop", "-w", "-m", "immediate"];
        let _ = self.command("pg_ctl", &stop).output();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

/// A port on which nobody listens.
fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    listener.local_addr().unwrap().port()
}

fn succeeded(output: &std::process::Output) {
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{error}");
}

/// A fresh folder that the server's user may pass through, which matters when root runs the tests.
pub fn open_folder() -> PathBuf {
    let folder = tempfile::Builder::new()
        .prefix("dbkeep-")
        .tempdir()
        .unwrap()
        .keep();
    std::fs::set_permissions(&folder, std::fs::Permissions::from_mode(0o711)).unwrap();
    folder
}

/// A database of one test, dropped with it.
pub struct Database {
    pub server: Arc<Server>,
    pub name: String,
}

impl Database {
    pub async fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(1);
        let server = Server::shared();
        let name = format!("test{}", NEXT.fetch_add(1, Ordering::Relaxed));
        let admin = link_to(&server.cluster().conninfo("postgres")).await;
        statement::run(
            &admin,
            &format!("CREATE DATABASE {name} TEMPLATE template0"),
        )
        .await
        .unwrap();
        Self { server, name }
    }

    /// A database filled with SQL.
    pub async fn with(sql: &str) -> Self {
        let database = Self::new().await;
        database.run(sql).await;
        database
    }

    pub fn info(&self) -> ConnInfo {
        self.server.cluster().conninfo(&self.name)
    }

    pub fn url(&self) -> String {
        self.server.cluster().url(&self.name)
    }

    pub fn connector(&self) -> Connector {
        connector(&self.info())
    }

    pub async fn link(&self) -> Link {
        link_to(&self.info()).await
    }

    pub async fn run(&self, sql: &str) {
        statement::run(&self.link().await, sql).await.unwrap();
    }

    /// The first value of the first row.
    pub async fn value(&self, sql: &str) -> String {
        value(&self.link().await, sql).await
    }

    pub async fn object(&self, name: &str) -> Object {
        let catalog = introspect::catalog(&self.link().await, false)
            .await
            .unwrap();
        let found = catalog
            .objects
            .into_iter()
            .find(|object| object.name == name);
        found.unwrap_or_else(|| panic!("{name} is not in the catalog"))
    }

    pub async fn relation(&self, name: &str) -> Relation {
        let object = self.object(name).await;
        introspect::relation(&self.link().await, &object)
            .await
            .unwrap()
    }

    /// What psql prints, unaligned, tuples only.
    pub fn psql(&self, arguments: &[&str]) -> String {
        let program = binaries::find(None).unwrap().program("psql");
        let output = Command::new(program)
            .args(["-X", "-A", "-t", "-d", &self.url()])
            .args(arguments)
            .env_clear()
            .output()
            .unwrap();
        succeeded(&output);
        String::from_utf8(output.stdout).unwrap()
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // Best effort: the whole server goes when the last test ends.
        let sql = format!("DROP DATABASE {} WITH (FORCE)", self.name);
        let program = binaries::find(None).unwrap().program("psql");
        let _ = Command::new(program)
            .args([
                "-X",
                "-q",
                "-d",
                &self.server.cluster().url("postgres"),
                "-c",
                &sql,
            ])
            .output();
    }
}

pub fn connector(info: &ConnInfo) -> Connector {
    Connector::new(info, Path::new("/nonexistent"), "nobody").unwrap()
}

pub async fn link_to(info: &ConnInfo) -> Link {
    Link::open(&connector(info), link::nobody()).await.unwrap()
}

/// Why no connection is had.
pub async fn refused(info: &ConnInfo) -> Fault {
    refused_to(Connector::new(info, Path::new("/nonexistent"), "nobody")).await
}

/// The same, where the connector itself matters.
pub async fn refused_to(connector: Result<Connector, Fault>) -> Fault {
    match connector {
        Err(fault) => fault,
        Ok(connector) => match Link::open(&connector, link::nobody()).await {
            Ok(_) => panic!("a connection was had to {}", connector.target()),
            Err(fault) => fault,
        },
    }
}

/// Each address is refused with a remedy that holds its word.
pub async fn remedies(cases: &[(ConnInfo, &str)]) {
    let mut poor = Vec::new();
    for (info, word) in cases {
        let fault = refused(info).await;
        if !fault
            .remedy
            .as_ref()
            .is_some_and(|text| text.contains(word))
        {
            poor.push(format!("no {word:?} in: {fault}"));
        }
    }
    assert!(poor.is_empty(), "{}", poor.join("\n"));
}

/// The first value of the first row.
pub async fn value(link: &Link, sql: &str) -> String {
    let table = statement::run(link, sql).await.unwrap();
    let cell = table.rows.cell(0, 0).unwrap();
    cell.text.unwrap_or("NULL").to_owned()
}

/// The binary with a home of its own, and nothing else of the environment but `PATH`.
pub fn binary(home: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_dbkeep"));
    command
        .env_clear()
        .env("HOME", home)
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .current_dir(home);
    command
}

/// The same, ended where it does not end by itself.
pub fn dbkeep(home: &Path) -> assert_cmd::Command {
    let mut command = assert_cmd::Command::from_std(binary(home));
    command.timeout(std::time::Duration::from_mins(1));
    command
}

/// Its exit code, its output and its errors.
pub fn printed(command: &mut assert_cmd::Command) -> (i32, String, String) {
    let output = command.output().unwrap();
    (
        output.status.code().unwrap_or(-1),
        String::from_utf8(output.stdout).unwrap(),
        String::from_utf8(output.stderr).unwrap(),
    )
}
