//! Who verifies the server's certificate against roots of the person's own, or not at all.
//!
//! What rustls reads is its own to judge. Beside that, as in libpq, a root is good as the server's own
//! certificate (it may have signed itself), and so is a certificate of version 1 that a root signed;
//! between such a one and the root no other is taken.

use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use rustls::crypto::{
    CryptoProvider, WebPkiSupportedAlgorithms, verify_tls12_signature, verify_tls13_signature,
    verify_tls13_signature_with_raw_key,
};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{
    CertificateError, DigitallySignedStruct, Error, PeerMisbehaved, RootCertStore, SignatureScheme,
};

use super::Check;
use super::certificate::{Certificate, is_name_of};

/// It verifies as much as is to be checked.
#[derive(Debug)]
pub(super) struct Verifier {
    check: Check,
    roots: Vec<CertificateDer<'static>>,
    store: RootCertStore,
    algorithms: WebPkiSupportedAlgorithms,
}

impl Verifier {
    /// # Errors
    /// One of the roots cannot be used.
    pub(super) fn new(
        check: Check,
        roots: Vec<CertificateDer<'static>>,
        provider: &CryptoProvider,
    ) -> Result<Arc<Self>, Error> {
        let mut store = RootCertStore::empty();
        for root in &roots {
            store.add(root.clone())?;
        }
        Ok(Arc::new(Self {
            check,
            roots,
            store,
            algorithms: provider.signature_verification_algorithms,
        }))
    }

    fn check_chain(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        now: UnixTime,
    ) -> Result<(), Error> {
        let read = Certificate::read(end_entity);
        if let Ok(certificate) = &read
            && self.roots.iter().any(|root| root == end_entity)
        {
            return certificate.is_in_time(now);
        }
        let algorithms = self.algorithms.all;
        let refusal = match ParsedCertificate::try_from(end_entity) {
            Ok(certificate) => {
                return verify_server_cert_signed_by_trust_anchor(
                    &certificate,
                    &self.store,
                    intermediates,
                    now,
                    algorithms,
                );
            }
            Err(refusal) => refusal,
        };
        let Some(certificate) = read.ok().filter(Certificate::is_old) else {
            return Err(refusal);
        };
        certificate.is_in_time(now)?;
        let mut roots = self.roots.iter().flat_map(Certificate::read);
        if roots.any(|root| certificate.is_signed_by(&root, algorithms)) {
            Ok(())
        } else {
            Err(CertificateError::UnknownIssuer.into())
        }
    }
}

/// As libpq, by the common name where there is no subjectAltName. Which names an authority may sign for is
/// checked of the latter only: where one `is_constrained`, the former counts for nothing.
fn check_name(
    end_entity: &CertificateDer<'_>,
    server: &ServerName<'_>,
    is_constrained: bool,
) -> Result<(), Error> {
    let named = ParsedCertificate::try_from(end_entity)
        .and_then(|certificate| verify_server_name(&certificate, server));
    let Err(refusal) = named else {
        return Ok(());
    };
    let Ok(certificate) = Certificate::read(end_entity) else {
        return Err(refusal);
    };
    match certificate.common_name().filter(|_| !is_constrained) {
        None => Err(refusal),
        Some(common) if is_name_of(common, server) => Ok(()),
        Some(common) => Err(CertificateError::NotValidForNameContext {
            expected: server.to_owned(),
            presented: vec![common.to_owned()],
        }
        .into()),
    }
}

/// A certificate that rustls cannot read, and so cannot take a key from.
fn unread(certificate: &CertificateDer<'_>) -> Option<Certificate> {
    match ParsedCertificate::try_from(certificate) {
        Ok(_) => None,
        Err(_) => Certificate::read(certificate).ok(),
    }
}

impl ServerCertVerifier for Verifier {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        if self.check != Check::Nothing {
            self.check_chain(end_entity, intermediates, now)?;
        }
        if self.check == Check::ChainAndName {
            let mut above = intermediates.iter().chain(&self.roots);
            // What cannot be read is not known to be free of it.
            let is_constrained = above.any(|authority| {
                Certificate::read(authority).map_or(true, |it| it.is_constrained())
            });
            check_name(end_entity, server_name, is_constrained)?;
        }
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        let Some(old) = unread(certificate) else {
            return verify_tls12_signature(message, certificate, signed, &self.algorithms);
        };
        let mut schemes = self.algorithms.mapping.iter();
        let Some((_, algorithms)) = schemes.find(|(scheme, _)| *scheme == signed.scheme) else {
            return Err(PeerMisbehaved::SignedHandshakeWithUnadvertisedSigScheme.into());
        };
        if old.has_signed(message, signed.signature(), algorithms) {
            Ok(HandshakeSignatureValid::assertion())
        } else {
            Err(CertificateError::BadSignature.into())
        }
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        match unread(certificate) {
            None => verify_tls13_signature(message, certificate, signed, &self.algorithms),
            Some(old) => {
                verify_tls13_signature_with_raw_key(message, &old.key()?, signed, &self.algorithms)
            }
        }
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests;
