#![allow(clippy::unwrap_used, clippy::panic, reason = "a test may panic")]

use std::time::Duration;

use rcgen::{
    BasicConstraints, CertificateParams, CertifiedIssuer, DistinguishedName, DnType,
    GeneralSubtree, IsCa, KeyPair, NameConstraints,
};
use rustls::pki_types::PrivateKeyDer;
use rustls::pki_types::pem::PemObject;
use rustls::server::ResolvesServerCert;
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::version::{TLS12, TLS13};
use rustls::{ClientConfig, ClientConnection, ServerConfig, ServerConnection};

use super::*;

/// Of version 1, for db.example, by an RSA root; made by openssl for these tests, with its key.
const OLD: &str = include_str!("../../../../tests/pg/certificates/old.pem");
const OLD_KEY: &str = include_str!("../../../../tests/pg/certificates/old.key");
const OLD_ROOT: &str = include_str!("../../../../tests/pg/certificates/old_root.pem");

/// A certificate and its key.
type Pair = (CertificateDer<'static>, PrivateKeyDer<'static>);

fn old() -> Pair {
    (
        pem(OLD),
        PrivateKeyDer::from_pem_slice(OLD_KEY.as_bytes()).unwrap(),
    )
}

fn pem(text: &str) -> CertificateDer<'static> {
    CertificateDer::from_pem_slice(text.as_bytes()).unwrap()
}

/// As `openssl req -x509` makes it: an authority's, by its own key.
fn own(common: &str, names: &[&str]) -> Pair {
    let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
    let mut params = CertificateParams::new(names).unwrap();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params.distinguished_name.push(DnType::CommonName, common);
    let issuer = CertifiedIssuer::self_signed(params, KeyPair::generate().unwrap()).unwrap();
    let key = PrivateKeyDer::try_from(issuer.key().serialize_der()).unwrap();
    (issuer.der().clone(), key)
}

/// Who may sign for others.
fn authority() -> CertificateParams {
    let mut params = CertificateParams::default();
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    params
}

/// A server's, with no name but the common one: db.example.
fn nameless() -> CertificateParams {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    let name = &mut params.distinguished_name;
    name.push(DnType::CommonName, "db.example");
    params
}

/// Shakes hands with a server that has a certificate and a key, which need not be its own.
fn shake(pair: Pair, check: Check, root: Option<&str>, host: &str) -> Result<(), Error> {
    let roots = root.map(pem).into_iter().collect();
    shake_with(pair, check, roots, host)
}

fn shake_with(
    (certificate, key): Pair,
    check: Check,
    roots: Vec<CertificateDer<'static>>,
    host: &str,
) -> Result<(), Error> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = Verifier::new(check, roots, &provider)?;
    let key = provider.key_provider.load_private_key(key)?;
    let pair = SingleCertAndKey::from(CertifiedKey::new(vec![certificate], key));
    let pair: Arc<dyn ResolvesServerCert> = Arc::new(pair);
    for version in [&TLS12, &TLS13] {
        let client = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_protocol_versions(&[version])?
            .dangerous()
            .with_custom_certificate_verifier(Arc::clone(&verifier) as _)
            .with_no_client_auth();
        let server = ServerConfig::builder_with_provider(Arc::clone(&provider))
            .with_protocol_versions(&[version])?
            .with_no_client_auth()
            .with_cert_resolver(Arc::clone(&pair));
        let name = ServerName::try_from(host.to_owned()).unwrap();
        let mut client = ClientConnection::new(Arc::new(client), name)?;
        let mut server = ServerConnection::new(Arc::new(server))?;
        while client.is_handshaking() || server.is_handshaking() {
            let mut bytes = Vec::new();
            while client.wants_write() {
                client.write_tls(&mut bytes).unwrap();
            }
            server.read_tls(&mut bytes.as_slice()).unwrap();
            server.process_new_packets()?;
            bytes.clear();
            while server.wants_write() {
                server.write_tls(&mut bytes).unwrap();
            }
            client.read_tls(&mut bytes.as_slice()).unwrap();
            client.process_new_packets()?;
        }
    }
    Ok(())
}

fn refusal(result: Result<(), Error>) -> CertificateError {
    match result.unwrap_err() {
        Error::InvalidCertificate(error) => error,
        other => panic!("{other}"),
    }
}

#[test]
fn a_certificate_of_version_1_is_taken_as_libpq_takes_it() {
    assert_eq!(shake(old(), Check::Nothing, None, "other.example"), Ok(()));
    let root = Some(OLD_ROOT);
    assert_eq!(shake(old(), Check::Chain, root, "other.example"), Ok(()));
    assert_eq!(
        shake(old(), Check::ChainAndName, root, "db.example"),
        Ok(())
    );
    let other = shake(old(), Check::ChainAndName, root, "other.example");
    assert!(matches!(
        refusal(other),
        CertificateError::NotValidForNameContext { .. }
    ));
}

