//! TLS as each `sslmode` means it, against servers with it and without.

use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

use dbkeep::config::conninfo::ConnInfo;
use dbkeep::data::RowsBuilder;
use dbkeep::fault::Fault;
use dbkeep::pg::session::Piece;
use dbkeep::pg::{Session, link, statement};
use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DnType, ExtendedKeyUsagePurpose, IsCa,
    KeyPair,
};

use crate::support::{TcpServer, connector, link_to, refused, remedies, share, value};

/// What the server's certificate was made for.
const NAME: &str = "db.example";
const HBA: &str = "\
    hostssl   all sealed    127.0.0.1/32 trust\n\
    hostssl   all secretive 127.0.0.1/32 scram-sha-256\n\
    hostssl   all certified 127.0.0.1/32 cert\n\
    hostnossl all bare      127.0.0.1/32 trust\n";
const OWN: &str = "ssl=on\nssl_cert_file='../server.pem'\nssl_key_file='../server.key'\n";
const ROLES: &str = "CREATE ROLE sealed LOGIN; CREATE ROLE certified LOGIN; CREATE ROLE bare LOGIN;
    CREATE ROLE secretive LOGIN PASSWORD 'open sesame'";
const ENCRYPTED: &str = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";

fn authority(name: &str) -> CertifiedIssuer<'static, KeyPair> {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::CommonName, name);
    CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap()
}

/// A certificate and its key, in PEM.
fn certificate(
    authority: &CertifiedIssuer<'static, KeyPair>,
    name: &str,
    purpose: ExtendedKeyUsagePurpose,
) -> (String, String) {
    let mut params = CertificateParams::new([name.to_owned()]).unwrap();
    params.distinguished_name.push(DnType::CommonName, name);
    params.extended_key_usages = vec![purpose];
    let key = KeyPair::generate().unwrap();
    let certificate = params.signed_by(&key, authority).unwrap();
    (certificate.pem(), key.serialize_pem())
}

/// With TLS; the certificates' files are beside its data folder.
fn with_tls() -> Arc<TcpServer> {
    static RUNNING: Mutex<Weak<TcpServer>> = Mutex::new(Weak::new());
    share(&RUNNING, || {
        let (ours, foreign) = (authority("ours"), authority("foreign"));
        let (server, server_key) = certificate(&ours, NAME, ExtendedKeyUsagePurpose::ServerAuth);
        let (client, client_key) =
            certificate(&ours, "certified", ExtendedKeyUsagePurpose::ClientAuth);
        let settings = "ssl=on\nssl_cert_file='../server.pem'\nssl_key_file='../server.key'\nssl_ca_file='../ours.pem'\n";
        let files = [
            ("ours.pem", ours.pem()),
            ("foreign.pem", foreign.pem()),
            ("server.pem", server),
            ("server.key", server_key),
            ("client.pem", client),
            ("client.key", client_key),
            ("note.txt", "no certificate\n".to_owned()),
        ];
        TcpServer::start(HBA, settings, &files, ROLES)
    })
}

/// Its certificate is its own authority's, as `openssl req -x509` makes it (manual, 19.9.5).
fn self_signed() -> TcpServer {
    let mut params = CertificateParams::new([NAME.to_owned()]).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let own = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let files = [
        ("server.pem", own.pem()),
        ("server.key", own.key().serialize_pem()),
        ("foreign.pem", authority("foreign").pem()),
    ];
    TcpServer::start(HBA, OWN, &files, ROLES)
}

/// Its certificate is of version 1 and has only a common name, as `openssl x509 -req` makes it; the
/// certificate and its key are for this test alone.
fn old() -> TcpServer {
    let files = [
        (
            "server.pem",
            include_str!("certificates/old.pem").to_owned(),
        ),
        (
            "server.key",
            include_str!("certificates/old.key").to_owned(),
        ),
        (
            "root.pem",
            include_str!("certificates/old_root.pem").to_owned(),
        ),
        ("foreign.pem", authority("foreign").pem()),
    ];
    TcpServer::start(HBA, OWN, &files, ROLES)
}

fn without_tls() -> Arc<TcpServer> {
    static RUNNING: Mutex<Weak<TcpServer>> = Mutex::new(Weak::new());
    let hba = "host all bare all trust\nhost all all all scram-sha-256\n";
    share(&RUNNING, || TcpServer::start(hba, "", &[], ROLES))
}

