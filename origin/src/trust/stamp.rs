//! Time stamps over the root of a day (RFC 3161): the request, and reading the token that comes back.
//!
//! What is read is what the token stamps and when. Whether its signer is to be trusted is for whoever checks
//! it, with the certificates of the authority: `openssl ts -verify` does.

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use sealane_data::submission::Sha256;

/// SHA-256, id-signedData and id-ct-TSTInfo as the contents of their object identifiers.
const SHA256: &[u8] = &[0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01];
const SIGNED_DATA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02];
const TST_INFO: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x09, 0x10, 0x01, 0x04];

const INTEGER: u8 = 0x02;
const OCTETS: u8 = 0x04;
const NULL: u8 = 0x05;
const OID: u8 = 0x06;
const GENERALIZED_TIME: u8 = 0x18;
const SEQUENCE: u8 = 0x30;
const SET: u8 = 0x31;
const EXPLICIT_0: u8 = 0xa0;

/// Why a token is not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotStamped {
    /// The authority did not grant it.
    #[error("the authority refused with status {0}")]
    Refused(u8),
    /// It is not what RFC 3161 foresees.
    #[error("the answer is no time stamp: {0}")]
    Form(&'static str),
    /// It stamps something else.
    #[error("the token stamps something else")]
    OtherRoot,
    /// It answers another request.
    #[error("the token answers another request")]
    OtherRequest,
}

/// A token over a root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stamp {
    /// The token (a CMS signed-data object, DER).
    pub token: Vec<u8>,
    /// When it was stamped, as the authority says.
    pub at: Timestamp,
}

/// Returns the request for a stamp over a root: the digest that is stamped is the root itself.
pub fn stamp_request(root: &Sha256, nonce: u64) -> Vec<u8> {
    let algorithm = tlv(SEQUENCE, &[tlv(OID, SHA256), tlv(NULL, &[])].concat());
    let imprint = tlv(SEQUENCE, &[algorithm, tlv(OCTETS, &root.0)].concat());
    let (version, with_certificate) = (tlv(INTEGER, &[1]), tlv(0x01, &[0xff]));
    tlv(SEQUENCE, &[version, imprint, tlv(INTEGER, &positive(nonce)), with_certificate].concat())
}

/// Reads an authority's answer to the request for a root.
pub fn read_stamp(answer: &[u8], root: &Sha256, nonce: u64) -> Result<Stamp, NotStamped> {
    let mut whole = inside(answer, SEQUENCE, "it is no sequence")?;
    let mut status = Der(whole.take(SEQUENCE, "it has no status")?);
    match status.take(INTEGER, "its status is no number")? {
        // Granted, also with changes.
        [0 | 1] => {}
        [refused] => return Err(NotStamped::Refused(*refused)),
        _ => return Err(NotStamped::Form("its status is no number")),
    }
    let token = whole.rest_of(SEQUENCE, "it has no token")?;
    let read = read_token(token)?;
    if read.imprint != root.0 {
        return Err(NotStamped::OtherRoot);
    }
    if read.nonce != Some(positive(nonce)) {
        return Err(NotStamped::OtherRequest);
    }
    Ok(Stamp { token: token.to_vec(), at: read.at })
}

/// Returns when a token stamped a root; nothing if it stamps something else.
pub fn stamped_at(token: &[u8], root: &Sha256) -> Result<Timestamp, NotStamped> {
    let read = read_token(token)?;
    if read.imprint == root.0 { Ok(read.at) } else { Err(NotStamped::OtherRoot) }
}

/// What a token says.
struct Info {
    imprint: Vec<u8>,
    nonce: Option<Vec<u8>>,
    at: Timestamp,
}

