#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::net::Ipv4Addr;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;

use super::*;
use crate::pg::watch::Ear;

/// The codes of the first messages of a connection (manual, 55.7 `StartupMessage`,
/// `CancelRequest`, `SSLRequest`).
const STARTUP: u32 = 196_608;
const CANCEL: u32 = 80_877_102;
const TLS: u32 = 80_877_103;

/// What a server that is none does with whoever comes.
#[derive(Clone, Copy)]
enum Manner {
    /// It says nothing.
    Silent,
    /// The password is wrong.
    Refuses,
    /// It gives a session, which may write or not (`transaction_read_only`).
    Serves(&'static str),
}

/// The first message of everybody who came, in that order.
type Came = mpsc::UnboundedReceiver<u32>;

/// Servers of one port, each at an address of its own.
async fn listening<const N: usize>(manners: [Manner; N]) -> (u16, Vec<IpAddr>, Vec<Came>) {
    let (mut port, mut addresses, mut all) = (0, Vec::new(), Vec::new());
    for (last, manner) in (1..).zip(manners) {
        let address = Ipv4Addr::new(127, 0, 0, last);
        let listener = TcpListener::bind((address, port)).await.unwrap();
        port = listener.local_addr().unwrap().port();
        let (comes, came) = mpsc::unbounded_channel();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, manner, comes.clone()));
            }
        });
        addresses.push(address.into());
        all.push(came);
    }
    (port, addresses, all)
}

async fn serve(
    mut stream: TcpStream,
    manner: Manner,
    comes: mpsc::UnboundedSender<u32>,
) -> std::io::Result<()> {
    let rest = usize::try_from(stream.read_u32().await?).unwrap() - 8;
    let code = stream.read_u32().await?;
    let _ = comes.send(code);
    stream.read_exact(&mut vec![0; rest]).await?;
    if code == TLS {
        // It has TLS, which breaks off.
        return stream.write_all(b"S").await;
    }
    let value = match manner {
        Manner::Silent => std::future::pending().await,
        Manner::Refuses => {
            let refusal = b"SFATAL\0VFATAL\0C28P01\0Mpassword authentication failed\0\0";
            return stream.write_all(&framed(b'E', refusal)).await;
        }
        Manner::Serves(_) if code == CANCEL => return Ok(()),
        Manner::Serves(value) => value,
    };
    let ready = framed(b'Z', b"I");
    let let_in = [framed(b'R', &[0; 4]), framed(b'K', &[1; 8]), ready.clone()];
    stream.write_all(&let_in.concat()).await?;
    loop {
        stream.read_u8().await?;
        let mut sql = vec![0; usize::try_from(stream.read_u32().await?).unwrap() - 4];
        stream.read_exact(&mut sql).await?;
        let rows = if sql.starts_with(b"SHOW") {
            let length = u8::try_from(value.len()).unwrap();
            let column = [&[0, 1][..], b"c\0", &[0; 6], &[0, 0, 0, 25], &[0; 8]].concat();
            let row = [&[0, 1, 0, 0, 0, length][..], value.as_bytes()].concat();
            [framed(b'T', &column), framed(b'D', &row)].concat()
        } else {
            Vec::new()
        };
        let answer = [rows, framed(b'C', b"DONE\0"), ready.clone()].concat();
        stream.write_all(&answer).await?;
    }
}

fn framed(kind: u8, body: &[u8]) -> Vec<u8> {
    let length = u32::try_from(body.len() + 4).unwrap();
    [&[kind][..], &length.to_be_bytes(), body].concat()
}

/// To a name that the system knows no address of.
fn connector(port: u16) -> Connector {
    let text = format!("host=db.invalid port={port} user=ada password=wrong sslmode=disable");
    let info = ConnInfo::parse(&text).unwrap();
    Connector::new(&info, Path::new("/nonexistent"), "nobody").unwrap()
}

#[tokio::test]
async fn each_address_of_a_name_has_the_whole_time_limit() {
    let (port, addresses, _came) = listening([Manner::Silent, Manner::Serves("off")]).await;
    let limit = Duration::from_millis(300);
    let connector = Connector {
        limit: Some(limit),
        ..connector(port)
    };
    let begun = Instant::now();
    let opened = connector.try_addresses(&connector.hosts[0], &addresses, Wanted::Any, None);
    assert!(opened.await.is_ok());
    assert!(begun.elapsed() >= limit);
}

