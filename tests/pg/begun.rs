//! The connection that is begun before anybody wants it: its first question does not wait for the
//! answer to its settings, and what comes of it is not believed before.

use std::time::Duration;

use dbkeep::config::conninfo::ConnInfo;
use dbkeep::pg::{Link, Pool, link, statement};
use dbkeep::studio::work::server::Server;
use dbkeep::studio::work::{DbReply, DbRequest, Part, Ticket};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, UnixStream};
use tokio::sync::{mpsc, watch};

use crate::support::{Database, connector};

/// The way to a database through somebody who keeps the answer to the settings of the first
/// connection until more is asked through it, and says there `instead` of what is said.
async fn through(database: &Database, (said, instead): (&'static str, &'static str)) -> ConnInfo {
    assert_eq!(said.len(), instead.len(), "a message says its length");
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut info = database.info();
    let folder = info.get("host").unwrap();
    let socket = format!("{folder}/.s.PGSQL.{}", info.get("port").unwrap_or("5432"));
    let port = listener.local_addr().unwrap().port().to_string();
    for (keyword, value) in [
        ("host", "127.0.0.1"),
        ("port", &port),
        ("sslmode", "disable"),
    ] {
        info.set(keyword, value).unwrap();
    }
    tokio::spawn(async move {
        let mut is_first = true;
        while let Ok((client, _)) = listener.accept().await {
            let server = UnixStream::connect(&socket).await.unwrap();
            if std::mem::take(&mut is_first) {
                let (mut from_client, mut to_client) = client.into_split();
                let (mut from_server, mut to_server) = server.into_split();
                let (keep, mut kept) = watch::channel(false);
                tokio::spawn(async move {
                    let mut bytes = vec![0; 1 << 16];
                    while let Ok(count @ 1..) = from_client.read(&mut bytes).await {
                        let bytes = &mut bytes[..count];
                        if let Some(at) = place(bytes, said) {
                            bytes[at..at + said.len()].copy_from_slice(instead.as_bytes());
                        }
                        let is_alone = place(bytes, "SET DateStyle").is_some()
                            && place(bytes, "pg_namespace").is_none();
                        keep.send_replace(is_alone);
                        to_server.write_all(bytes).await.unwrap();
                    }
                });
                tokio::spawn(async move {
                    let mut bytes = vec![0; 1 << 16];
                    while let Ok(count @ 1..) = from_server.read(&mut bytes).await {
                        let _ = kept.wait_for(|is_kept| !is_kept).await;
                        if to_client.write_all(&bytes[..count]).await.is_err() {
                            return;
                        }
                    }
                });
            } else {
                let (mut client, mut server) = (client, server);
                tokio::spawn(async move {
                    tokio::io::copy_bidirectional(&mut client, &mut server).await
                });
            }
        }
    });
    info
}

/// Where a text stands in what is sent.
fn place(bytes: &[u8], text: &str) -> Option<usize> {
    let mut windows = bytes.windows(text.len());
    windows.position(|window| window == text.as_bytes())
}

const UNCHANGED: (&str, &str) = ("SET", "SET");
const REFUSED: (&str, &str) = ("IntervalStyle = 'postgres'", "IntervalStyle = 'nonsense'");

/// What a start through a connection that was begun comes to.
async fn start(info: &ConnInfo) -> Vec<DbReply> {
    let connector = connector(info);
    connector.begin().await;
    let (replies, mut answers) = mpsc::unbounded_channel();
    let mut server = Server::new(Pool::new(connector, link::nobody()).unwrap(), replies);
    server.begin(Ticket(1), DbRequest::Start { limit: 5 });
    let mut all = Vec::new();
    let ended = tokio::time::timeout(Duration::from_secs(20), async {
        while let Some((_, reply)) = answers.recv().await {
            let is_last = reply.is_final();
            all.push(reply);
            if is_last {
                return;
            }
        }
    });
    ended
        .await
        .expect("a question waits for the answer to the settings");
    all
}

#[tokio::test]
async fn the_first_question_is_asked_before_the_settings_are_answered() {
    let database = Database::with("CREATE TABLE a_table ()").await;
    let info = through(&database, UNCHANGED).await;
    let replies = start(&info).await;
    assert!(
        matches!(
            &replies[..],
            [DbReply::Part(Part::Catalog(_)), .., DbReply::Done]
        ),
        "{replies:?}"
    );
}

#[tokio::test]
async fn nothing_is_believed_where_the_settings_are_refused() {
    let database = Database::with("CREATE TABLE a_table ()").await;
    let info = through(&database, REFUSED).await;
    let replies = start(&info).await;
    let [DbReply::Failed(fault)] = &replies[..] else {
        panic!("{replies:?}");
    };
    assert!(fault.to_string().contains("nonsense"), "{fault}");
}

#[tokio::test]
async fn a_connection_whose_settings_are_refused_is_ended() {
    let database = Database::new().await;
    let info = through(&database, REFUSED).await;
    let connector = connector(&info);
    connector.begin().await;
    let pool = Pool::new(connector, link::nobody()).unwrap();
    let early = pool.early_link().await.unwrap();
    let asked = statement::run(&early, "SELECT 'pg_namespace'");
    let (settled, _) = tokio::join!(pool.settled(), asked);
    assert!(settled.is_err());
    let fault = statement::run(&early, "SELECT 1").await.unwrap_err();
    assert!(fault.is_lost, "{fault}");
    drop(early);
    // The next one is a new one, and as it should be.
    let next = pool.link().await.unwrap();
    let said = statement::run(&next, "SHOW IntervalStyle").await.unwrap();
    assert_eq!(said.rows.cell(0, 0).unwrap().text, Some("postgres"));
}

#[tokio::test]
async fn whoever_is_given_it_otherwise_waits_for_its_settings() {
    let database = Database::new().await;
    let info = through(&database, UNCHANGED).await;
    let connector = connector(&info);
    connector.begin().await;
    let waits = tokio::time::timeout(
        Duration::from_millis(300),
        Link::open(&connector, link::nobody()),
    );
    assert!(waits.await.is_err());
}
