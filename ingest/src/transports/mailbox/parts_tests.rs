use super::*;
use crate::formats::carried::tests::base64;

const EDI: &str = "UNB+UNOC:3+PORT:ZZ+LINE:ZZ+260501:1200+1'UNH+1+CODECO:D:95B:UN'BGM+34+1+9'FTX+AAI+++K\u{f6}ln'UNT+4+1'UNZ+1+1'";

fn taken(mail: &str) -> Vec<(String, Vec<u8>)> {
    parts(mail.as_bytes().to_vec()).taken.into_iter().map(|p| (p.name, p.bytes)).collect()
}

fn multipart(parts: &[&str]) -> String {
    let head = "From: a@port.example\r\nTo: b@c\r\nSubject: x\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"cut\"\r\n\r\n";
    let body: String = parts.iter().map(|p| format!("--cut\r\n{p}\r\n")).collect();
    format!("{head}{body}--cut--\r\n")
}

const NOTE: &str = "Content-Type: text/plain\r\n\r\nPlease find attached.";

fn attached(kind: &str, name: &str, encoding: &str, body: &str) -> String {
    format!(
        "Content-Type: {kind}\r\nContent-Disposition: attachment; filename=\"{name}\"\r\nContent-Transfer-Encoding: {encoding}\r\n\r\n{body}"
    )
}

#[test]
fn edi_attachments_come_out_as_they_were_however_they_travelled() {
    let latin: Vec<u8> = EDI.chars().map(|c| u8::try_from(u32::from(c)).unwrap()).collect();
    let quoted: String = latin
        .chunks(60)
        .map(|line| {
            let line = line.iter().map(|b| match b {
                b'=' | 128.. => format!("={b:02X}"),
                b => char::from(*b).to_string(),
            });
            line.collect::<String>() + "=\r\n"
        })
        .collect();
    for (kind, encoding, body) in [
        ("application/edifact", "base64", base64(&latin)),
        ("application/octet-stream", "base64", base64(&latin)),
        ("text/plain; charset=\"iso-8859-1\"", "base64", base64(&latin)),
        ("text/plain; charset=\"iso-8859-1\"", "quoted-printable", quoted),
    ] {
        let mail = multipart(&[NOTE, &attached(kind, "gate.edi", encoding, &body)]);
        let taken = taken(&mail);
        assert_eq!(taken.len(), 1, "{kind} {encoding}: {taken:?}");
        assert_eq!(taken[0].0, "gate.edi");
        assert_eq!(taken[0].1.trim_ascii_end(), latin, "{kind} {encoding}");
    }
}

#[test]
fn each_file_is_one_and_what_nothing_reads_is_counted() {
    let table = "container,status\r\nMSKU1234565,GATE IN\r\n";
    let inner = multipart(&[NOTE, &attached("text/xml", "inner.xml", "7bit", "<units/>")]);
    let mail = multipart(&[
        NOTE,
        &attached(
            "application/json",
            "../../events.json",
            "base64",
            &base64(b"[{\"eventType\":\"EQUIPMENT\"}]"),
        ),
        &attached("application/pdf", "paper.pdf", "base64", &base64(b"%PDF-1.4 ...")),
        &attached("text/plain", "ATT00001.txt", "7bit", "This mail is confidential."),
        &attached("text/csv", "moves.csv", "7bit", table),
        &format!("Content-Type: message/rfc822\r\n\r\n{inner}"),
        &attached(
            "application/octet-stream",
            "a\u{7}.edi",
            "7bit",
            "ISA*00*          *00*          *ZZ*A              *ZZ*B              *260501*1200*U*00401*000000001*0*P*>~",
        ),
    ]);
    let parts = parts(mail.into_bytes());
    let names: Vec<_> = parts.taken.iter().map(|p| p.name.as_str()).collect();
    assert_eq!(names, ["....events.json", "moves.csv", "inner.xml", "a.edi"]);
    assert_eq!(parts.left, 2, "the document and the notice");
    assert_eq!(parts.taken[1].bytes.trim_ascii_end(), table.trim_ascii_end().as_bytes());
}

#[test]
fn a_mail_without_attachments_is_its_text_and_one_without_anything_is_itself() {
    let head = "From: a@port.example\r\nTo: b@c\r\nSubject: x\r\n";
    let plain = ascii(EDI);
    assert_eq!(
        taken(&format!("{head}\r\n{plain}\r\n"))[0],
        ("text".to_owned(), format!("{plain}\r\n").into_bytes())
    );
    let encoded = format!(
        "{head}MIME-Version: 1.0\r\nContent-Transfer-Encoding: base64\r\n\r\n{}",
        base64(plain.as_bytes())
    );
    assert_eq!(taken(&encoded)[0].1, plain.as_bytes());
    let html = format!("{head}MIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n<p>hello</p>");
    let pdf = multipart(&[NOTE, &attached("application/pdf", "a.pdf", "base64", &base64(b"%PDF-1.4"))]);
    for whole in [html.as_str(), &pdf, head, "", "no mail at all"] {
        let taken = taken(whole);
        assert_eq!(taken.len(), 1, "{whole}");
        if taken[0].0 == "mail" {
            assert_eq!(taken[0].1, whole.as_bytes());
        }
    }
    assert_eq!(taken(&pdf)[0].0, "mail", "so that somebody is told that nothing in it could be read");
}

fn ascii(text: &str) -> String {
    text.chars().filter(char::is_ascii).collect()
}
