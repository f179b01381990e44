//! TA1, 997 and 999: the acknowledgements of an X12 interchange (X12.5, X12.6, 005010X231).
//!
//! The policy is *accept and report*, as for CONTRL: whatever could be read was taken, so nothing is
//! rejected and the code of a fault stands beside the acceptance (`E`). TA1 answers for the
//! interchange where ISA14 asks; a 997, from version 005010 on a 999, for every group where the
//! profile or the request does. Date and control numbers are made from the interchange that is
//! answered: the same bytes get the same answer, and this room has no clock.

use crate::InterchangeSummary;
use crate::formats::edifact::Envelope;
use crate::formats::x12::{GroupReceipt, Receipt, SetReceipt};
use sealane_data::Text;
use sealane_data::submission::Sha256;
use std::fmt::Write as _;

/// Errors of a transaction set that one `AK5` or `IK5` can hold.
const ERRORS: usize = 5;

/// Writes the answer to an interchange: one interchange with a `TA1` where it asked for one, and with
/// the acknowledgements of its groups where they are wanted; empty where neither is due.
///
/// Where the profile rejects, what has errors is rejected and not only reported. Where the whole
/// interchange was rejected, a `TA1` says so alone, whatever ISA14 asks.
pub fn write(interchange: &InterchangeSummary, receipt: &Receipt, groups: bool) -> String {
    let (rejects, rejected) = (interchange.rejects, interchange.rejected.is_some());
    let envelope = &interchange.envelope;
    let number = number(envelope);
    let answered: &[GroupReceipt] = if groups && !rejected { &receipt.groups } else { &[] };
    let asked = asks(receipt, rejected) || (groups && rejected);
    if answered.is_empty() && !asked {
        return String::new();
    }
    let mut out = header(envelope, receipt, &number);
    if asked {
        out += &ta1(envelope, receipt, rejected);
    }
    let (five, four): (Vec<_>, Vec<_>) = answered.iter().partition(|g| is_five(g));
    let batches = [("997", "004010", four), ("999", "005010X231A1", five)];
    let mut count = 0;
    for (kind, version, batch) in batches.into_iter().filter(|(.., batch)| !batch.is_empty()) {
        count += 1;
        write_group(&mut out, envelope, (kind, version, count), (&batch, rejects));
    }
    let _ = write!(out, "IEA*{count}*{number}~");
    out
}

/// Whether the sender wants a TA1: always (1), or when errors are noted (3). Nothing is rejected, so
/// 2 asks for none, unless the interchange was.
fn asks(receipt: &Receipt, rejected: bool) -> bool {
    match receipt.asked.as_str() {
        "1" => true,
        "2" => rejected,
        "3" => receipt.note != "000",
        _ => false,
    }
}

/// Whether a group is of version 5 or later.
fn is_five(group: &GroupReceipt) -> bool {
    group.version.get(..3).is_some_and(|v| v >= "005")
}

/// Writes the interchange header, sender and recipient swapped.
fn header(e: &Envelope, receipt: &Receipt, number: &str) -> String {
    let party = |(id, qualifier): &(Text, Text)| {
        let qualifier = if qualifier.is_empty() { "ZZ" } else { qualifier.as_str() };
        format!("{:2.2}*{:15.15}", narrow(qualifier), narrow(id))
    };
    let version = digits(&receipt.version, 5).unwrap_or_else(|| "00401".into());
    let repetition = if version.as_str() >= "00402" { '^' } else { 'U' };
    let usage = if e.test { 'T' } else { 'P' };
    let (date, time) = prepared(e);
    let (from, to) = (party(&e.recipient), party(&e.sender));
    let blank = " ".repeat(10);
    format!(
        "ISA*00*{blank}*00*{blank}*{from}*{to}*{date}*{time}*{repetition}*{version}*{number}*0*{usage}*>~"
    )
}

/// Writes what is said of the interchange itself.
fn ta1(e: &Envelope, receipt: &Receipt, rejected: bool) -> String {
    let (date, time) = prepared(e);
    let code = if receipt.note == "000" { 'A' } else { faulty(rejected) };
    format!("TA1*{:0>9.9}*{date}*{time}*{code}*{}~", narrow(&e.reference), receipt.note)
}

