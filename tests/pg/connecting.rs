//! Connecting: what works, and what each failure says.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use dbkeep::config::conninfo::ConnInfo;
use dbkeep::fault::Fault;
use dbkeep::pg::statement::{Piece, Results};
use dbkeep::pg::{Link, Sent, link, statement};

use crate::support::{Database, connector};

async fn refused(info: &ConnInfo) -> Fault {
    match Link::open(&connector(info), link::nobody()).await {
        Ok(_) => panic!("a connection was had"),
        Err(fault) => fault,
    }
}

#[tokio::test]
async fn the_settings_are_fixed_whatever_the_server_says() {
    let database = Database::new().await;
    let name = &database.name;
    database
        .run(&format!(
            "ALTER DATABASE {name} SET datestyle = 'German'; ALTER DATABASE {name} SET bytea_output = 'escape';
             ALTER DATABASE {name} SET intervalstyle = 'iso_8601'; ALTER DATABASE {name} SET extra_float_digits = -3"
        ))
        .await;
    let sql = "SELECT concat_ws(' ', date '2026-01-02', bytea '\\xff', interval '1 day', 0.1::float8 + 0.2)";
    assert_eq!(
        database.value(sql).await,
        "2026-01-02 \\xff 1 day 0.30000000000000004"
    );
}

#[tokio::test]
async fn an_unknown_database_is_named() {
    let database = Database::new().await;
    let fault = refused(&database.server.cluster().conninfo("nowhere")).await;
    assert!(
        fault.what.starts_with("Cannot connect to nowhere"),
        "{fault}"
    );
    assert_eq!(fault.sqlstate.as_deref(), Some("3D000"));
    assert!(fault.remedy.unwrap().contains("pg_database"));
}

#[tokio::test]
async fn what_was_begun_is_what_the_first_one_gets() {
    let database = Database::new().await;
    let mut info = database.info();
    info.set("application_name", "begun").unwrap();
    let connector = connector(&info);
    connector.begin().await;
    let sessions = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'begun' AND datname = current_database()";
    let first = Link::open(&connector, link::nobody()).await.unwrap();
    let said = statement::run(&first, sessions).await.unwrap();
    assert_eq!(said.rows.cell(0, 0).unwrap().text, Some("1"));
    let second = Link::open(&connector, link::nobody()).await.unwrap();
    let said = statement::run(&second, sessions).await.unwrap();
    assert_eq!(said.rows.cell(0, 0).unwrap().text, Some("2"));
}

#[tokio::test]
async fn a_refusal_of_what_was_begun_is_told_to_the_first_one() {
    let database = Database::new().await;
    let connector = connector(&database.server.cluster().conninfo("not_yet"));
    connector.begin().await;
    tokio::time::sleep(Duration::from_millis(300)).await;
    // Whoever asked again would be let in.
    database.run("CREATE DATABASE not_yet").await;
    let Err(fault) = Link::open(&connector, link::nobody()).await else {
        panic!("a connection was had");
    };
    assert_eq!(fault.sqlstate.as_deref(), Some("3D000"), "{fault}");
    assert!(Link::open(&connector, link::nobody()).await.is_ok());
    database.run("DROP DATABASE not_yet WITH (FORCE)").await;
}

#[tokio::test]
async fn a_refused_port_and_a_missing_host_say_what_was_tried() {
    let info = ConnInfo::parse("postgresql://ada:secret@127.0.0.1:1/shop").unwrap();
    let fault = refused(&info).await.to_string();
    assert!(fault.contains("shop as ada at 127.0.0.1:1"), "{fault}");
    assert!(
        fault.contains("refused") && !fault.contains("secret"),
        "{fault}"
    );
    let info = ConnInfo::parse("host=/nowhere dbname=shop").unwrap();
    let fault = refused(&info).await.to_string();
    assert!(
        fault.contains("at /nowhere/.s.PGSQL.5432: No such file"),
        "{fault}"
    );
}