/// `parameters` may name files as `FOLDER/…`.
fn info(server: &TcpServer, host: &str, parameters: &str) -> ConnInfo {
    let folder = server.folder.to_str().unwrap();
    server.info(&format!(
        "host={host} {}",
        parameters.replace("FOLDER", folder)
    ))
}

/// Whether the connection that is had is encrypted, as the server sees it.
async fn is_encrypted(server: &TcpServer, parameters: &str) -> bool {
    let link = link_to(&info(server, NAME, parameters)).await;
    value(&link, ENCRYPTED).await == "t"
}

/// The fault names the target, and its reason holds a word.
fn says(fault: &Fault, why: &str) {
    assert!(
        fault.what.starts_with("Cannot connect to postgres as"),
        "{fault}"
    );
    assert!(fault.what.contains("db.example:"), "{fault}");
    let reason = fault.why.as_deref().unwrap_or_default();
    assert!(reason.contains(why), "no {why:?} in the reason: {fault}");
}

#[tokio::test]
async fn without_a_root_certificate_prefer_and_require_encrypt() {
    let server = with_tls();
    for mode in ["", "sslmode=prefer", "sslmode=require"] {
        assert!(
            is_encrypted(&server, &format!("user=sealed {mode}")).await,
            "{mode}"
        );
    }
}

/// Unverified, it would be taken by whoever answers.
#[tokio::test]
async fn the_systems_roots_are_verified_or_refused() {
    let server = with_tls();
    let fault = refused(&info(&server, NAME, "user=sealed sslrootcert=system")).await;
    says(&fault, "certificate");
    for mode in ["disable", "allow", "prefer", "require", "verify-ca"] {
        let weak = format!("user=sealed sslrootcert=system sslmode={mode}");
        let fault = refused(&info(&server, NAME, &weak)).await;
        assert!(fault.what.contains(mode), "{fault}");
        assert!(fault.remedy.unwrap().contains("verify-full"));
    }
}

#[tokio::test]
async fn disable_is_refused_where_tls_is_demanded() {
    let server = with_tls();
    let fault = refused(&info(&server, NAME, "user=sealed sslmode=disable")).await;
    assert_eq!(fault.sqlstate.as_deref(), Some("28000"));
    says(&fault, "no encryption");
}

#[tokio::test]
async fn allow_and_prefer_take_the_way_that_the_server_admits() {
    let server = with_tls();
    assert!(is_encrypted(&server, "user=sealed sslmode=allow").await);
    assert!(!is_encrypted(&server, "user=bare sslmode=allow").await);
    assert!(!is_encrypted(&server, "user=bare sslmode=prefer").await);
    let fault = refused(&info(&server, NAME, "user=bare sslmode=require")).await;
    says(&fault, "SSL encryption");
}

#[tokio::test]
async fn a_server_without_tls_is_refused_by_require_and_taken_by_prefer() {
    let server = without_tls();
    for mode in ["prefer", "allow", "disable"] {
        assert!(
            !is_encrypted(&server, &format!("user=bare sslmode={mode}")).await,
            "{mode}"
        );
    }
    let fault = refused(&info(&server, NAME, "user=bare sslmode=require")).await;
    says(&fault, "does not support TLS");
}

#[tokio::test]
async fn a_wrong_password_is_the_reason_whatever_the_other_way_answers() {
    let (with, without) = (with_tls(), without_tls());
    let encrypted = info(&with, NAME, "user=secretive password=wrong sslmode=prefer");
    let plain = info(
        &without,
        NAME,
        "user=secretive password=wrong sslmode=allow",
    );
    for info in [encrypted, plain] {
        let fault = refused(&info).await;
        assert_eq!(fault.sqlstate.as_deref(), Some("28P01"), "{fault}");
        says(&fault, "password authentication failed");
    }
}

#[tokio::test]
async fn verify_ca_checks_who_signed_and_not_the_name() {
    let server = with_tls();
    let trusting = "user=sealed sslmode=verify-ca sslrootcert=FOLDER/ours.pem";
    let link = link_to(&info(&server, "other.example", trusting)).await;
    assert_eq!(value(&link, ENCRYPTED).await, "t");
    // As in libpq, a root certificate makes `require` check it too.
    for mode in ["verify-ca", "require", "verify-full"] {
        let foreign = format!("user=sealed sslmode={mode} sslrootcert=FOLDER/foreign.pem");
        let fault = refused(&info(&server, NAME, &foreign)).await;
        says(&fault, "certificate");
    }
    let fault = refused(&info(&server, NAME, "user=sealed sslmode=verify-ca")).await;
    assert!(fault.what.contains("verify-ca"), "{fault}");
    assert!(fault.remedy.unwrap().contains("sslrootcert="));
}

