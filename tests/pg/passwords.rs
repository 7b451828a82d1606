//! Logging in: where a password comes from, and what is said when it does not do.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::sync::{Arc, Mutex, Weak};
use std::time::{Duration, Instant};

use dbkeep::config::conninfo::ConnInfo;
use dbkeep::config::target::{self, Environment, Source, Target};
use dbkeep::fault::Fault;
use dbkeep::pg::{Connector, Link, Session, link};

use crate::support::{TcpServer, connector, link_to, refused_to, remedies, share, value};

/// With a space, which the key=value form must quote and an address must escape.
const SECRET: &str = "open sesame";
const HBA: &str =
    "local all all scram-sha-256\nhost all old all md5\nhost all all all scram-sha-256\n";
const ROLES: &str = r#"CREATE ROLE ada LOGIN PASSWORD 'open sesame';
    CREATE ROLE "co:lon" LOGIN PASSWORD E'open:\\sesame';
    CREATE ROLE reader LOGIN PASSWORD 'open sesame'; ALTER ROLE reader SET default_transaction_read_only = on;
    SET password_encryption = 'md5'; CREATE ROLE old LOGIN PASSWORD 'open sesame'"#;
const LOGIN: &str = "SELECT session_user";

fn server() -> Arc<TcpServer> {
    static RUNNING: Mutex<Weak<TcpServer>> = Mutex::new(Weak::new());
    share(&RUNNING, || TcpServer::start(HBA, "", &[], ROLES))
}

/// A home folder with a file in it that only its owner may read.
fn home_with(name: &str, text: &str) -> tempfile::TempDir {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join(name);
    std::fs::write(&path, text).unwrap();
    set_mode(&path, 0o600);
    home
}

fn set_mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

async fn link_at(info: &ConnInfo, home: &Path) -> Link {
    let connector = Connector::new(info, home, "nobody").unwrap();
    Link::open(&connector, link::nobody()).await.unwrap()
}

/// Why nobody is let in; the password is in no part of it.
async fn refused_at(info: &ConnInfo, home: &Path) -> Fault {
    let fault = refused_to(Connector::new(info, home, "nobody")).await;
    let shown = format!("{fault} {fault:?} {info:?}");
    assert!(!shown.contains("sesame"), "{shown}");
    fault
}

async fn refused(info: &ConnInfo) -> Fault {
    refused_at(info, Path::new("/nonexistent")).await
}

fn remedy(fault: &Fault) -> &str {
    fault.remedy.as_deref().unwrap_or_default()
}

#[tokio::test]
async fn the_right_password_lets_in_in_every_form_of_address() {
    let server = server();
    let port = server.port;
    for text in [
        format!("postgresql://ada:open%20sesame@127.0.0.1:{port}/postgres"),
        format!("host=127.0.0.1 port = {port} user=ada dbname='postgres' password='open sesame'"),
        format!("host=127.0.0.1 port={port} user=ada dbname=postgres password=open\\ sesame"),
        format!("postgres://127.0.0.1/postgres?port={port}&user=ada&password=open%20sesame"),
        format!(
            "host={} port={port} user=ada dbname=postgres password='open sesame'",
            server.folder.display()
        ),
    ] {
        let info = ConnInfo::parse(&text).unwrap();
        assert_eq!(value(&link_to(&info).await, LOGIN).await, "ada", "{text}");
        let shown = format!("{info:?} {} {}", info.describe(), info.title("ada", "here"));
        assert!(!shown.contains("sesame"), "{shown}");
    }
    let old = server.info("user=old password='open sesame'");
    assert_eq!(value(&link_to(&old).await, LOGIN).await, "old", "md5");
}

#[tokio::test]
async fn a_wrong_password_says_who_was_refused_where_and_what_to_do() {
    let server = server();
    for (user, mode) in [("ada", "prefer"), ("ada", "disable"), ("old", "prefer")] {
        let login = format!("user={user} password='open sesame!' sslmode={mode}");
        let fault = refused(&server.info(&login)).await;
        let target = format!(
            "Cannot connect to postgres as {user} at 127.0.0.1:{}",
            server.port
        );
        assert_eq!(fault.what, target);
        assert_eq!(fault.sqlstate.as_deref(), Some("28P01"));
        assert!(
            fault
                .why
                .as_ref()
                .unwrap()
                .contains("password authentication failed")
        );
        assert!(remedy(&fault).contains("password") && remedy(&fault).contains(".pgpass"));
    }
}