#[tokio::test]
async fn a_wrong_password_is_sent_to_one_address_of_a_name() {
    let (port, addresses, mut came) = listening([Manner::Refuses, Manner::Refuses]).await;
    let connector = connector(port);
    let opened = connector.try_addresses(&connector.hosts[0], &addresses, Wanted::Any, None);
    let refusal = opened.await.err().unwrap();
    assert!(is_login(&refusal), "{refusal:?}");
    assert_eq!(came[0].try_recv(), Ok(STARTUP));
    assert!(came[1].try_recv().is_err());
    let fault = connector.refused(&connector.hosts[0], &refusal);
    assert!(fault.what.contains(&format!("db.invalid:{port}")));
}

#[tokio::test]
async fn every_address_of_a_name_is_asked_for_the_session_that_is_wanted() {
    let (port, addresses, _came) = listening([Manner::Serves("on"), Manner::Serves("off")]).await;
    let connector = connector(port);
    let (host, wanted) = (&connector.hosts[0], Wanted::ReadWrite);
    let opened = connector.try_addresses(host, &addresses, wanted, None);
    assert!(opened.await.is_ok());
    let opened = connector.try_addresses(host, &addresses[..1], wanted, None);
    let refusal = opened.await.err().unwrap();
    assert!(matches!(refusal, Refusal::Unfit(_)), "{refusal:?}");
}

#[tokio::test]
async fn a_wish_to_cancel_goes_to_the_address_that_was_connected() {
    let (port, addresses, mut came) =
        listening([Manner::Serves("on"), Manner::Serves("off")]).await;
    let connector = connector(port);
    let (heard, _heard) = mpsc::unbounded_channel();
    let (copied, _copied) = mpsc::channel(1);
    let (said, _said) = mpsc::channel(1);
    let ears = Ears {
        ear: Ear { heard, copied },
        said,
        unheard: Arc::default(),
    };
    for ears in [None, Some(&ears)] {
        let wanted = Wanted::ReadWrite;
        let opened = connector.try_addresses(&connector.hosts[0], &addresses, wanted, ears);
        let (entered, _settling) = opened.await.unwrap();
        let token = entered.client.cancel_token();
        connector.cancel(&entered.door, token).await.unwrap();
        assert_eq!(came[0].recv().await, Some(STARTUP));
        assert_eq!(came[1].recv().await, Some(STARTUP));
        assert_eq!(came[1].recv().await, Some(CANCEL));
    }
    assert!(came[0].try_recv().is_err());
}

#[tokio::test]
async fn prefer_goes_on_in_the_clear_only_where_a_server_has_no_tls() {
    let (port, _, mut came) = listening([Manner::Serves("off")]).await;
    let text = format!("host=127.0.0.1 port={port} user=ada sslmode=prefer");
    let info = ConnInfo::parse(&text).unwrap();
    let connector = Connector::new(&info, Path::new("/nonexistent"), "nobody").unwrap();
    let fault = connector.open().await.err().unwrap();
    assert!(fault.why.unwrap().contains("TLS handshake"));
    assert!(fault.remedy.unwrap().contains("sslmode=disable"));
    assert_eq!(came[0].try_recv(), Ok(TLS));
    assert!(came[0].try_recv().is_err());
}

#[test]
fn the_systems_roots_go_with_verify_full_alone() {
    let table = [
        ("", Some("prefer")),
        ("sslmode=require", Some("require")),
        ("sslrootcert=system", Some("verify-full")),
        (
            "sslrootcert=system sslmode=verify-full",
            Some("verify-full"),
        ),
        ("sslrootcert=system sslmode=verify-ca", None),
        ("sslrootcert=system sslmode=require", None),
        ("sslrootcert=system sslmode=prefer", None),
        ("sslrootcert=system sslmode=disable", None),
        ("sslrootcert=system.pem sslmode=require", Some("require")),
    ];
    for (text, wanted) in table {
        let info = ConnInfo::parse(&format!("host=h {text}")).unwrap_or_default();
        assert_eq!(sslmode(&info).ok(), wanted, "{text}");
    }
}