#[tokio::test]
async fn verify_full_checks_the_name_too() {
    let server = with_tls();
    let trusting = "user=sealed sslmode=verify-full sslrootcert=FOLDER/ours.pem";
    assert!(is_encrypted(&server, trusting).await);
    let fault = refused(&info(&server, "other.db.example", trusting)).await;
    says(&fault, NAME);
    let fault =
        refused(&server.info(&trusting.replace("FOLDER", server.folder.to_str().unwrap()))).await;
    assert!(
        fault.why.as_ref().unwrap().contains("certificate"),
        "an address is no name: {fault}"
    );
    let fault = refused(&info(&server, NAME, "user=sealed sslmode=verify-full")).await;
    says(&fault, "certificate");
}

/// Every mode encrypts with a root, and those that check are not content with another.
async fn is_taken_as_libpq_takes_it(server: &TcpServer, root: &str) {
    for mode in ["allow", "prefer", "require"] {
        let parameters = format!("user=sealed sslmode={mode}");
        assert!(is_encrypted(server, &parameters).await, "{mode}");
    }
    for mode in ["require", "verify-ca", "verify-full"] {
        let parameters = format!("user=sealed sslmode={mode} sslrootcert=FOLDER");
        let trusting = format!("{parameters}/{root}");
        assert!(is_encrypted(server, &trusting).await, "{mode}");
        let fault = refused(&info(server, NAME, &format!("{parameters}/foreign.pem"))).await;
        says(&fault, "certificate");
    }
    let full = format!("user=sealed sslmode=verify-full sslrootcert=FOLDER/{root}");
    let fault = refused(&info(server, "other.example", &full)).await;
    let why = fault.why.as_deref().unwrap_or_default();
    assert!(why.contains("not valid for name"), "{fault}");
    assert!(fault.remedy.unwrap().contains("subjectAltName"));
}

#[tokio::test]
async fn a_self_signed_certificate_is_taken_where_it_is_the_root() {
    is_taken_as_libpq_takes_it(&self_signed(), "server.pem").await;
}

#[tokio::test]
async fn a_certificate_of_version_1_is_taken_by_its_root_and_common_name() {
    is_taken_as_libpq_takes_it(&old(), "root.pem").await;
}

#[tokio::test]
async fn a_certificate_file_that_is_missing_or_empty_of_certificates_is_named() {
    let server = with_tls();
    let mut unnamed = Vec::new();
    for (parameters, file) in [
        (
            "sslmode=verify-ca sslrootcert=FOLDER/missing.pem",
            "missing.pem",
        ),
        (
            "sslmode=verify-full sslrootcert=FOLDER/note.txt",
            "note.txt",
        ),
        ("sslmode=verify-ca sslrootcert=FOLDER/note.txt", "note.txt"),
        (
            "sslmode=require sslcert=FOLDER/missing.pem sslkey=FOLDER/client.key",
            "missing.pem",
        ),
        (
            "sslmode=require sslcert=FOLDER/note.txt sslkey=FOLDER/client.key",
            "note.txt",
        ),
        (
            "sslmode=require sslcert=FOLDER/client.pem sslkey=FOLDER/missing.key",
            "missing.key",
        ),
    ] {
        let fault = refused(&info(&server, NAME, &format!("user=sealed {parameters}"))).await;
        if !fault.what.contains(file) {
            unnamed.push(format!("{parameters}: {fault}"));
        }
    }
    assert!(unnamed.is_empty(), "{}", unnamed.join("\n"));
}

#[tokio::test]
async fn a_client_certificate_is_sent_and_missed() {
    let server = with_tls();
    let own = "sslmode=require sslcert=FOLDER/client.pem sslkey=FOLDER/client.key";
    assert!(is_encrypted(&server, &format!("user=certified {own}")).await);
    let fault = refused(&info(&server, NAME, "user=certified sslmode=require")).await;
    says(&fault, "client certificate");
    let half = "user=certified sslmode=require sslcert=FOLDER/client.pem";
    let fault = refused(&info(&server, NAME, half)).await;
    assert!(
        fault.what.contains("sslkey") && fault.remedy.is_some(),
        "{fault}"
    );
}