#[tokio::test]
async fn a_wrong_password_is_sent_once() {
    let server = server();
    let login = "user=nobody_once password='open sesame' sslmode=prefer";
    refused(&server.info(login)).await;
    let tries = server
        .log()
        .matches("failed for user \"nobody_once\"")
        .count();
    assert_eq!(
        tries, 1,
        "a server that counts failures would lock the user out sooner"
    );
}

#[tokio::test]
async fn a_name_that_is_looked_up_is_what_is_told_and_its_address_what_is_connected() {
    let server = server();
    let place = format!("host=localhost port={} dbname=postgres", server.port);
    for mode in ["prefer", "disable"] {
        let login = format!("{place} sslmode={mode} user=ada password='open sesame'");
        let connector = connector(&ConnInfo::parse(&login).unwrap());
        let mut session = Session::open(&connector, link::nobody()).await.unwrap();
        let canceller = session.canceller();
        let mut running = session.run("SELECT pg_sleep(60)").await.unwrap();
        let cancel = async {
            tokio::time::sleep(Duration::from_millis(100)).await;
            canceller.cancel().await;
        };
        let (drained, ()) = tokio::join!(running.drain(), cancel);
        assert!(drained.unwrap_err().is_cancelled(), "{mode}");
    }
    let login = format!("{place} user=nobody_by_name password='open sesame'");
    let fault = refused(&ConnInfo::parse(&login).unwrap()).await;
    assert_eq!(fault.sqlstate.as_deref(), Some("28P01"), "{fault}");
    assert!(fault.what.contains("at localhost:"), "{fault}");
    let log = server.log();
    assert_eq!(log.matches("failed for user \"nobody_by_name\"").count(), 1);
}

#[tokio::test]
async fn no_password_at_all_is_the_reason_that_is_given() {
    let server = server();
    for user in ["ada", "old"] {
        let fault = refused(&server.info(&format!("user={user}"))).await;
        assert!(
            fault.why.as_ref().unwrap().contains("password missing"),
            "{fault}"
        );
    }
}

#[tokio::test]
async fn a_password_file_is_found_by_parameter_and_in_the_home_folder() {
    let server = server();
    let line = format!("# mine\n127.0.0.1:{}:postgres:ada:{SECRET}\n", server.port);
    let home = home_with(".pgpass", &line);
    let info = server.info("user=ada");
    assert_eq!(
        value(&link_at(&info, home.path()).await, LOGIN).await,
        "ada"
    );
    let elsewhere = home.path().join("elsewhere");
    std::fs::rename(home.path().join(".pgpass"), &elsewhere).unwrap();
    let info = server.info(&format!("user=ada passfile={}", elsewhere.display()));
    assert_eq!(value(&link_to(&info).await, LOGIN).await, "ada");
}

#[tokio::test]
async fn a_password_file_has_wildcards_and_escaped_colons_and_its_first_match_counts() {
    let server = server();
    let text = "*:1:*:*:sesame of another port\n*:*:*:co\\:lon:open\\:\\\\sesame\n*:*:*:*:open sesame\n*:*:*:ada:sesame too late\n";
    let home = home_with(".pgpass", text);
    for user in ["co:lon", "ada"] {
        let info = server.info(&format!("user={user}"));
        assert_eq!(value(&link_at(&info, home.path()).await, LOGIN).await, user);
    }
}

#[tokio::test]
async fn a_password_file_names_a_socket_by_its_folder() {
    let server = server();
    let folder = server.folder.to_str().unwrap();
    let home = home_with(".pgpass", &format!("{folder}:*:*:ada:{SECRET}\n"));
    let mut info = server.info("user=ada");
    info.set("hostaddr", "").unwrap();
    info.set("host", folder).unwrap();
    assert_eq!(
        value(&link_at(&info, home.path()).await, LOGIN).await,
        "ada"
    );
}

