//! CONTRL: the syntax acknowledgement of an interchange (ISO 9735-4), written with edifact-rs.
//!
//! The policy is *accept and report*, unless the partner's profile rejects: whatever could be read was taken, so the interchange and its
//! messages are acknowledged (action 7) and an error code (data element 0085) beside it names the
//! fault. Nothing is ever lost for a wrong count. The answer carries the date of the interchange it
//! answers: the same bytes get the same answer, and this room has no clock.

use crate::formats::edifact::{Envelope, MessageFault, MessageHeader};
use crate::reading::InterchangeSummary;
use edifact_rs::{EdifactError, Writer};
use sealane_data::partner::Contrl;
use sealane_data::submission::Sha256;

/// Rejected: this level and all below it.
const REJECTED: &str = "4";
/// Acknowledged: this level and all below it, unless said otherwise.
const ACKNOWLEDGED: &str = "7";
/// The interchange was received, nothing is said of its content.
const RECEIVED: &str = "8";
/// How many messages are named one by one.
const NAMED: usize = 999;

/// Writes the acknowledgement of an interchange: one interchange with one `CONTRL`.
///
/// Syntax version 4 and later gets `CONTRL:4:1:UN`, all others `CONTRL:D:3:UN`.
///
/// Where the profile rejects, the faults of the form are named down to the component (UCS, UCD).
pub fn write(interchange: &InterchangeSummary, extent: Contrl) -> Option<String> {
    let bytes = try_write(interchange, extent).ok()?;
    String::from_utf8(bytes).ok()
}

fn try_write(interchange: &InterchangeSummary, extent: Contrl) -> Result<Vec<u8>, EdifactError> {
    let e = &interchange.envelope;
    let four = e.version.as_str() >= "4" && e.version.len() == 1;
    let reference = reference_of(e, "SL");
    let mut w = Writer::new(Vec::new());
    w.write_composites(
        "UNB",
        &[
            &["UNOA", if four { "4" } else { "3" }][..],
            &party(&e.recipient),
            &party(&e.sender),
            &[e.prepared.0.as_str(), e.prepared.1.as_str()],
            &[reference.as_str()],
        ],
    )?;
    let (version, release) = if four { ("4", "1") } else { ("D", "3") };
    let mut message = w.begin_message("1", "CONTRL", version, release, "UN")?;
    let only_received = interchange.messages == 0 || extent == Contrl::Receipt;
    let action = match interchange.rejected {
        _ if only_received => RECEIVED,
        Some(_) => REJECTED,
        None => ACKNOWLEDGED,
    };
    let (sender, recipient) = (party(&e.sender), party(&e.recipient));
    let mut uci: Vec<&[&str]> = Vec::new();
    let own = [e.reference.as_str()];
    let action = [action];
    uci.extend([&own[..], &sender, &recipient, &action]);
    let error = [interchange.rejected.unwrap_or("28")];
    if !interchange.sound && !only_received {
        // A reference that was used before stands in the header, all other faults in the trailer.
        uci.extend([&error[..], if error == ["26"] { &["UNB"] } else { &["UNZ"] }]);
    }
    message.write_composites("UCI", &uci)?;
    if !only_received && interchange.rejected.is_none() {
        write_messages(&mut message, interchange)?;
    }
    message.finish()?;
    w.end_interchange(1, &reference)?;
    w.finish()
}

/// Writes what is said of the messages: what was rejected, or what is reported of the accepted ones.
fn write_messages(message: &mut Message<'_>, interchange: &InterchangeSummary) -> Result<(), EdifactError> {
    if !interchange.rejects {
        return interchange.faults.iter().take(NAMED).try_for_each(|fault| {
            let MessageFault { header, error, segment } = fault;
            write_fault(message, header, ACKNOWLEDGED, Some((error, segment)))
        });
    }
    for verdict in interchange.verdicts.iter().take(NAMED) {
        write_fault(message, &verdict.header, REJECTED, verdict.whole)?;
        for fault in &verdict.segments {
            let position = fault.position.to_string();
            let mut ucs: Vec<&[&str]> = Vec::new();
            let (position, code) = ([position.as_str()], fault.code.map(|code| [code]));
            ucs.push(&position);
            ucs.extend(code.as_ref().map(|c| &c[..]));
            message.write_composites("UCS", &ucs)?;
            for (code, element, component) in &fault.values {
                // The tag is the first of a segment's elements.
                let (element, component) = ((element + 1).to_string(), component.map(|c| c.to_string()));
                let place: Vec<&str> =
                    std::iter::once(element.as_str()).chain(component.as_deref()).collect();
                message.write_composites("UCD", &[&[*code][..], &place])?;
            }
        }
    }
    Ok(())
}