/// Writes one group of acknowledgements, one for each group that is answered.
fn write_group(
    out: &mut String,
    e: &Envelope,
    (kind, version, at): (&str, &str, u32),
    (batch, rejects): (&[&GroupReceipt], bool),
) {
    let (date, time) = prepared(e);
    let first = batch.first().map(|g| g.parties.clone()).unwrap_or_default();
    let party = |own: &str, other: &Text| if own.is_empty() { plain(other) } else { plain(own) };
    let (to, from) = (party(&first.0, &e.sender.0), party(&first.1, &e.recipient.0));
    let _ = write!(out, "GS*FA*{from}*{to}*20{date}*{time}*{at}*X*{version}~");
    for (i, group) in batch.iter().enumerate() {
        let body = body(group, kind, rejects);
        let convention = if kind == "999" { format!("*{version}") } else { String::new() };
        let _ = write!(out, "ST*{kind}*{:04}{convention}~", i + 1);
        for segment in &body {
            let _ = write!(out, "{segment}~");
        }
        let _ = write!(out, "SE*{}*{:04}~", body.len() + 2, i + 1);
    }
    let _ = write!(out, "GE*{}*{at}~", batch.len());
}

/// Returns the segments of one acknowledgement between `ST` and `SE`.
fn body(group: &GroupReceipt, kind: &str, rejects: bool) -> Vec<String> {
    let close = if kind == "999" { "IK5" } else { "AK5" };
    let mut segments = Vec::with_capacity(2 * group.sets.len() + 2);
    let mut head = vec!["AK1".to_owned(), plain(&group.functional), plain(&group.control)];
    if kind == "999" {
        head.push(plain(&group.version));
    }
    segments.push(join(head));
    for set in &group.sets {
        let mut start = vec!["AK2".to_owned(), plain(&set.kind), plain(&set.control)];
        if kind == "999" {
            start.push(plain(&set.convention));
        }
        segments.push(join(start));
        segments.push(verdict(close, set, rejects));
    }
    let bad = group.sets.iter().filter(|s| !s.errors.is_empty()).count() as u64;
    let rejected = match (group.rejected, rejects) {
        (true, _) => group.received,
        (false, true) => bad,
        (false, false) => 0,
    };
    // A group whose sets were all rejected is, and one that holds others too is accepted in part.
    let code = match (bad, group.errors.is_empty()) {
        (0, true) => "A",
        _ if group.rejected => "R",
        _ if rejected > 0 && rejected >= group.received => "R",
        _ if rejected > 0 => "P",
        _ => "E",
    };
    let (received, accepted) =
        (group.received.to_string(), (group.received - rejected.min(group.received)).to_string());
    let included = group.included.parse::<u64>().map_or_else(|_| received.clone(), |n| n.to_string());
    let mut tail = vec!["AK9".to_owned(), code.into(), included, received, accepted];
    tail.extend(group.errors.iter().take(ERRORS).map(|e| (*e).to_owned()));
    segments.push(join(tail));
    segments
}

/// Writes what is said of one transaction set.
fn verdict(tag: &str, set: &SetReceipt, rejects: bool) -> String {
    let code = if set.errors.is_empty() { 'A' } else { faulty(rejects) };
    let mut parts = vec![tag.to_owned(), code.into()];
    parts.extend(set.errors.iter().take(ERRORS).map(|e| (*e).to_owned()));
    join(parts)
}

/// The code of what has errors: accepted with them, or rejected.
fn faulty(rejects: bool) -> char {
    if rejects { 'R' } else { 'E' }
}

/// Joins elements, without empty ones at the end.
fn join(mut parts: Vec<String>) -> String {
    while parts.last().is_some_and(String::is_empty) {
        parts.pop();
    }
    parts.join("*")
}

/// A value without the separators of the answer and without control characters.
fn plain(value: &str) -> String {
    value.chars().map(|c| if "*~>^".contains(c) || c.is_control() { ' ' } else { c }).collect()
}

/// A value of the interchange header, whose readers count bytes: one byte each, else `?`.
fn narrow(value: &str) -> String {
    plain(value).chars().map(|c| if c.is_ascii() { c } else { '?' }).collect()
}

/// Returns a text of so many digits, and of nothing else.
fn digits(text: &str, len: usize) -> Option<String> {
    (text.len() == len && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.to_owned())
}

/// Date and time of the interchange that is answered, in digits.
fn prepared(e: &Envelope) -> (String, String) {
    let or_zeros = |text: &str, len| digits(text, len).unwrap_or_else(|| "0".repeat(len));
    (or_zeros(&e.prepared.0, 6), or_zeros(&e.prepared.1, 4))
}

/// Returns a control number of our own, nine digits, the same for the same interchange.
fn number(e: &Envelope) -> String {
    let text = format!("{}/{}/{}{}", e.sender.0, e.reference, e.prepared.0, e.prepared.1);
    let eight = Sha256::of(text.as_bytes()).0.first_chunk().map_or(0, |b| u64::from_be_bytes(*b));
    format!("{:09}", eight % 999_999_999 + 1)
}

