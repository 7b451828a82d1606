//! The connection that is begun before anybody wants it: its first question does not wait for the
//! answer to its settings, and what comes of it is not believed before.

use std::sync::Arc;
use std::time::Duration;

use dbkeep::config::conninfo::ConnInfo;
use dbkeep::pg::{Link, Pool, link, statement};
use dbkeep::studio::work::server::Server;
use dbkeep::studio::work::{DbReply, DbRequest, Part, Ticket};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream, UnixStream};
use tokio::sync::{mpsc, watch};

use crate::support::{Database, connector};

/// What happens to the settings of the first connection on its way.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Settings {
    /// They are answered once something else is asked.
    AnsweredWhenMoreIsAsked,
    /// The same; one of them is another one, which the server refuses.
    Refused,
    /// They are answered when the test says so.
    AnsweredLater,
}

/// The way to a database, and whether an answer is kept from the first connection now. Others go
/// straight through.
async fn through(database: &Database, settings: Settings) -> (ConnInfo, Arc<watch::Sender<bool>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut info = database.info();
    let folder = info.get("host").unwrap();
    let port = info.get("port").unwrap_or("5432");
    let socket = format!("{folder}/.s.PGSQL.{port}");
    let port = listener.local_addr().unwrap().port().to_string();
    let place = [
        ("host", "127.0.0.1"),
        ("port", &port),
        ("sslmode", "disable"),
    ];
    for (keyword, value) in place {
        info.set(keyword, value).unwrap();
    }
    let kept = Arc::new(watch::Sender::new(false));
    let keep = Arc::clone(&kept);
    tokio::spawn(async move {
        let (first, _) = listener.accept().await.unwrap();
        let server = UnixStream::connect(&socket).await.unwrap();
        between(first, server, settings, keep);
        while let Ok((mut client, _)) = listener.accept().await {
            let mut server = UnixStream::connect(&socket).await.unwrap();
            tokio::spawn(
                async move { tokio::io::copy_bidirectional(&mut client, &mut server).await },
            );
        }
    });
    (info, kept)
}