#[tokio::test]
async fn what_was_tried_for_want_of_a_host_is_told() {
    let info = ConnInfo::parse("dbname=shop user=ada port=1").unwrap();
    let fault = refused(&info).await;
    assert_eq!(fault.what, "Cannot connect to shop as ada at localhost:1");
    let remedy = fault.remedy.unwrap();
    assert!(
        remedy.contains("no host was named, and no socket of port 1 is in "),
        "{remedy}"
    );
    assert_eq!(connector(&info).here(), "localhost");
    let info = ConnInfo::parse("host=/nowhere dbname=shop").unwrap();
    assert_eq!(connector(&info).here(), "local socket");
    let remedy = refused(&info).await.remedy.unwrap();
    assert!(remedy.starts_with("check the folder"), "{remedy}");
    let info = ConnInfo::parse("host=db.example hostaddr=::1 dbname=shop port=1").unwrap();
    let fault = refused(&info).await.to_string();
    assert!(fault.contains("at [::1]:1: "), "{fault}");
    assert!(!fault.contains("no host was named"), "{fault}");
}

#[tokio::test]
async fn the_next_host_is_tried() {
    let database = Database::new().await;
    let mut info = database.info();
    let socket = info.get("host").unwrap().to_owned();
    info.set("host", &format!("/nowhere,{socket}")).unwrap();
    let link = Link::open(&connector(&info), link::nobody()).await.unwrap();
    assert!(statement::run(&link, "SELECT 1").await.is_ok());
}

#[tokio::test]
async fn options_and_an_application_name_reach_the_server() {
    let database = Database::new().await;
    let mut info = database.info();
    info.set("options", "-c work_mem=9MB").unwrap();
    info.set("application_name", "somebody").unwrap();
    let link = Link::open(&connector(&info), link::nobody()).await.unwrap();
    let sql = "SELECT current_setting('work_mem') || current_setting('application_name')";
    let said = statement::run(&link, sql).await.unwrap();
    assert_eq!(said.rows.cell(0, 0).unwrap().text, Some("9MBsomebody"));
}

#[tokio::test]
async fn cancel_stops_the_statement_on_the_server() {
    let database = Database::new().await;
    let link = database.link().await;
    let canceller = link.canceller();
    let sleeping = tokio::spawn(async move {
        let fault = statement::run(&link, "SELECT pg_sleep(60)")
            .await
            .unwrap_err();
        (link, fault)
    });
    let busy = "SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND query LIKE 'SELECT pg_sleep%'";
    while database.value(busy).await != "1" {
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    }
    canceller.cancel().await;
    let (link, fault) = sleeping.await.unwrap();
    assert!(fault.is_cancelled(), "{fault}");
    assert_eq!(database.value(busy).await, "0");
    assert!(
        statement::run(&link, "SELECT 1").await.is_ok(),
        "the connection is good for more"
    );
}

#[tokio::test]
async fn every_statement_is_told_however_it_ends() {
    let database = Database::new().await;
    let told: Arc<Mutex<Vec<Sent>>> = Arc::default();
    let log = Arc::clone(&told);
    let witness = Arc::new(move |sent| log.lock().unwrap().push(sent));
    let link = Link::open(&database.connector(), witness).await.unwrap();
    let (done, failed, left) = (
        "SELECT generate_series(1, 3)",
        "SELECT 1/0",
        "SELECT generate_series(1, 9)",
    );
    statement::run(&link, done).await.unwrap();
    statement::run(&link, failed).await.unwrap_err();
    let mut results = Results::of(&link, left).await.unwrap();
    let first = results.next().await.unwrap();
    assert!(matches!(first, Some(Piece::Columns(_))));
    drop(results);
    let told = told.lock().unwrap();
    let sent: Vec<&str> = told.iter().map(|sent| sent.sql.as_str()).collect();
    assert_eq!(sent, [done, failed, left]);
    assert_eq!(told[0].result, Ok(3));
    assert!(told[1].result.as_ref().unwrap_err().contains("zero"));
    assert!(told[2].result.is_err());
}
