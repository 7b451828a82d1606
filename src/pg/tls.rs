//! TLS as libpq's `sslmode` means it (PostgreSQL manual, 34.19), on rustls.
//!
//! `verify-full` checks chain and name; `verify-ca` the chain only; `require` and weaker encrypt
//! without checking, unless a root certificate is given, in which case `require` acts as
//! `verify-ca`, as in libpq. `sslrootcert=system` means the system's roots and `verify-full`, which
//! uses them too where no root certificate is given.
//!
//! A name is one of the certificate's subjectAltName. Where it has none, the common name is taken if a
//! root certificate is given; the system's authorities sign nothing like that.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::ClientConfig;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::config::conninfo::ConnInfo;
use crate::fault::{Fault, Outcome};

mod certificate;
mod verifier;

use verifier::Verifier;

/// How much of the server's certificate is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check {
    /// Nothing: encryption against listeners only.
    Nothing,
    /// That a trusted authority signed it.
    Chain,
    /// That, and that it was made for this host.
    ChainAndName,
}

/// The client configuration for a connection.
///
/// # Errors
/// A certificate or key file that cannot be read, with its path.
pub fn config(info: &ConnInfo, home: &Path, check: Check) -> Outcome<ClientConfig> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()
        .map_err(|error| Fault::new("TLS cannot be set up").because(error))?
        .dangerous()
        .with_custom_certificate_verifier(verifier(
            roots(info, home).as_deref(),
            check,
            &provider,
        )?);
    match (
        file(info, home, "sslcert", "postgresql.crt"),
        file(info, home, "sslkey", "postgresql.key"),
    ) {
        (Some(cert), Some(key)) => {
            let chain = certificates(&cert)?;
            let key = PrivateKeyDer::from_pem_file(&key).map_err(|error| {
                Fault::new(format!("The key {} (sslkey) cannot be read", key.display()))
                    .because(error)
            })?;
            builder
                .with_client_auth_cert(chain, key)
                .map_err(|error| Fault::new("The client certificate cannot be used").because(error))
        }
        // A key that nobody names is looked at with a certificate only.
        (None, key) if key.is_none() || info.get("sslkey").is_none() => {
            Ok(builder.with_no_client_auth())
        }
        _ => Err(Fault::new("sslcert and sslkey go together").remedy("give both, or neither")),
    }
}

/// A file that is named, or else the one that libpq would find in the home folder.
fn file(info: &ConnInfo, home: &Path, keyword: &str, name: &str) -> Option<PathBuf> {
    let default = home.join(".postgresql").join(name);
    let named = info.get(keyword).map(PathBuf::from);
    named.or_else(|| Some(default).filter(|path| path.exists()))
}

/// Whether it is the system's authorities that are asked for, not a file of that name.
pub(in crate::pg) fn has_system_roots(info: &ConnInfo) -> bool {
    info.get("sslrootcert") == Some("system")
}

/// The file of the authorities that are trusted; the system's where there is none.
pub(in crate::pg) fn roots(info: &ConnInfo, home: &Path) -> Option<PathBuf> {
    file(info, home, "sslrootcert", "root.crt").filter(|_| !has_system_roots(info))
}

fn verifier(
    roots: Option<&Path>,
    check: Check,
    provider: &Arc<CryptoProvider>,
) -> Outcome<Arc<dyn ServerCertVerifier>> {
    let failed = |error: &dyn std::fmt::Display| {
        Fault::new("TLS verification cannot be set up").because(error)
    };
    match (check, roots) {
        (Check::Nothing, _) => {
            Ok(Verifier::new(check, Vec::new(), provider).map_err(|error| failed(&error))?)
        }
        (Check::ChainAndName, None) => Ok(Arc::new(
            rustls_platform_verifier::Verifier::new(Arc::clone(provider))
                .map_err(|error| failed(&error))?,
        )),
        (_, Some(path)) => Ok(Verifier::new(check, certificates(path)?, provider).map_err(
            |error| {
                let path = path.display();
                Fault::new(format!("{path} holds no usable root certificate")).because(error)
            },
        )?),
        (Check::Chain, None) => Err(Fault::new("sslmode=verify-ca needs a root certificate")
            .remedy("give sslrootcert=FILE, or use sslmode=verify-full with the system's roots")),
    }
}

fn certificates(path: &Path) -> Outcome<Vec<CertificateDer<'static>>> {
    let failed = |error: rustls::pki_types::pem::Error| {
        Fault::new(format!(
            "The certificate file {} cannot be read",
            path.display()
        ))
        .because(error)
        .remedy("give a PEM file that this user may read")
    };
    let certificates: Vec<_> = CertificateDer::pem_file_iter(path)
        .map_err(failed)?
        .collect::<Result<_, _>>()
        .map_err(failed)?;
    if certificates.is_empty() {
        return Err(
            Fault::new(format!("{} holds no certificate", path.display()))
                .remedy("give a PEM file: it has a line BEGIN CERTIFICATE"),
        );
    }
    Ok(certificates)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    #[test]
    fn a_key_that_nobody_names_waits_for_its_certificate() {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join(".postgresql");
        std::fs::create_dir(&folder).unwrap();
        std::fs::write(folder.join("postgresql.key"), "").unwrap();
        let made = |text: &str| {
            let info = ConnInfo::parse(text).unwrap();
            config(&info, home.path(), Check::Nothing).map(drop)
        };
        assert_eq!(made("host=h"), Ok(()));
        let named = format!("host=h sslkey={}", folder.join("postgresql.key").display());
        let fault = made(&named).unwrap_err();
        assert!(fault.what.contains("go together"), "{fault}");
        std::fs::write(folder.join("postgresql.crt"), "").unwrap();
        assert!(made("host=h").is_err(), "the pair is used, and is none");
    }
}