#[tokio::test]
async fn a_password_file_that_others_may_read_is_not_used_and_that_is_said() {
    let server = server();
    let home = home_with(".pgpass", &format!("*:*:*:*:{SECRET}\n"));
    let path = home.path().join(".pgpass");
    set_mode(&path, 0o644);
    let fault = refused_at(&server.info("user=ada"), home.path()).await;
    let shown = fault.to_string();
    assert!(shown.contains(path.to_str().unwrap()), "{shown}");
    assert!(shown.contains("0600"), "{shown}");
}

#[tokio::test]
async fn each_of_several_hosts_has_its_own_password() {
    let server = server();
    let port = server.port;
    let text = format!("*:1:*:*:sesame of another port\n*:{port}:*:*:{SECRET}\n");
    let home = home_with(".pgpass", &text);
    let address = format!("postgresql://ada@127.0.0.1:1,127.0.0.1:{port}/postgres");
    let info = ConnInfo::parse(&address).unwrap();
    assert_eq!(
        value(&link_at(&info, home.path()).await, LOGIN).await,
        "ada"
    );
}

#[tokio::test]
async fn the_next_host_is_tried_over_tcp_and_the_last_refusal_counts() {
    let server = server();
    let port = server.port;
    let login = "user=ada password='open sesame' dbname=postgres";
    for text in [
        format!("host=127.0.0.1,127.0.0.1 port=1,{port} {login}"),
        format!("host=/nowhere,127.0.0.1 port={port} {login}"),
    ] {
        let link = link_to(&ConnInfo::parse(&text).unwrap()).await;
        assert_eq!(value(&link, LOGIN).await, "ada", "{text}");
    }
    let nowhere = format!("host=127.0.0.1,/nowhere port=1 {login}");
    let fault = refused(&ConnInfo::parse(&nowhere).unwrap()).await;
    assert!(fault.what.contains("127.0.0.1,/nowhere"), "{fault}");
}

#[tokio::test]
async fn a_service_file_gives_what_the_address_leaves_open() {
    let server = server();
    let port = server.port;
    let home = home_with(
        ".pg_service.conf",
        &format!(
            "[other]\nhost=nowhere.example\n\n# mine\n[shop]\nhost=127.0.0.1\nport={port}\nuser=nobody\ndbname=postgres\npassword={SECRET}\n"
        ),
    );
    let chosen = |text: &str, environment: &Environment| {
        target::choose(
            Some((text, Source::Argument)),
            environment,
            home.path(),
            home.path(),
        )
    };
    let Ok(Target::Server(info, _)) = chosen("service=shop user=ada", &Environment::new()) else {
        panic!("no server");
    };
    assert_eq!(value(&link_to(&info).await, LOGIN).await, "ada");
    let fault = chosen("service=shops", &Environment::new()).unwrap_err();
    assert!(fault.to_string().contains("shops") && fault.to_string().contains(".pg_service.conf"));
    let moved = home.path().join("services");
    std::fs::rename(home.path().join(".pg_service.conf"), &moved).unwrap();
    let variable = ("PGSERVICEFILE".to_owned(), moved.display().to_string());
    let Ok(Target::Server(info, _)) = chosen(
        "postgresql://ada@/?service=shop",
        &Environment::from([variable]),
    ) else {
        panic!("no server");
    };
    assert_eq!(value(&link_to(&info).await, LOGIN).await, "ada");
}

#[tokio::test]
async fn options_reach_the_server() {
    let server = server();
    let port = server.port;
    let options = "-c%20search_path%3Dpg_catalog%2Cother%20-c%20statement_timeout=7s";
    let text =
        format!("postgresql://ada:open%20sesame@127.0.0.1:{port}/postgres?options={options}");
    let link = link_to(&ConnInfo::parse(&text).unwrap()).await;
    assert_eq!(value(&link, "SHOW search_path").await, "pg_catalog,other");
    assert_eq!(value(&link, "SHOW statement_timeout").await, "7s");
}