#[cfg(test)]
mod tests {
    use crate::{ReadContext, read};
    use sealane_data::partner::{Acknowledge, Mode, OnError, Partner, PartyId};

    const SET: &str = "ST*315*0001~B4***VA*20260905*0807**CSQU*305438*L**MYPKG*UN*3~SE*3*0001~";

    fn isa(asked: &str, version: &str) -> String {
        let blank = " ".repeat(10);
        format!(
            "ISA*00*{blank}*00*{blank}*ZZ*SIMA           *02*PORT           *260905*1430*U*{version}*000000321*{asked}*P*>~"
        )
    }

    fn answer(
        asked: &str,
        version: &str,
        set: &str,
        acknowledge: Acknowledge,
        wants_ack: bool,
    ) -> Option<String> {
        let partner = Partner { acknowledge, ..Partner::new(PartyId("p".into())) };
        let text = format!(
            "{}GS*QO*LINE*NODE*20260905*1430*77*X*{version}0~{set}GE*1*77~IEA*1*000000321~",
            isa(asked, version)
        );
        read(text.as_bytes(), ReadContext { partner: &partner, wants_ack }).acknowledgement
    }

    #[test]
    fn ta1_where_isa14_asks() {
        let text = answer("1", "00401", SET, Acknowledge::OnRequest, false).unwrap();
        assert!(
            text.starts_with(
                "ISA*00*          *00*          *02*PORT           *ZZ*SIMA           *260905*1430*U*00401*"
            ),
            "{text}"
        );
        assert!(text.contains("*0*P*>~TA1*000000321*260905*1430*A*000~IEA*0*"), "{text}");
        assert_eq!(answer("0", "00401", SET, Acknowledge::OnRequest, false), None);
        assert_eq!(answer("1", "00401", SET, Acknowledge::Never, true), None);
        assert_eq!(answer("2", "00401", SET, Acknowledge::OnRequest, false), None);
    }

    #[test]
    fn a_997_accepts_and_names_faults() {
        let text = answer("0", "00401", SET, Acknowledge::OnRequest, true).unwrap();
        let body = "~GS*FA*NODE*LINE*20260905*1430*1*X*004010~ST*997*0001~AK1*QO*77~AK2*315*0001~AK5*A~AK9*A*1*1*1~SE*6*0001~GE*1*1~IEA*1*";
        assert!(text.contains(body), "{text}");
        let wrong = answer("1", "00401", &SET.replace("SE*3", "SE*9"), Acknowledge::Always, false).unwrap();
        assert!(wrong.contains("AK2*315*0001~AK5*E*4~AK9*E*1*1*1~"), "{wrong}");
        assert!(wrong.contains("TA1*000000321*260905*1430*A*000~GS*FA"), "{wrong}");
    }

    #[test]
    fn a_rejected_interchange_gets_a_ta1_alone() {
        let strict = Partner { on_error: OnError::Reject, ..Partner::new(PartyId("p".into())) };
        for asked in ["0", "1", "2", "3"] {
            let text = format!(
                "{}GS*QO*LINE*NODE*20260905*1430*77*X*004010~{SET}GE*1*77~IEA*9*000000321~",
                isa(asked, "00401")
            );
            let reading = read(text.as_bytes(), ReadContext { partner: &strict, wants_ack: true });
            let answer = reading.acknowledgement.unwrap();
            assert!(answer.contains("~TA1*000000321*260905*1430*R*021~IEA*0*"), "{answer}");
            assert_eq!(reading.messages[0].mode, Mode::Shadow);
        }
    }