fn read_token(token: &[u8]) -> Result<Info, NotStamped> {
    let mut content = inside(token, SEQUENCE, "the token is no sequence")?;
    if content.take(OID, "the token has no type")? != SIGNED_DATA {
        return Err(NotStamped::Form("the token is not signed"));
    }
    let mut explicit = Der(content.take(EXPLICIT_0, "the token is empty")?);
    let mut signed = Der(explicit.take(SEQUENCE, "the token is not signed")?);
    signed.take(INTEGER, "the token has no version")?;
    signed.take(SET, "the token has no algorithms")?;
    let mut encapsulated = Der(signed.take(SEQUENCE, "the token stamps nothing")?);
    if encapsulated.take(OID, "what is signed has no type")? != TST_INFO {
        return Err(NotStamped::Form("what is signed is no time stamp"));
    }
    let mut explicit = Der(encapsulated.take(EXPLICIT_0, "what is signed is empty")?);
    let octets = explicit.take(OCTETS, "what is signed is empty")?;
    let mut info = inside(octets, SEQUENCE, "what is signed is no sequence")?;
    info.take(INTEGER, "the stamp has no version")?;
    info.take(OID, "the stamp has no policy")?;
    let mut imprint = Der(info.take(SEQUENCE, "the stamp has no imprint")?);
    let mut algorithm = Der(imprint.take(SEQUENCE, "the imprint has no algorithm")?);
    if algorithm.take(OID, "the imprint has no algorithm")? != SHA256 {
        return Err(NotStamped::Form("the imprint is no SHA-256"));
    }
    let digest = imprint.take(OCTETS, "the imprint has no digest")?.to_vec();
    info.take(INTEGER, "the stamp has no number")?;
    let at = time(info.take(GENERALIZED_TIME, "the stamp has no time")?)?;
    // Accuracy and order may stand before the nonce; what follows it says nothing to us.
    let mut nonce = None;
    while let Some((tag, content)) = info.next() {
        if tag == INTEGER {
            nonce = Some(content.to_vec());
            break;
        }
    }
    Ok(Info { imprint: digest, nonce, at })
}

/// Reads `20261122060000Z`, also with fractions of a second, which are left out.
fn time(text: &[u8]) -> Result<Timestamp, NotStamped> {
    let bad = NotStamped::Form("the stamp's time is no UTC time");
    let text = std::str::from_utf8(text).ok().and_then(|t| t.strip_suffix('Z')).ok_or(bad.clone())?;
    let seconds = text.split('.').next().unwrap_or_default();
    if seconds.len() != 14 || !seconds.bytes().all(|b| b.is_ascii_digit()) {
        return Err(bad);
    }
    let local = DateTime::strptime("%Y%m%d%H%M%S", seconds).map_err(|_| bad.clone())?;
    local.to_zoned(TimeZone::UTC).map(|z| z.timestamp()).map_err(|_| bad)
}

/// Returns a number as the contents of a DER integer: shortest, and never read as negative.
fn positive(number: u64) -> Vec<u8> {
    let bytes = number.to_be_bytes();
    let start = bytes.iter().position(|b| *b != 0).unwrap_or(bytes.len() - 1);
    let mut contents = bytes[start..].to_vec();
    if contents[0] & 0x80 != 0 {
        contents.insert(0, 0);
    }
    contents
}

/// Returns a value with its tag and length.
fn tlv(tag: u8, contents: &[u8]) -> Vec<u8> {
    let length = contents.len();
    let mut out = vec![tag];
    match u8::try_from(length) {
        Ok(short) if short < 0x80 => out.push(short),
        _ => {
            let bytes = length.to_be_bytes();
            let start = bytes.iter().position(|b| *b != 0).unwrap_or(bytes.len() - 1);
            out.push(0x80 | u8::try_from(bytes.len() - start).unwrap_or(8));
            out.extend_from_slice(&bytes[start..]);
        }
    }
    out.extend_from_slice(contents);
    out
}

/// Values one after the other.
struct Der<'a>(&'a [u8]);

fn inside<'a>(bytes: &'a [u8], tag: u8, missing: &'static str) -> Result<Der<'a>, NotStamped> {
    Der(bytes).take(tag, missing).map(Der)
}

impl<'a> Der<'a> {
    /// Returns the length of the head and of the contents of the value that is next.
    fn head(&self) -> Option<(u8, usize, usize)> {
        let [tag, first, rest @ ..] = self.0 else { return None };
        if *first < 0x80 {
            return Some((*tag, 2, usize::from(*first)));
        }
        let count = usize::from(first & 0x7f);
        // Four bytes say more than anybody sends; none at all is not DER.
        let length = rest.get(..count).filter(|_| (1..=4).contains(&count))?;
        Some((*tag, 2 + count, length.iter().fold(0, |sum, b| (sum << 8) | usize::from(*b))))
    }

