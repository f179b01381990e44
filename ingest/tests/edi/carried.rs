//! EDI in another coding is read as what it carries.

use sealane_data::partner::Partner;
use sealane_ingest::{Item, ReadContext, read_stream};
use std::ops::ControlFlow;

const EDI: &str = "UNB+UNOA:2+A+B+260930:1200+R77'UNH+1+CODECO:D:95B:UN:ITG14'BGM+34+X1+9'EQD+CN+CSQU3054383+22G1:102:5++2+5'DTM+7:202609301100:203'LOC+165+MYPKG:139:6'UNT+6+1'UNZ+1+R77'";

/// The same in Base64.
const CODED: [&str; 3] = [
    "VU5CK1VOT0E6MitBK0IrMjYwOTMwOjEyMDArUjc3J1VOSCsxK0NPREVDTzpEOjk1QjpVTjpJVEcx",
    "NCdCR00rMzQrWDErOSdFUUQrQ04rQ1NRVTMwNTQzODMrMjJHMToxMDI6NSsrMis1J0RUTSs3OjIw",
    "MjYwOTMwMTEwMDoyMDMnTE9DKzE2NStNWVBLRzoxMzk6NidVTlQrNisxJ1VOWisxK1I3Nyc=",
];

fn mail(coding: &str, body: &str) -> String {
    let head = "From: edi@port.example\r\nTo: feed@node.example\r\nSubject: CODECO\r\nMIME-Version: 1.0\r\n";
    format!(
        "{head}Content-Type: application/edifact\r\nContent-Transfer-Encoding: {coding}\r\n\r\n{body}\r\n"
    )
}

#[test]
fn base64_alone_and_in_a_mail_is_decoded_and_read() {
    let plain = super::read(EDI.as_bytes());
    assert_eq!((plain.messages[0].observations.len(), plain.findings.len()), (1, 0));
    let quoted = EDI.replace('=', "=3D").replace("'BGM", "'=\r\nBGM");
    for text in [
        CODED.concat(),
        format!("\u{feff}{}", CODED.join("\r\n")),
        mail("base64", &CODED.join("\r\n")),
        mail("quoted-printable", &quoted),
    ] {
        let reading = super::read(text.as_bytes());
        assert_eq!(reading.messages, plain.messages, "{text}");
        assert_eq!(
            reading.findings.iter().map(|f| f.code.as_str()).collect::<Vec<_>>(),
            ["EDI-073"],
            "{text}"
        );
        assert_eq!(reading.interchanges, plain.interchanges);
    }
}

#[test]
fn a_stream_of_base64_reads_as_the_whole_does() {
    let text = CODED.join("\n");
    let partner = Partner::operator();
    let mut items = Vec::new();
    let totals =
        read_stream(text.as_bytes(), ReadContext { partner: &partner, wants_ack: false }, &mut |item| {
            items.push(item);
            ControlFlow::Continue(())
        })
        .unwrap();
    assert_eq!(totals.message, text.len() as u64);
    let messages = items.iter().filter(|item| matches!(item, Item::Message(m) if m.observations.len() == 1));
    assert_eq!(messages.count(), 1);
}

#[test]
fn base64_of_something_else_stays_what_it_is() {
    let hello = "aGVsbG8sIHRoaXMgaXMgbm8gRURJIGF0IGFsbA==";
    let codes = |text: &str| {
        super::read(text.as_bytes()).findings.iter().map(|f| f.code.to_string()).collect::<Vec<_>>()
    };
    assert!(!codes(hello).contains(&"EDI-073".to_owned()));
    assert!(!codes(&mail("base64", hello)).contains(&"EDI-073".to_owned()));
    let cut = CODED[0].trim_end_matches('=').to_owned() + "%%";
    assert!(!codes(&cut).is_empty(), "what cannot be decoded is said");
}

#[test]
fn a_part_that_cannot_be_decoded_is_told_beside_what_is_read() {
    let broken = CODED.join("\r\n").replacen('C', "*", 1);
    let part = |coding: &str, body: &str| {
        format!(
            "--x\r\nContent-Type: application/edifact\r\nContent-Transfer-Encoding: {coding}\r\n\r\n{body}\r\n"
        )
    };
    let head =
        "From: a@b\r\nTo: c@d\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"x\"\r\n\r\n";
    for (coding, body) in [("base64", CODED.join("\r\n")), ("7bit", EDI.to_owned())] {
        let mail = format!("{head}{}{}--x--\r\n", part(coding, &body), part("base64", &broken));
        let reading = super::read(mail.as_bytes());
        assert_eq!(reading.messages.len(), 1, "{coding}");
        let codes: Vec<&str> = reading.findings.iter().map(|f| f.code.as_str()).collect();
        assert!(codes.contains(&"EDI-075"), "{coding}: {codes:?} {:?}", reading.findings);
    }
}
