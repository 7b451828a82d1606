//! Certificates that libpq takes and rustls does not read: those of version 1, which is what
//! `openssl x509 -req` makes of a request (manual, 19.9.5), and those with no name but the common one.
//!
//! It knows nothing of handshakes, nor of what a fault in a certificate leads to.

use std::time::Duration;

use rustls::pki_types::{
    CertificateDer, ServerName, SignatureVerificationAlgorithm, SubjectPublicKeyInfoDer, UnixTime,
};
use rustls::{CertificateError, Error};
use x509_cert::Version;
use x509_cert::der::asn1::AnyRef;
use x509_cert::der::oid::db::rfc4519::COMMON_NAME;
use x509_cert::der::oid::{AssociatedOid, ObjectIdentifier};
use x509_cert::der::{Decode, Encode};
use x509_cert::ext::pkix::{NameConstraints, SubjectAltName};
use x509_cert::spki::AlgorithmIdentifierOwned;

/// What verifies signatures.
pub(super) type Algorithm = &'static dyn SignatureVerificationAlgorithm;

/// A certificate that was read.
#[derive(Debug)]
pub(super) struct Certificate(x509_cert::Certificate);

impl Certificate {
    pub(super) fn read(der: &CertificateDer<'_>) -> Result<Self, Error> {
        x509_cert::Certificate::from_der(der)
            .map(Self)
            .map_err(|_| CertificateError::BadEncoding.into())
    }

    /// Whether it is of version 1.
    pub(super) fn is_old(&self) -> bool {
        self.0.tbs_certificate.version == Version::V1
    }

    pub(super) fn is_in_time(&self, now: UnixTime) -> Result<(), Error> {
        let now = Duration::from_secs(now.as_secs());
        let validity = &self.0.tbs_certificate.validity;
        if now < validity.not_before.to_unix_duration() {
            Err(CertificateError::NotValidYet.into())
        } else if now > validity.not_after.to_unix_duration() {
            Err(CertificateError::Expired.into())
        } else {
            Ok(())
        }
    }

    /// Whether an authority signed it, itself and not through others. One that may sign for some names
    /// only has signed nothing here: what those names are is not read.
    pub(super) fn is_signed_by(&self, authority: &Self, algorithms: &[Algorithm]) -> bool {
        let (ours, theirs) = (&self.0.tbs_certificate, &authority.0.tbs_certificate);
        if ours.issuer != theirs.subject
            || ours.signature != self.0.signature_algorithm
            || authority.is_constrained()
        {
            return false;
        }
        let (Some(signature), Ok(message)) = (self.0.signature.as_bytes(), ours.to_der()) else {
            return false;
        };
        let kind = contents(&self.0.signature_algorithm);
        let fit = |algorithm: &&Algorithm| kind.as_deref() == Some(&*algorithm.signature_alg_id());
        let fitting: Vec<Algorithm> = algorithms.iter().filter(fit).copied().collect();
        authority.has_signed(&message, signature, &fitting)
    }

    /// Whether it may sign for some names only.
    pub(super) fn is_constrained(&self) -> bool {
        self.has(NameConstraints::OID)
    }

    /// Whether its key made a signature, by one of these algorithms.
    pub(super) fn has_signed(
        &self,
        message: &[u8],
        signature: &[u8],
        algorithms: &[Algorithm],
    ) -> bool {
        let key = &self.0.tbs_certificate.subject_public_key_info;
        let Some(bytes) = key.subject_public_key.as_bytes() else {
            return false;
        };
        let kind = contents(&key.algorithm);
        algorithms.iter().any(|algorithm| {
            kind.as_deref() == Some(&*algorithm.public_key_alg_id())
                && algorithm
                    .verify_signature(bytes, message, signature)
                    .is_ok()
        })
    }

    /// Its key.
    pub(super) fn key(&self) -> Result<SubjectPublicKeyInfoDer<'static>, Error> {
        let der = self.0.tbs_certificate.subject_public_key_info.to_der();
        der.map(SubjectPublicKeyInfoDer::from)
            .map_err(|_| CertificateError::BadEncoding.into())
    }

    /// What it calls whom it was made for, where it has no subjectAltName, which is all that counts
    /// otherwise.
    pub(super) fn common_name(&self) -> Option<&str> {
        if self.has(SubjectAltName::OID) {
            return None;
        }
        let mut parts = self.0.tbs_certificate.subject.0.iter();
        let name = parts.find_map(|part| part.0.iter().find(|value| value.oid == COMMON_NAME))?;
        std::str::from_utf8(name.value.value()).ok()
    }

    fn has(&self, extension: ObjectIdentifier) -> bool {
        let extensions = self.0.tbs_certificate.extensions.iter().flatten();
        extensions.into_iter().any(|one| one.extn_id == extension)
    }
}

/// An algorithm as rustls calls it: what is inside its sequence.
fn contents(algorithm: &AlgorithmIdentifierOwned) -> Option<Vec<u8>> {
    let der = algorithm.to_der().ok()?;
    AnyRef::from_der(&der).ok().map(|any| any.value().to_vec())
}

/// Whether a common name is the one of a server. As libpq has it, a star stands for one label, and as
/// rustls has it, two must follow.
pub(super) fn is_name_of(common: &str, server: &ServerName<'_>) -> bool {
    let host = server.to_str();
    if common.eq_ignore_ascii_case(&host) {
        return true;
    }
    let (ServerName::DnsName(_), Some(wanted), Some((_, domain))) =
        (server, common.strip_prefix("*."), host.split_once('.'))
    else {
        return false;
    };
    wanted.contains('.') && wanted.eq_ignore_ascii_case(domain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_common_name_is_that_of_a_server_with_one_label_for_a_star() {
        let table = [
            ("db.example", "db.example", true),
            ("DB.example", "db.Example", true),
            ("db.example", "other.example", false),
            ("db.example", "db.example.org", false),
            ("*.example.org", "db.example.org", true),
            ("*.example.org", "a.db.example.org", false),
            ("*.example.org", "example.org", false),
            ("*.example", "db.example", false),
            ("*", "db", false),
            ("127.0.0.1", "127.0.0.1", true),
            ("*.0.0.1", "127.0.0.1", false),
            ("db.example\0.org", "db.example", false),
        ];
        for (common, host, fits) in table {
            let server = ServerName::try_from(host);
            let found = server.is_ok_and(|server| is_name_of(common, &server));
            assert_eq!(found, fits, "{common} for {host}");
        }
    }
}