#[tokio::test]
async fn a_port_that_accepts_and_says_nothing_is_given_up_in_time() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let begun = Instant::now();
    let give_up = async |mode: &str| {
        let text = format!(
            "postgresql://ada:sesame@127.0.0.1:{port}/shop?connect_timeout=2&sslmode={mode}"
        );
        let info = ConnInfo::parse(&text).unwrap();
        let fault = tokio::time::timeout(Duration::from_secs(6), refused(&info)).await;
        fault.unwrap_or_else(|_| panic!("sslmode={mode}: it waits on and on"))
    };
    let (prefer, disable) = tokio::join!(give_up("prefer"), give_up("disable"));
    assert!(begun.elapsed() >= Duration::from_secs(2));
    for fault in [prefer, disable] {
        assert!(fault.what.contains(&format!("127.0.0.1:{port}")), "{fault}");
        assert!(fault.why.as_ref().unwrap().contains("timed out"), "{fault}");
    }
}

#[tokio::test]
async fn the_kind_of_session_that_is_wanted_is_had_or_refused() {
    let server = server();
    let login = |user: &str, wanted: &str| {
        server.info(&format!(
            "user={user} password='open sesame' target_session_attrs={wanted}"
        ))
    };
    for (user, wanted) in [
        ("ada", "any"),
        ("ada", "read-write"),
        ("ada", "primary"),
        ("reader", "read-only"),
    ] {
        assert_eq!(
            value(&link_to(&login(user, wanted)).await, LOGIN).await,
            user,
            "{wanted}"
        );
    }
    for (user, wanted, why) in [
        ("reader", "read-write", "writes"),
        ("ada", "read-only", "read only"),
    ] {
        let fault = refused(&login(user, wanted)).await;
        assert!(fault.why.as_ref().unwrap().contains(why), "{fault}");
    }
    let fault = refused(&login("ada", "nearest")).await;
    assert!(
        fault.what.contains("nearest") && remedy(&fault).contains("read-write"),
        "{fault}"
    );
}

#[tokio::test]
async fn a_primary_is_one_whatever_its_sessions_may_write() {
    let server = server();
    let reader = "user=reader password='open sesame' target_session_attrs";
    refused(&server.info(&format!("{reader}=standby"))).await;
    let primary = link_to(&server.info(&format!("{reader}=primary"))).await;
    assert_eq!(value(&primary, LOGIN).await, "reader");
}

#[tokio::test]
async fn a_number_or_an_address_that_is_none_is_named() {
    for (parameter, name) in [
        ("port=many", "port"),
        ("port=70000", "port"),
        ("connect_timeout=soon", "connect_timeout"),
        ("hostaddr=db.example", "hostaddr"),
        ("sslmode=perhaps", "sslmode"),
    ] {
        let info = ConnInfo::parse(&format!("user=ada password=sesame {parameter}")).unwrap();
        let fault = refused(&info).await;
        let value = parameter.split_once('=').unwrap().1;
        assert!(
            fault.what.contains(name) && fault.what.contains(value),
            "{fault}"
        );
    }
}

#[tokio::test]
async fn a_negative_time_limit_is_none_as_in_libpq() {
    let info = ConnInfo::parse("host=/nowhere connect_timeout=-1").unwrap();
    let fault = refused(&info).await;
    assert!(fault.what.starts_with("Cannot connect"), "{fault}");
}

#[tokio::test]
async fn a_server_that_hangs_up_is_told_from_one_that_is_not_there() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let hangs_up = tokio::spawn(async move { while listener.accept().await.is_ok() {} });
    let info = ConnInfo::parse(&format!(
        "host=127.0.0.1 port={port} sslmode=disable user=ada"
    ));
    let fault = refused(&info.unwrap()).await;
    hangs_up.abort();
    let why = fault.why.as_deref().unwrap_or_default();
    assert!(why.starts_with(char::is_alphabetic), "{fault}");
    assert!(
        why.contains("lost") || why.contains("closed") || why.contains("reset"),
        "{fault}"
    );
}

#[tokio::test]
async fn each_refusal_says_what_to_do_about_it() {
    let server = server();
    let login = |user: &str| format!("user={user} password='open sesame' target_session_attrs");
    remedies(&[
        (server.info("user=ada"), "PGPASSWORD"),
        (server.info("user=old"), "PGPASSWORD"),
        (server.info("user=ada password=wrong"), ".pgpass"),
        (
            server.info(&format!("{}=read-write", login("reader"))),
            "target_session_attrs",
        ),
        (
            server.info(&format!("{}=read-only", login("ada"))),
            "target_session_attrs",
        ),
    ])
    .await;
}