    #[test]
    fn a_group_with_a_wrong_frame_is_rejected_with_all_it_holds() {
        let strict = Partner {
            on_error: OnError::Reject,
            acknowledge: Acknowledge::Always,
            ..Partner::new(PartyId("p".into()))
        };
        let second = SET.replace("0001", "0002");
        for (trailers, said) in [
            (["GE*2*77~", "GE*1*78~"], ["AK9*R*2*1*0*5~", "AK9*A*1*1*1~"]),
            (["GE*1*70~", "GE*1*78~"], ["AK9*R*1*1*0*4~", "AK9*A*1*1*1~"]),
            (["", "GE*1*78~"], ["AK9*R*1*1*0*3~", "AK9*A*1*1*1~"]),
            (["GE*1*77~", "GE*1*78~"], ["AK9*A*1*1*1~", "AK9*A*1*1*1~"]),
        ] {
            let text = format!(
                "{}GS*QO*LINE*NODE*20260905*1430*77*X*004010~{SET}{}GS*QO*LINE*NODE*20260905*1430*78*X*004010~{second}{}IEA*2*000000321~",
                isa("0", "00401"),
                trailers[0],
                trailers[1]
            );
            let cx = ReadContext { partner: &strict, wants_ack: false };
            let reading = read(text.as_bytes(), cx);
            let answer = reading.acknowledgement.unwrap();
            let (first, other) = answer.split_once("AK1*QO*78~").unwrap();
            assert!(first.contains(said[0]) && other.contains(said[1]), "{answer}");
            for (message, said) in reading.messages.iter().zip(said) {
                assert_eq!(message.mode == Mode::Shadow, said.starts_with("AK9*R"), "{answer}");
                assert!(!message.observations.is_empty());
            }
            // Where nothing is rejected, the same is reported.
            let kind = Partner { on_error: OnError::Report, ..strict.clone() };
            let told = read(text.as_bytes(), ReadContext { partner: &kind, wants_ack: false });
            assert!(!told.acknowledgement.unwrap().contains("*R*"));
        }
    }

    #[test]
    fn numbers_that_are_used_again_are_named_and_rejected_by_the_profile() {
        for (on_error, set, group) in [
            (OnError::Report, "AK5*E*23~AK9*E*2*2*2~", "AK9*E*1*1*1*19~"),
            (OnError::Reject, "AK5*R*23~AK9*P*2*2*1~", "AK9*R*1*1*0*19~"),
        ] {
            let partner =
                Partner { on_error, acknowledge: Acknowledge::Always, ..Partner::new(PartyId("p".into())) };
            let gs = "GS*QO*LINE*NODE*20260905*1430*77*X*004010~";
            let text =
                format!("{}{gs}{SET}{SET}GE*2*77~{gs}{SET}GE*1*77~IEA*2*000000321~", isa("0", "00401"));
            let reading = read(text.as_bytes(), ReadContext { partner: &partner, wants_ack: false });
            let answer = reading.acknowledgement.unwrap();
            assert!(answer.contains(set) && answer.contains(group), "{answer}");
            assert_eq!(reading.findings.iter().filter(|f| f.code == "EDI-023").count(), 1);
            let live: Vec<bool> = reading.messages.iter().map(|m| m.mode == Mode::Live).collect();
            let rejects = on_error == OnError::Reject;
            assert_eq!(live, [true, !rejects, !rejects]);
        }
    }

    #[test]
    fn a_999_from_version_five_on() {
        let text = answer("0", "00501", SET, Acknowledge::Always, false).unwrap();
        let body = "*00501*";
        assert!(text.contains(body) && text.contains("*^*"), "{text}");
        assert!(text.contains("*X*005010X231A1~ST*999*0001*005010X231A1~AK1*QO*77*005010~AK2*315*0001~IK5*A~AK9*A*1*1*1~SE*6*0001~"), "{text}");
    }

    #[test]
    fn the_header_of_an_answer_has_its_width_whatever_the_sender_is_called() {
        let sender = isa("1", "00401").replace("SIMA           ", "日00401         ");
        let text = format!("{sender}IEA*0*000000321~");
        let strict = Partner { acknowledge: Acknowledge::Always, ..Partner::new(PartyId("p".into())) };
        let reading = read(text.as_bytes(), ReadContext { partner: &strict, wants_ack: true });
        let answer = reading.acknowledgement.unwrap();
        assert!(answer.contains("*ZZ*?00401         *"), "{answer}");
        assert_eq!(answer.find('~'), Some(105), "{answer}");
        let again = read(answer.as_bytes(), ReadContext { partner: &strict, wants_ack: false });
        assert_eq!(again.messages.len(), 1, "{answer}");
    }

    #[test]
    fn the_answer_is_sound_by_our_own_reading_and_is_not_answered() {
        let text = answer("1", "00401", &SET.replace("SE*3", "SE*9"), Acknowledge::Always, false).unwrap();
        let partner = Partner { acknowledge: Acknowledge::Always, ..Partner::new(PartyId("p".into())) };
        let asking = text.replace("*0*P*>~", "*1*P*>~");
        let reading = read(asking.as_bytes(), ReadContext { partner: &partner, wants_ack: true });
        assert_eq!(reading.findings, [], "{text}");
        assert!(reading.interchanges[0].sound && reading.messages.len() == 2);
        assert_eq!(reading.acknowledgement, None);
    }
}
