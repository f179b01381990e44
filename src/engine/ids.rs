//! Ids: readable, and either sorted by time or impossible to guess.

use jiff::Timestamp;
use sealane_data::certificate::CertificateId;
use sealane_data::submission::SubmissionId;

/// Crockford's base 32: no letters that look like digits.
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Returns 26 characters for 128 bits.
fn base32(mut bits: u128) -> String {
    let mut text = [0_u8; 26];
    for slot in text.iter_mut().rev() {
        *slot = ALPHABET[(bits & 31) as usize];
        bits >>= 5;
    }
    text.iter().map(|b| char::from(*b)).collect()
}

/// Returns 128 random bits from the operating system.
fn random() -> Result<u128, getrandom::Error> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes)?;
    Ok(u128::from_be_bytes(bytes))
}

/// Returns a submission's id: 48 bits of milliseconds, then random bits.
pub(crate) fn submission(at: Timestamp) -> Result<SubmissionId, getrandom::Error> {
    let millis = u128::from(u64::try_from(at.as_millisecond()).unwrap_or(0)) << 80;
    let bits = millis | (random()? >> 48);
    Ok(SubmissionId(format!("sub_{}", base32(bits)).into()))
}

/// Returns a certificate's id: all random, for certificate numbers can be guessed and ids must not.
pub(crate) fn certificate() -> Result<CertificateId, getrandom::Error> {
    Ok(CertificateId(format!("eco_{}", base32(random()?)).into()))
}

/// Returns a re-reading's id.
pub(crate) fn reread() -> Result<sealane_data::Text, getrandom::Error> {
    let mut short = base32(random()?);
    short.truncate(12);
    Ok(format!("rrd_{short}").into())
}

/// Returns the epoch of a process's live numbers.
pub(crate) fn epoch() -> Result<String, getrandom::Error> {
    let mut short = base32(random()?);
    short.truncate(8);
    Ok(short)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_sort_by_time_and_differ() {
        let early = submission("2026-01-01T00:00:00Z".parse().unwrap()).unwrap();
        let late = submission("2026-01-01T00:00:00.001Z".parse().unwrap()).unwrap();
        assert!(early < late && early.0.len() == 30);
        assert_ne!(certificate().unwrap(), certificate().unwrap());
    }
}