/// The root has the name of the one that signed, and another key.
#[test]
fn a_certificate_of_version_1_by_somebody_else_is_refused() {
    for common in ["old root", "foreign"] {
        let roots = vec![own(common, &[]).0];
        let result = shake_with(old(), Check::Chain, roots, "db.example");
        assert_eq!(refusal(result), CertificateError::UnknownIssuer);
    }
}

/// A certificate is no secret: whoever shows one must have its key too.
#[test]
fn a_certificate_without_its_key_is_refused() {
    let root = own("db.example", &["db.example"]);
    for (certificate, roots) in [
        (pem(OLD), vec![pem(OLD_ROOT)]),
        (root.0.clone(), vec![root.0]),
    ] {
        for check in [Check::Nothing, Check::Chain, Check::ChainAndName] {
            let (_, key) = own("db.example", &[]);
            let pair = (certificate.clone(), key);
            let result = shake_with(pair, check, roots.clone(), "db.example");
            assert_eq!(refusal(result), CertificateError::BadSignature);
        }
    }
}

#[test]
fn a_root_is_good_as_the_servers_own_certificate_if_the_name_is() {
    for names in [&["db.example"][..], &[]] {
        let (root, key) = own("db.example", names);
        for (check, host, fits) in [
            (Check::Chain, "other.example", true),
            (Check::ChainAndName, "db.example", true),
            (Check::ChainAndName, "other.example", false),
        ] {
            let pair = (root.clone(), key.clone_key());
            let result = shake_with(pair, check, vec![root.clone()], host);
            assert_eq!(result.is_ok(), fits, "{names:?} {check:?}: {result:?}");
        }
        let pair = (root.clone(), key.clone_key());
        let foreign = vec![own("db.example", names).0];
        assert!(shake_with(pair, Check::Chain, foreign, "db.example").is_err());
    }
}

#[test]
fn a_common_name_is_enough_where_there_is_no_other_name() {
    let root = CertifiedIssuer::self_signed(authority(), KeyPair::generate().unwrap()).unwrap();
    let key = KeyPair::generate().unwrap();
    let certificate = nameless().signed_by(&key, &root).unwrap();
    for (host, fits) in [("db.example", true), ("other.example", false)] {
        let key = PrivateKeyDer::try_from(key.serialize_der()).unwrap();
        let pair = (certificate.der().clone(), key);
        let roots = vec![root.der().clone()];
        let result = shake_with(pair, Check::ChainAndName, roots, host);
        assert_eq!(result.is_ok(), fits, "{host}: {result:?}");
    }
}

/// Who may sign for the names of a department could else sign for those of everybody.
#[test]
fn a_common_name_counts_for_nothing_below_an_authority_for_some_names_only() {
    let root = CertifiedIssuer::self_signed(authority(), KeyPair::generate().unwrap()).unwrap();
    let provider = rustls::crypto::ring::default_provider();
    let roots = vec![root.der().clone()];
    let verifier = Verifier::new(Check::ChainAndName, roots, &provider).unwrap();
    for (constrained, is_taken) in [(false, true), (true, false)] {
        let mut params = authority();
        params
            .distinguished_name
            .push(DnType::CommonName, "a department");
        params.name_constraints = constrained.then(|| NameConstraints {
            permitted_subtrees: vec![GeneralSubtree::DnsName("dept.example".to_owned())],
            excluded_subtrees: Vec::new(),
        });
        let key = KeyPair::generate().unwrap();
        let department = CertifiedIssuer::signed_by(params, key, &root).unwrap();
        let key = KeyPair::generate().unwrap();
        let certificate = nameless().signed_by(&key, &department).unwrap();
        let outcome = verifier.verify_server_cert(
            certificate.der(),
            &[department.der().clone()],
            &ServerName::try_from("db.example").unwrap(),
            &[],
            UnixTime::now(),
        );
        assert_eq!(outcome.is_ok(), is_taken, "{outcome:?}");
    }
}

#[test]
fn a_common_name_counts_for_nothing_beside_another_name() {
    let (root, key) = own("db.example", &["other.example"]);
    let pair = (root.clone(), key);
    let result = shake_with(pair, Check::ChainAndName, vec![root], "db.example");
    assert!(matches!(
        refusal(result),
        CertificateError::NotValidForNameContext { .. }
    ));
}

#[test]
fn a_certificate_of_another_time_is_refused() {
    let (root, certificate) = (pem(OLD_ROOT), pem(OLD));
    let provider = rustls::crypto::ring::default_provider();
    let roots = vec![root.clone()];
    let verifier = Verifier::new(Check::Chain, roots, &provider).unwrap();
    let at = |years: u64| UnixTime::since_unix_epoch(Duration::from_secs(years * 31_557_600));
    for certificate in [root, certificate] {
        let check = |years| verifier.check_chain(&certificate, &[], at(years));
        assert_eq!(check(60), Ok(()));
        assert_eq!(refusal(check(40)), CertificateError::NotValidYet);
        assert_eq!(refusal(check(160)), CertificateError::Expired);
    }
}
