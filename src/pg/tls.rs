//! TLS as libpq's `sslmode` means it (PostgreSQL manual, 34.19), on rustls.
//!
//! `verify-full` checks chain and name; `verify-ca` the chain only; `require` and weaker encrypt
//! without checking, unless a root certificate is given, in which case `require` acts as
//! `verify-ca`, as in libpq. `sslrootcert=system` means the system's roots and `verify-full`, which
//! uses them too where no root certificate is given.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{WebPkiServerVerifier, verify_server_cert_signed_by_trust_anchor};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};

use crate::config::conninfo::ConnInfo;
use crate::fault::{Fault, Outcome};

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
        (None, None) => Ok(builder.with_no_client_auth()),
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
        (Check::Nothing, _) => Ok(Arc::new(Unchecked(Arc::clone(provider)))),
        (Check::ChainAndName, None) => Ok(Arc::new(
            rustls_platform_verifier::Verifier::new(Arc::clone(provider))
                .map_err(|error| failed(&error))?,
        )),
        (Check::ChainAndName, Some(path)) => Ok(WebPkiServerVerifier::builder_with_provider(
            Arc::new(root_store(path)?),
            Arc::clone(provider),
        )
        .build()
        .map_err(|error| failed(&error))?),
        (Check::Chain, Some(path)) => Ok(Arc::new(ChainOnly {
            roots: root_store(path)?,
            provider: Arc::clone(provider),
        })),
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

fn root_store(path: &Path) -> Outcome<RootCertStore> {
    let mut store = RootCertStore::empty();
    for certificate in certificates(path)? {
        store.add(certificate).map_err(|error| {
            Fault::new(format!(
                "{} holds no usable root certificate",
                path.display()
            ))
            .because(error)
        })?;
    }
    Ok(store)
}

/// Encrypts and believes: `sslmode=require` and weaker, as libpq defines them.
#[derive(Debug)]
struct Unchecked(Arc<CryptoProvider>);

impl ServerCertVerifier for Unchecked {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        rustls::crypto::verify_tls12_signature(
            message,
            cert,
            signed,
            &self.0.signature_verification_algorithms,
        )
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        rustls::crypto::verify_tls13_signature(
            message,
            cert,
            signed,
            &self.0.signature_verification_algorithms,
        )
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

/// `sslmode=verify-ca`: a trusted authority signed it; for which host does not matter.
#[derive(Debug)]
struct ChainOnly {
    roots: RootCertStore,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for ChainOnly {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        verify_server_cert_signed_by_trust_anchor(
            &ParsedCertificate::try_from(end_entity)?,
            &self.roots,
            intermediates,
            now,
            self.provider.signature_verification_algorithms.all,
        )?;
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        rustls::crypto::verify_tls12_signature(
            message,
            cert,
            signed,
            &self.provider.signature_verification_algorithms,
        )
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        rustls::crypto::verify_tls13_signature(
            message,
            cert,
            signed,
            &self.provider.signature_verification_algorithms,
        )
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider
            .signature_verification_algorithms
            .supported_schemes()
    }
}
