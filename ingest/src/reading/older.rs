//! What messages of EDI were known by before: SHA-256 of their bytes, cut to 16, where it is XXH3 now. A log that
//! holds such keys is asked with them; nobody else pays for them.

use super::ReadContext;
use super::meaning::{key, older_key};
use super::session::{Cutting, Session};
use super::summary::short;
use crate::formats::carried as coded;
use crate::formats::edifact::Cut;
use sealane_data::submission::Sha256;
use sha2::{Digest as _, Sha256 as Digest};
use std::collections::BTreeMap;
use std::ops::ControlFlow;

/// A digest of 16 bytes.
type Key = [u8; 16];

/// What the messages and interchanges of a submission were known by before, by what they are known by now.
///
/// Only those of EDI: messages of spreadsheets, JSON, XML and positions have the keys that they had.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Older {
    messages: BTreeMap<Key, Key>,
    contents: BTreeMap<Key, Key>,
}

impl Older {
    /// Cuts a submission that is whole in memory once more, for its older keys.
    pub fn of(bytes: &[u8], cx: ReadContext<'_>) -> Self {
        let mut older = Self::default();
        match coded::edi(bytes, &|_| false) {
            Some(carried) => older.cut(&carried.bytes, cx),
            None => older.cut(bytes, cx),
        }
        older
    }

    /// Returns the older key of a message.
    pub fn message(&self, key: &Key) -> Option<Key> {
        self.messages.get(key).copied()
    }

    /// Returns the older digest of an interchange's messages.
    pub fn content(&self, content: &Key) -> Option<Key> {
        self.contents.get(content).copied()
    }

    fn cut(&mut self, bytes: &[u8], cx: ReadContext<'_>) {
        let mut session = Session::new(cx, bytes);
        if matches!(session.cutter, Cutting::Ais(_)) {
            return;
        }
        let mut bytes = bytes.to_vec();
        session.raise(&mut bytes);
        let (mut now, mut before) = (Digest::default(), Digest::default());
        let mut cuts = |cut: Cut<'_>| {
            match cut {
                Cut::Opened(..) => (now, before) = (Digest::default(), Digest::default()),
                Cut::Message(window) => {
                    let test = window.envelope.test || cx.partner.test;
                    let (new, old) = (key(window.bytes, test), older_key(window.bytes, test));
                    now.update(new);
                    before.update(old);
                    self.messages.insert(new, old);
                }
                Cut::Closed(_) => {
                    let [now, before] = [&mut now, &mut before].map(digest);
                    self.contents.insert(now, before);
                }
                Cut::Finding(_) => {}
            }
            ControlFlow::Continue(())
        };
        let _ = session.cutter.cut(&bytes, true, &mut cuts);
    }
}

/// Returns the digest of an interchange's keys, and begins the next one.
fn digest(of: &mut Digest) -> Key {
    short(Sha256(std::mem::take(of).finalize().into()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reading::read;
    use sealane_data::partner::Partner;

    const MESSAGES: [&str; 2] = [
        "UNH+7+CODECO:D:95B:UN:ITG14'BGM+34+X+9'EQD+CN+CSQU3054383+22G1'UNT+4+7'",
        "UNH+8+CODECO:D:95B:UN:ITG14'BGM+34+Y+9'EQD+CN+TSTU0000014+22G1'UNT+4+8'",
    ];

    /// The key that the program of then gave.
    fn of_then(text: &str) -> Key {
        Sha256::of(text.as_bytes()).0[..16].try_into().unwrap()
    }

    fn check(text: &str, partner: &Partner, mark: fn(Key) -> Key) {
        let cx = ReadContext { partner, wants_ack: false };
        let (reading, older) = (read(text.as_bytes(), cx), Older::of(text.as_bytes(), cx));
        let keys = reading.messages.iter().map(|m| older.message(&m.key));
        let expected = MESSAGES.map(|text| Some(mark(of_then(text))));
        assert_eq!(keys.collect::<Vec<_>>(), expected, "{text}");
        let whole = MESSAGES.map(|text| mark(of_then(text))).concat();
        let content: Key = Sha256::of(&whole).0[..16].try_into().unwrap();
        assert_eq!(older.content(&reading.interchanges[0].content), Some(content), "{text}");
        assert_eq!(older.content(&[0; 16]), None);
    }

    #[test]
    fn every_message_and_interchange_is_known_by_what_it_was_known_by_then() {
        let interchange =
            |flag: &str| format!("UNB+UNOA:2+A+B+260905:1430+REF1{flag}'{}UNZ+2+REF1'", MESSAGES.concat());
        let operator = Partner::operator();
        check(&interchange(""), &operator, |key| key);
        check(&crate::formats::carried::tests::base64(interchange("").as_bytes()), &operator, |key| key);
        // A test is another message than the real one with the same bytes.
        check(&interchange("++++++1"), &operator, |key| key.map(|b| !b));
        let trying = Partner { test: true, ..Partner::operator() };
        check(&interchange(""), &trying, |key| key.map(|b| !b));
    }

    #[test]
    fn what_is_no_edi_has_no_older_keys() {
        let operator = Partner::operator();
        for text in [
            "",
            "{}",
            "<a/>",
            "container,event\nCSQU3054383,gate in\n",
            "!AIVDM,1,1,,A,13u?etPv2;0n:dDPwUM1U1Cb069D,0*23\n",
        ] {
            let cx = ReadContext { partner: &operator, wants_ack: false };
            assert_eq!(Older::of(text.as_bytes(), cx), Older::default(), "{text}");
        }
    }
}