    fn next(&mut self) -> Option<(u8, &'a [u8])> {
        let (tag, head, length) = self.head()?;
        let contents = self.0.get(head..head.checked_add(length)?)?;
        self.0 = &self.0[head + length..];
        Some((tag, contents))
    }

    fn take(&mut self, tag: u8, missing: &'static str) -> Result<&'a [u8], NotStamped> {
        match self.next() {
            Some((found, contents)) if found == tag => Ok(contents),
            _ => Err(NotStamped::Form(missing)),
        }
    }

    /// Returns the next value whole, with its tag and length.
    fn rest_of(&mut self, tag: u8, missing: &'static str) -> Result<&'a [u8], NotStamped> {
        let (found, head, length) = self.head().ok_or(NotStamped::Form(missing))?;
        let whole = self.0.get(..head + length).filter(|_| found == tag);
        whole.ok_or(NotStamped::Form(missing))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn root() -> Sha256 {
        Sha256::of(b"a day")
    }

    /// An answer as an authority would give it, without a signature: what is read stands before it.
    fn answer(status: u8, root: &Sha256, nonce: u64) -> Vec<u8> {
        let algorithm = tlv(SEQUENCE, &[tlv(OID, SHA256), tlv(NULL, &[])].concat());
        let imprint = tlv(SEQUENCE, &[algorithm, tlv(OCTETS, &root.0)].concat());
        let accuracy = tlv(SEQUENCE, &tlv(INTEGER, &[1]));
        let info = [
            tlv(INTEGER, &[1]),
            tlv(OID, &[0x2a, 0x03]),
            imprint,
            tlv(INTEGER, &[7]),
            tlv(GENERALIZED_TIME, b"20261122060301.5Z"),
            accuracy,
            tlv(INTEGER, &positive(nonce)),
        ];
        let info = tlv(SEQUENCE, &info.concat());
        let inner = [tlv(OID, TST_INFO), tlv(EXPLICIT_0, &tlv(OCTETS, &info))].concat();
        let signed = [tlv(INTEGER, &[3]), tlv(SET, &[]), tlv(SEQUENCE, &inner)].concat();
        let token = [tlv(OID, SIGNED_DATA), tlv(EXPLICIT_0, &tlv(SEQUENCE, &signed))].concat();
        let granted = tlv(SEQUENCE, &tlv(INTEGER, &[status]));
        tlv(SEQUENCE, &[granted, tlv(SEQUENCE, &token)].concat())
    }

    #[test]
    fn a_token_is_taken_only_if_it_stamps_our_root_for_our_request() {
        let nonce = 0xfedc_ba98_7654_3210;
        let stamp = read_stamp(&answer(0, &root(), nonce), &root(), nonce).unwrap();
        assert_eq!(stamp.at, "2026-11-22T06:03:01Z".parse().unwrap());
        assert_eq!(stamped_at(&stamp.token, &root()), Ok(stamp.at));
        let other = Sha256::of(b"another day");
        assert_eq!(read_stamp(&answer(0, &other, nonce), &root(), nonce), Err(NotStamped::OtherRoot));
        assert_eq!(stamped_at(&stamp.token, &other), Err(NotStamped::OtherRoot));
        assert_eq!(read_stamp(&answer(0, &root(), 5), &root(), nonce), Err(NotStamped::OtherRequest));
        assert_eq!(read_stamp(&answer(2, &root(), nonce), &root(), nonce), Err(NotStamped::Refused(2)));
        assert!(matches!(read_stamp(b"<html>", &root(), nonce), Err(NotStamped::Form(_))));
    }

    #[test]
    fn numbers_are_written_as_der_writes_them() {
        assert_eq!((positive(0), positive(127), positive(128)), (vec![0], vec![127], vec![0, 128]));
        let request = stamp_request(&root(), 1);
        assert_eq!(request[..5], [0x30, 0x3c, 0x02, 0x01, 0x01], "{request:02x?}");
        assert!(request.ends_with(&[0x02, 0x01, 0x01, 0x01, 0x01, 0xff]));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_without_a_panic(bytes in prop::collection::vec(any::<u8>(), 0..200), cut in 0_usize..300) {
            let _ = read_stamp(&bytes, &root(), 1);
            let good = answer(0, &root(), 1);
            let _ = read_stamp(good.get(..cut).unwrap_or(&good), &root(), 1);
        }
    }
}
