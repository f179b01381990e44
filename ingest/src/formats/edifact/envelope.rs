//! What the envelope says: interchange header and message header.

use super::charset::Charset;
use super::segment::Segment;
use sealane_data::Text;

/// The interchange header (UNB), with everything that its messages need.
#[derive(Clone, Debug, Default, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "each says one thing of the header")]
pub struct Envelope {
    /// Where it begins, from the start of the submission.
    pub byte: u64,
    /// Whether there was a `UNB` at all.
    pub declared: bool,
    /// Syntax identifier, such as `UNOA`.
    pub syntax: Text,
    /// Syntax version, such as `2`.
    pub version: Text,
    /// Sender identification and its qualifier.
    pub sender: (Text, Text),
    /// Recipient identification and its qualifier.
    pub recipient: (Text, Text),
    /// Date and time of preparation as found.
    pub prepared: (Text, Text),
    /// Interchange control reference.
    pub reference: Text,
    /// Application reference.
    pub application: Text,
    /// Acknowledgement request (0031).
    pub acknowledge: bool,
    /// Test indicator (0035).
    pub test: bool,
    /// The character set of its values.
    pub charset: Charset,
    /// Whether the syntax identifier named a known character set, or a profile did.
    pub charset_known: bool,
}

impl Envelope {
    /// Returns whether the reference looks like a constant, or is only the date of preparation.
    pub(super) fn reference_tells_nothing(&self) -> bool {
        let (reference, date) = (self.reference.as_str(), self.prepared.0.as_str());
        let is_date = matches!(reference.len(), 6 | 8)
            && !date.is_empty()
            && (reference.ends_with(date) || date.ends_with(reference));
        reference.len() < 3 || is_date
    }

    /// Reads a `UNB` segment; a pinned character set of the partner's goes before the declared one.
    pub(super) fn read(unb: &Segment<'_>, release: u8, byte: u64, pinned: Option<Charset>) -> Self {
        let declared = Charset::of_syntax(unb.first(1));
        let charset = pinned.or(declared).unwrap_or_default();
        let text = |element, component| -> Text {
            charset.text(unb.value(element, component), release).0.trim().into()
        };
        Self {
            byte,
            declared: true,
            syntax: text(1, 1),
            version: text(1, 2),
            sender: (text(2, 1), text(2, 2)),
            recipient: (text(3, 1), text(3, 2)),
            prepared: (text(4, 1), text(4, 2)),
            reference: text(5, 1),
            application: text(7, 1),
            acknowledge: matches!(unb.first(9), b"1" | b"2"),
            test: unb.first(11) == b"1",
            charset,
            charset_known: pinned.or(declared).is_some(),
        }
    }
}

/// The message header (UNH).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct MessageHeader {
    /// Message reference.
    pub reference: Text,
    /// Message type, such as `CODECO`, upper case.
    pub kind: Text,
    /// Version, such as `D`.
    pub version: Text,
    /// Release, such as `95B`.
    pub release: Text,
    /// Controlling agency, such as `UN`.
    pub agency: Text,
    /// Association assigned code, such as `ITG14`, wherever it was written.
    pub association: Text,
    /// Whether the association code stood outside its component.
    pub glued: bool,
}

impl MessageHeader {
    /// Reads a `UNH` segment.
    ///
    /// An association code that was glued on as the next element (`COARRI:D:23A:UN+ITG10`) is taken
    /// for one if it looks like one: at most six letters and digits that are not the message reference.
    pub fn read(unh: &Segment<'_>, charset: &Charset, release: u8) -> Self {
        let text = |e, c| -> Text { charset.text(unh.value(e, c), release).0.trim().into() };
        let mut header = Self {
            reference: text(1, 1),
            kind: text(2, 1).to_uppercase(),
            version: text(2, 2),
            release: text(2, 3).to_uppercase(),
            agency: text(2, 4),
            association: text(2, 5),
            glued: false,
        };
        let next = text(3, 1);
        let code = (2..=6).contains(&next.len())
            && next.starts_with(|c: char| c.is_ascii_alphabetic())
            && next.chars().all(|c| c.is_ascii_alphanumeric());
        if header.association.is_empty() && code && next != header.reference {
            header.association = next;
            header.glued = true;
        }
        header
    }

    /// Returns the header in one line: `CODECO:D:95B:UN:ITG14`, without trailing blanks.
    pub fn family(&self) -> Text {
        let whole =
            format!("{}:{}:{}:{}:{}", self.kind, self.version, self.release, self.agency, self.association);
        whole.trim_end_matches(':').into()
    }
}

/// What a syntax acknowledgement says about one message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageFault {
    /// Its header.
    pub header: MessageHeader,
    /// Syntax error code (data element 0085).
    pub error: &'static str,
    /// The service segment in fault.
    pub segment: &'static str,
}
