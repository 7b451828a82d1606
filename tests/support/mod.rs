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
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, Weak};

use dbkeep::config::conninfo::ConnInfo;
use dbkeep::data::catalog::Object;
use dbkeep::data::relation::Relation;
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
        let mut running = RUNNING.lock().unwrap();
        if let Some(server) = running.upgrade() {
            return server;
        }
        let server = Arc::new(Self::start());
        *running = Arc::downgrade(&server);
        server
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
        let table = statement::run(&self.link().await, sql).await.unwrap();
        let cell = table.rows.cell(0, 0).unwrap();
        cell.text.unwrap_or("NULL").to_owned()
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
        let output = std::process::Command::new(program)
            .args(["-X", "-A", "-t", "-d", &self.url()])
            .args(arguments)
            .env_clear()
            .output()
            .unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).unwrap()
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // Best effort: the whole server goes when the last test ends.
        let sql = format!("DROP DATABASE {} WITH (FORCE)", self.name);
        let program = binaries::find(None).unwrap().program("psql");
        let _ = std::process::Command::new(program)
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