/// The TLS library offers none, so that a login which demands it is refused, never let through.
#[tokio::test]
async fn channel_binding_that_is_demanded_is_refused() {
    let login = "user=secretive password='open sesame' channel_binding";
    let (with, without) = (with_tls(), without_tls());
    assert!(is_encrypted(&with, &format!("{login}=prefer sslmode=require")).await);
    for server in [with, without] {
        let fault = refused(&info(&server, NAME, &format!("{login}=require"))).await;
        says(&fault, "channel binding");
        assert!(fault.remedy.unwrap().contains("channel_binding=prefer"));
    }
}

#[tokio::test]
async fn a_statement_is_cancelled_whichever_way_the_connection_went() {
    let server = with_tls();
    let mut missed = Vec::new();
    for parameters in [
        "user=sealed sslmode=require",
        "user=sealed sslmode=verify-full sslrootcert=FOLDER/ours.pem",
        "user=sealed sslmode=allow",
        "user=bare sslmode=prefer",
    ] {
        let link = link_to(&info(&server, NAME, parameters)).await;
        let canceller = link.canceller();
        let cancel = async {
            tokio::time::sleep(Duration::from_millis(100)).await;
            canceller.cancel().await;
        };
        let sleep = tokio::time::timeout(
            Duration::from_secs(3),
            statement::run(&link, "SELECT pg_sleep(60)"),
        );
        let (slept, ()) = tokio::join!(sleep, cancel);
        if !slept.is_ok_and(|said| said.is_err_and(|fault| fault.is_cancelled())) {
            missed.push(parameters);
        }
    }
    assert_eq!(missed, Vec::<&str>::new());
}

#[tokio::test]
async fn a_copy_goes_through_whichever_way_the_connection_went() {
    let server = with_tls();
    for parameters in ["user=sealed sslmode=require", "user=bare sslmode=disable"] {
        let connector = connector(&info(&server, NAME, parameters));
        let mut session = Session::open(&connector, link::nobody()).await.unwrap();
        let made = session.run("CREATE TEMP TABLE t (a text)").await;
        made.unwrap().drain().await.unwrap();
        let mut rows = RowsBuilder::new(0);
        let mut running = session.run("COPY t FROM STDIN").await.unwrap();
        let Ok(Piece::Wanted(feeder)) = running.next(&mut rows, (1, 1)).await else {
            panic!("nothing is wanted");
        };
        let line = format!("{}\n", "x".repeat(999));
        let feeding = tokio::spawn(async move {
            for _ in 0..100 {
                assert!(feeder.data(line.repeat(100).into_bytes()).await);
            }
            feeder.end().await;
        });
        running.drain().await.unwrap();
        feeding.await.unwrap();
        assert_eq!(running.tag(), Some("COPY 10000"));
        let mut running = session.run("COPY t TO STDOUT").await.unwrap();
        let (mut size, mut count) = (0, 0);
        loop {
            match running.next(&mut rows, (1, 1)).await.unwrap() {
                Piece::Copied { bytes, rows } => {
                    size += bytes.len();
                    count += rows;
                }
                Piece::End => break,
                _ => {}
            }
        }
        assert_eq!((size, count), (10_000_000, 10_000), "{parameters}");
        assert_eq!(running.tag(), Some("COPY 10000"));
    }
}

#[tokio::test]
async fn each_refusal_says_what_to_do_about_it() {
    let (with, without) = (with_tls(), without_tls());
    let foreign = "user=sealed sslmode=verify-ca sslrootcert=FOLDER/foreign.pem";
    let ours = "user=sealed sslmode=verify-full sslrootcert=FOLDER/ours.pem";
    remedies(&[
        (info(&with, NAME, "user=sealed sslmode=disable"), "sslmode"),
        (info(&with, NAME, "user=bare sslmode=require"), "sslmode"),
        (info(&without, NAME, "user=bare sslmode=require"), "sslmode"),
        (info(&with, NAME, foreign), "sslrootcert"),
        (info(&with, "other.example", ours), "certificate"),
        (
            info(&with, NAME, "user=sealed sslmode=verify-full"),
            "sslrootcert",
        ),
        (
            info(&with, NAME, "user=certified sslmode=require"),
            "sslcert",
        ),
    ])
    .await;
}