/// The message being written.
type Message<'w> = edifact_rs::MessageWriter<'w, Vec<u8>>;

/// Writes what is said of one message as a whole.
fn write_fault(
    message: &mut Message<'_>,
    h: &MessageHeader,
    action: &str,
    error: Option<(&str, &str)>,
) -> Result<(), EdifactError> {
    let whole =
        [h.kind.as_str(), h.version.as_str(), h.release.as_str(), h.agency.as_str(), h.association.as_str()];
    let kept = whole.iter().rposition(|part| !part.is_empty()).map_or(1, |last| last + 1);
    let (reference, action) = ([h.reference.as_str()], [action]);
    let error = error.map(|(code, segment)| ([code], [segment]));
    let mut ucm: Vec<&[&str]> = vec![&reference, &whole[..kept], &action];
    if let Some((code, segment)) = &error {
        ucm.extend([&code[..], &segment[..]]);
    }
    message.write_composites("UCM", &ucm)
}

/// Identification and qualifier, without an empty qualifier.
pub(super) fn party((id, qualifier): &(sealane_data::Text, sealane_data::Text)) -> Vec<&str> {
    if qualifier.is_empty() { vec![id.as_str()] } else { vec![id.as_str(), qualifier.as_str()] }
}

/// Returns a control reference of our own, at most 14 characters, the same for the same interchange.
pub(super) fn reference_of(e: &Envelope, first: &str) -> String {
    let text = format!("{}/{}/{}{}", e.sender.0, e.reference, e.prepared.0, e.prepared.1);
    let hex = Sha256::of(text.as_bytes()).hex();
    format!("{first}{}", hex.get(..12).unwrap_or_default().to_ascii_uppercase())
}

#[cfg(test)]
mod tests {
    use crate::{ReadContext, read};
    use sealane_data::partner::{Acknowledge, Partner, PartyId};

    const MESSAGE: &str = "UNH+7+CODECO:D:95B:UN:ITG14'BGM+34+X+9'EQD+CN+CSQU3054383+22G1'DTM+203:202609051420:203'LOC+165+MYPKG:139:6'";

    fn answer(
        version: &str,
        ask: &str,
        count: &str,
        acknowledge: Acknowledge,
        wants_ack: bool,
    ) -> Option<String> {
        let partner = Partner { acknowledge, ..Partner::new(PartyId("p".into())) };
        let text =
            format!("UNB+UNOA:{version}+A:ZZ+B+260905:1430+REF1++++{ask}'{MESSAGE}UNT+{count}+7'UNZ+1+REF1'");
        read(text.as_bytes(), ReadContext { partner: &partner, wants_ack }).acknowledgement
    }

    #[test]
    fn syntax_three_swaps_the_parties_and_accepts() {
        let text = answer("2", "1", "6", Acknowledge::OnRequest, false).unwrap();
        assert!(text.starts_with("UNB+UNOA:3+B+A:ZZ+260905:1430+SL"), "{text}");
        assert!(text.contains("'UNH+1+CONTRL:D:3:UN'UCI+REF1+A:ZZ+B+7'UNT+3+1'UNZ+1+SL"), "{text}");
        assert_eq!(
            answer("2", "1", "6", Acknowledge::OnRequest, true).as_ref(),
            Some(&text),
            "answers repeat"
        );
    }

    #[test]
    fn a_wrong_count_is_reported_and_accepted() {
        let text = answer("4", "1", "9", Acknowledge::OnRequest, false).unwrap();
        assert!(text.contains("UNH+1+CONTRL:4:1:UN'"), "{text}");
        assert!(text.contains("'UCM+7+CODECO:D:95B:UN:ITG14+7+29+UNT'UNT+4+1'"), "{text}");
    }

    #[test]
    fn policy_decides_who_is_answered() {
        assert_eq!(answer("2", "", "6", Acknowledge::OnRequest, false), None);
        assert!(answer("2", "", "6", Acknowledge::OnRequest, true).is_some());
        assert!(answer("2", "", "6", Acknowledge::Always, false).is_some());
        assert_eq!(answer("2", "1", "6", Acknowledge::Never, true), None);
    }

    #[test]
    fn the_answer_is_sound_by_our_own_reading_and_is_not_answered() {
        let text = answer("2", "1", "9", Acknowledge::Always, false).unwrap();
        let partner = Partner { acknowledge: Acknowledge::Always, ..Partner::new(PartyId("p".into())) };
        let reading = read(text.as_bytes(), ReadContext { partner: &partner, wants_ack: true });
        assert!(reading.findings.is_empty() && reading.interchanges[0].sound);
        assert_eq!(reading.acknowledgement, None);
    }
}