fn between(
    client: TcpStream,
    server: UnixStream,
    settings: Settings,
    keep: Arc<watch::Sender<bool>>,
) {
    const SAID: &str = "IntervalStyle = 'postgres'";
    const INSTEAD: &str = "IntervalStyle = 'nonsense'";
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let mut kept = keep.subscribe();
    tokio::spawn(async move {
        let mut bytes = vec![0; 1 << 16];
        while let Ok(count @ 1..) = from_client.read(&mut bytes).await {
            let bytes = &mut bytes[..count];
            if let Some(at) = place(bytes, SAID) {
                // What is asked may have come together with them.
                keep.send_replace(
                    settings == Settings::AnsweredLater || place(bytes, "pg_namespace").is_none(),
                );
                if settings == Settings::Refused {
                    bytes[at..at + SAID.len()].copy_from_slice(INSTEAD.as_bytes());
                }
            } else if settings != Settings::AnsweredLater {
                keep.send_replace(false);
            }
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
}

/// Where a text stands in what is sent.
fn place(bytes: &[u8], text: &str) -> Option<usize> {
    let mut windows = bytes.windows(text.len());
    windows.position(|window| window == text.as_bytes())
}

/// A pool whose first connection is begun.
async fn begun(info: &ConnInfo) -> Pool {
    let connector = connector(info);
    connector.begin().await;
    Pool::new(connector, link::nobody()).unwrap()
}

/// All that comes of the requests that were begun.
async fn rest(answers: &mut Answers) -> Vec<DbReply> {
    let mut all = Vec::new();
    let ended = tokio::time::timeout(Duration::from_secs(20), async {
        while let Some((_, reply)) = answers.recv().await {
            let is_final = reply.is_final();
            all.push(reply);
            if is_final {
                return;
            }
        }
    });
    ended.await.expect("somebody waits for what does not come");
    all
}

async fn said(link: &Link, sql: &str) -> String {
    let table = statement::run(link, sql).await.unwrap();
    table.rows.cell(0, 0).unwrap().text.unwrap().to_owned()
}

type Answers = mpsc::UnboundedReceiver<(Ticket, DbReply)>;

/// A start, which is request 1, through a connection that was begun.
async fn starting(info: &ConnInfo) -> (Server, Answers) {
    let (replies, answers) = mpsc::unbounded_channel();
    let mut server = Server::new(begun(info).await, replies);
    server.begin(Ticket(1), DbRequest::Start { limit: 5 });
    (server, answers)
}

#[tokio::test]
async fn the_first_question_is_asked_before_the_settings_are_answered() {
    let database = Database::with("CREATE TABLE a_table ()").await;
    let (info, _) = through(&database, Settings::AnsweredWhenMoreIsAsked).await;
    let (_server, mut answers) = starting(&info).await;
    let replies = rest(&mut answers).await;
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
    let (info, _) = through(&database, Settings::Refused).await;
    let (_server, mut answers) = starting(&info).await;
    let replies = rest(&mut answers).await;
    let [DbReply::Failed(fault)] = &replies[..] else {
        panic!("{replies:?}");
    };
    assert!(fault.to_string().contains("nonsense"), "{fault}");
}

#[tokio::test]
async fn a_connection_whose_settings_are_refused_is_ended() {
    let database = Database::new().await;
    let (info, _) = through(&database, Settings::Refused).await;
    let (link, settled) = begun(&info).await.early().await.unwrap();
    let asked = statement::run(&link, "SELECT 'pg_namespace'");
    let (settled, _) = tokio::join!(settled, asked);
    assert!(settled.is_err());
    let fault = statement::run(&link, "SELECT 1").await.unwrap_err();
    assert!(fault.is_lost, "{fault}");
}

#[tokio::test]
async fn a_host_that_refuses_the_settings_is_passed_over_where_there_is_another() {
    let database = Database::new().await;
    let (mut info, kept) = through(&database, Settings::Refused).await;
    let straight = database.info();
    for keyword in ["host", "port"] {
        let both = [&info, &straight].map(|info| info.get(keyword).unwrap_or("5432"));
        info.set(keyword, &both.join(",")).unwrap();
    }
    // Nothing else is asked there meanwhile.
    let answered = async {
        kept.subscribe().wait_for(|is_kept| *is_kept).await.unwrap();
        kept.send_replace(false);
    };
    let opening = async {
        let (link, settled) = begun(&info).await.early().await.unwrap();
        settled.await.unwrap();
        said(&link, "SHOW IntervalStyle").await
    };
    let (style, ()) = tokio::join!(opening, answered);
    assert_eq!(style, "postgres");
}

#[tokio::test]
async fn whoever_asks_otherwise_waits_for_the_settings() {
    let database = Database::new().await;
    for is_pooled in [false, true] {
        let (info, kept) = through(&database, Settings::AnsweredLater).await;
        let connector = connector(&info);
        connector.begin().await;
        let pool = Pool::new(connector.clone(), link::nobody()).unwrap();
        let opening = tokio::spawn(async move {
            if is_pooled {
                pool.link().await
            } else {
                Link::open(&connector, link::nobody()).await
            }
        });
        kept.subscribe().wait_for(|is_kept| *is_kept).await.unwrap();
        tokio::time::sleep(Duration::from_millis(200)).await;
        assert!(!opening.is_finished());
        kept.send_replace(false);
        let link = opening.await.unwrap().unwrap();
        assert_eq!(said(&link, "SHOW IntervalStyle").await, "postgres");
    }
}

#[tokio::test]
async fn a_start_that_waits_for_its_settings_can_be_stopped_and_keeps_nobody_else_waiting() {
    let database = Database::with("CREATE TABLE a_table ()").await;
    let (info, kept) = through(&database, Settings::AnsweredLater).await;
    let (mut server, mut answers) = starting(&info).await;
    kept.subscribe().wait_for(|is_kept| *is_kept).await.unwrap();
    server.begin(Ticket(2), DbRequest::Catalog { system: false });
    let replies = rest(&mut answers).await;
    assert!(
        matches!(
            &replies[..],
            [DbReply::Part(Part::Catalog(_)), DbReply::Done]
        ),
        "{replies:?}"
    );
    server.cancel(Ticket(1));
    let replies = rest(&mut answers).await;
    assert!(
        !matches!(&replies[..], [DbReply::Part(_), ..]),
        "{replies:?}"
    );
}

#[tokio::test]
async fn settings_that_are_not_answered_run_out_of_time() {
    let database = Database::new().await;
    let (mut info, _) = through(&database, Settings::AnsweredLater).await;
    info.set("connect_timeout", "2").unwrap();
    let (_link, settled) = begun(&info).await.early().await.unwrap();
    let fault = settled.await.unwrap_err();
    assert!(fault.to_string().contains("2 s"), "{fault}");
}

#[tokio::test]
async fn a_connection_that_is_not_needed_any_more_is_the_next_ones() {
    let database = Database::new().await;
    let connector = connector(&database.info()).read_only(true);
    connector.begin().await;
    let pool = Pool::new(connector, link::nobody()).unwrap();
    let (early, settled) = pool.early().await.unwrap();
    settled.await.unwrap();
    let backend = said(&early, "SELECT pg_backend_pid()").await;
    // As a function that a query calls could.
    statement::run(&early, "SET default_transaction_read_only = off")
        .await
        .unwrap();
    pool.keep(early);
    let next = pool.link().await.unwrap();
    assert_eq!(said(&next, "SELECT pg_backend_pid()").await, backend);
    assert_eq!(
        said(&next, "SHOW default_transaction_read_only").await,
        "on"
    );
    let other = pool.link().await.unwrap();
    assert_ne!(said(&other, "SELECT pg_backend_pid()").await, backend);
}
