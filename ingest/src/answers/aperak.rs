//! APERAK: what is wrong with what messages say, however right their form is (UN/EDIFACT D.00B).
//!
//! Only by the partner's profile. One message for each message that has such errors: `RFF` names it,
//! each `ERC` has our code of the finding, `FTX` its sentence. As CONTRL it has the date of the
//! interchange that it answers, for this room has no clock.

use super::contrl::{party, reference_of};
use crate::findings as f;
use crate::formats::edifact::{Envelope, MessageHeader};
use crate::message_findings as m;
use edifact_rs::{EdifactError, Writer};
use sealane_data::Text;
use sealane_data::finding::Finding;

/// Findings that are about what was said, not about how.
pub const APPLICATION: &[&str] = &[
    f::NO_CONTAINER.code,
    f::CONTAINER_DIGIT.code,
    f::CONTAINER_SHAPE.code,
    f::NO_TIME.code,
    f::NO_PLACE.code,
    m::PLACE_UNKNOWN.code,
    m::TOO_EARLY.code,
];

/// Errors of one message that are named at most.
const NAMED: usize = 999;
/// Characters of a sentence at most: one component of `FTX`.
const SENTENCE: usize = 512;

/// What is wrong with what one message says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Told {
    /// Its header.
    pub header: MessageHeader,
    /// Its document number.
    pub document: Text,
    /// The codes and sentences.
    pub errors: Vec<(Text, String)>,
}

impl Told {
    /// Returns what is wrong with what a message says; nothing where nothing is.
    pub fn of(header: &MessageHeader, document: &Text, found: &[Finding]) -> Option<Self> {
        let about = found.iter().filter(|x| APPLICATION.contains(&x.code.as_str()));
        let errors: Vec<(Text, String)> =
            about.take(NAMED).map(|x| (x.code.clone(), x.message.clone())).collect();
        (!errors.is_empty()).then(|| Self { header: header.clone(), document: document.clone(), errors })
    }
}

/// Writes one interchange with an `APERAK` for each message; nothing where there is none.
pub fn write(envelope: &Envelope, told: &[Told]) -> Option<String> {
    let bytes = try_write(envelope, told).ok()?;
    (!told.is_empty()).then(|| String::from_utf8(bytes).ok()).flatten()
}

fn try_write(e: &Envelope, told: &[Told]) -> Result<Vec<u8>, EdifactError> {
    let reference = reference_of(e, "AP");
    let mut w = Writer::new(Vec::new());
    w.write_composites(
        "UNB",
        &[
            &["UNOA", "3"][..],
            &party(&e.recipient),
            &party(&e.sender),
            &[e.prepared.0.as_str(), e.prepared.1.as_str()],
            &[reference.as_str()],
        ],
    )?;
    for (i, about) in told.iter().enumerate() {
        let number = (i + 1).to_string();
        let mut message = w.begin_message(&number, "APERAK", "D", "00B", "UN")?;
        // 313 is an application error message, 27 says that what it names was not accepted.
        message.write_composites("BGM", &[&["313"][..], &[about.document.as_str()], &["27"]])?;
        message.write_composites("RFF", &[&["ACW", about.header.reference.as_str()][..]])?;
        message.write_composites("RFF", &[&["AGO", e.reference.as_str()][..]])?;
        for (code, sentence) in &about.errors {
            let sentence: String = sentence.chars().filter(char::is_ascii).take(SENTENCE).collect();
            message.write_composites("ERC", &[&[code.as_str(), "", "ZZZ"][..]])?;
            message.write_composites("FTX", &[&["AAO"][..], &[""], &[""], &[sentence.as_str()]])?;
        }
        message.finish()?;
    }
    w.end_interchange(u32::try_from(told.len()).unwrap_or(u32::MAX), &reference)?;
    w.finish()
}
