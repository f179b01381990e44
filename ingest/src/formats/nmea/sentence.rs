//! One line: a sentence with its tag blocks, a time line, or something else.

use super::tag::{Millis, Tag, number, plausible};
use super::{checksum, hex};
use jiff::civil::DateTime;
use jiff::tz::Offset;

/// One AIS sentence (`VDM` of others, `VDO` of the own ship) on borrowed bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sentence<'a> {
    /// Who sends: `AI` a ship station, `BS` or `AB` a base station, `SA` a shore station ...
    pub talker: [u8; 2],
    /// Sentences of the message.
    pub total: u8,
    /// Its number among them, from 1.
    pub number: u8,
    /// What joins the sentences of one message, 0 to 9; 255 when not told.
    pub sequence: u8,
    /// The radio channel, `A` or `B`; 0 when not told.
    pub channel: u8,
    /// Six bits a character.
    pub payload: &'a [u8],
    /// Bits at the end of the payload that mean nothing.
    pub fill: u8,
    /// The sentence from `!` to its checksum.
    pub raw: &'a [u8],
}

/// A whole message with what its tag block says.
#[derive(Clone, Copy, Debug)]
pub struct Whole<'a> {
    /// The payload of all its sentences.
    pub payload: &'a [u8],
    /// Bits at its end that mean nothing.
    pub fill: u8,
    /// Its sentences, separated by line ends.
    pub raw: &'a [u8],
    /// When it was received.
    pub at: Option<Millis>,
    /// Who received it.
    pub station: Option<&'a [u8]>,
    /// The text of its tag block.
    pub text: Option<&'a [u8]>,
}

/// What is wrong with a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is no sentence.
    Text,
    /// It begins as an AIS sentence and has not its parts.
    Shape,
    /// Its checksum is wrong or absent.
    Checksum,
}

/// What one line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Line<'a> {
    /// Nothing.
    Blank,
    /// A comment: it begins with `#`.
    Comment,
    /// An AIS sentence.
    Ais(Tag<'a>, Sentence<'a>),
    /// A time that holds for the next message (Gatehouse, `$PGHP`).
    Time(Option<Millis>),
    /// Another sentence of NMEA 0183, or a tag block alone.
    Other,
    /// Something that cannot be read.
    Faulty(Fault),
}

impl<'a> Line<'a> {
    /// Reads a line without its end; text before `!` is passed over.
    pub fn read(line: &'a [u8]) -> Self {
        let line = line.trim_ascii();
        let (mut tag, rest) = Tag::read(line);
        let at = match rest {
            [] if line.is_empty() => return Self::Blank,
            [b'!', ..] => 0,
            [b'#', ..] => return Self::Comment,
            [b'$', b'P', b'G', b'H', b'P', b',', ..] => return Self::Time(gatehouse(rest)),
            [] | [b'$', ..] => return Self::Other,
            _ => match memchr::memchr(b'!', rest) {
                Some(at) if is_ais(&rest[at..]) => at,
                _ => return Self::Faulty(Fault::Text),
            },
        };
        let rest = &rest[at..];
        if !is_ais(rest) {
            return if rest.get(1).is_some_and(u8::is_ascii_uppercase) {
                Self::Other
            } else {
                Self::Faulty(Fault::Text)
            };
        }
        match sentence(rest) {
            Ok((sentence, after)) => {
                coast_guard(&mut tag, after);
                Self::Ais(tag, sentence)
            }
            Err(fault) => Self::Faulty(fault),
        }
    }
}

/// Returns whether a text begins with `!`, a talker and `VDM` or `VDO`.
fn is_ais(text: &[u8]) -> bool {
    matches!(text, [b'!', a, b, b'V', b'D', b'M' | b'O', b',', ..]
        if a.is_ascii_uppercase() && b.is_ascii_uppercase())
}

/// Returns the sentence at the start of a text that `is_ais`, and what follows it.
fn sentence(text: &[u8]) -> Result<(Sentence<'_>, &[u8]), Fault> {
    let [_, first, second, _, _, _, _, body @ ..] = text else { return Err(Fault::Shape) };
    let digit = |b: u8| if b.is_ascii_digit() { Ok(b - b'0') } else { Err(Fault::Shape) };
    let [total, b',', part, b',', body @ ..] = body else { return Err(Fault::Shape) };
    let (total, part) = (digit(*total)?, digit(*part)?);
    let (sequence, body) = match body {
        [b',', body @ ..] => (u8::MAX, body),
        [sequence, b',', body @ ..] => (digit(*sequence)?, body),
        _ => return Err(Fault::Shape),
    };
    let (channel, body) = match body {
        [b',', body @ ..] => (0, body),
        [channel, b',', body @ ..] => (*channel, body),
        _ => return Err(Fault::Shape),
    };
    let comma = memchr::memchr(b',', body).ok_or(Fault::Shape)?;
    let (payload, end) = (&body[..comma], &body[comma + 1..]);
    let (fill, end) = match end {
        [b'*', ..] => (0, end),
        [fill, b'*', ..] => (digit(*fill)?, &end[1..]),
        // `013` for `0*13` and the like: the checksum is not there.
        [_, ..] => return Err(Fault::Checksum),
        [] => return Err(Fault::Shape),
    };
    let told = end.get(1..3).and_then(hex).ok_or(Fault::Checksum)?;
    let star = text.len() - end.len();
    if checksum(&text[1..star]) != told {
        return Err(Fault::Checksum);
    }
    if part == 0 || part > total {
        return Err(Fault::Shape);
    }
    let raw = &text[..star + 3];
    let talker = [*first, *second];
    Ok((Sentence { talker, total, number: part, sequence, channel, payload, fill, raw }, &end[3..]))
}

/// Takes what the US Coast Guard's network writes behind the checksum: `,r003669945,1247243130`.
fn coast_guard<'a>(tag: &mut Tag<'a>, after: &'a [u8]) {
    let Some(fields) = after.strip_prefix(b",") else { return };
    for field in fields.split(|b| *b == b',').map(<[u8]>::trim_ascii) {
        match field {
            [b'r' | b'b', id @ ..] if tag.station.is_none() && number(id).is_some() => {
                tag.station = Some(field);
            }
            _ if tag.at.is_none() && (9..=10).contains(&field.len()) && number(field).is_some() => {
                tag.time(field);
            }
            _ => {}
        }
    }
}

/// Returns the time of `$PGHP,1,YYYY,M,D,h,m,s,ms,...*hh`, as far as it is one.
fn gatehouse(text: &[u8]) -> Option<Millis> {
    let star = memchr::memrchr(b'*', text)?;
    if hex(text[star + 1..].trim_ascii()) != Some(checksum(&text[1..star])) {
        return None;
    }
    let mut fields = text[..star].split(|b| *b == b',').skip(2).map(number);
    let mut next = || fields.next().flatten();
    let year = i16::try_from(next()?).ok()?;
    let mut small = || next().and_then(|n| i8::try_from(n).ok());
    let (month, day, hour, minute, second) = (small()?, small()?, small()?, small()?, small()?);
    let civil = DateTime::new(year, month, day, hour, minute, second, 0).ok()?;
    let whole = Offset::UTC.to_timestamp(civil).ok()?.as_millisecond();
    let millis = next().filter(|ms| *ms < 1000).unwrap_or(0);
    plausible(whole + millis)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Closes a sentence with its checksum.
    fn closed(body: &str) -> String {
        let sum = checksum(&body.as_bytes()[1..]);
        format!("{body}*{sum:02X}")
    }

    #[test]
    fn sentences_of_all_talkers_are_read() {
        for talker in ["AI", "BS", "SA", "AB", "AN", "AR", "AS", "AT", "AX", "AD"] {
            for form in ["VDM", "VDO"] {
                let text = closed(&format!("!{talker}{form},2,1,7,B,15N4cJ,0"));
                let Line::Ais(tag, s) = Line::read(text.as_bytes()) else { panic!("{text}") };
                assert_eq!((s.total, s.number, s.sequence, s.channel, s.fill), (2, 1, 7, b'B', 0));
                assert_eq!((s.payload, s.raw), (&b"15N4cJ"[..], text.as_bytes()));
                assert_eq!((tag, &s.talker[..]), (Tag::default(), talker.as_bytes()));
            }
        }
    }

    #[test]
    fn other_lines_are_told_apart() {
        let shape = Line::Faulty(Fault::Shape);
        for (text, line) in [
            ("", Line::Blank),
            (" \r", Line::Blank),
            ("# !AIVDM", Line::Comment),
            ("$GPGGA,184353.07*6D", Line::Other),
            ("\\s:A*32\\", Line::Other),
            ("!AIABK,1*00", Line::Other),
            ("foobar", Line::Faulty(Fault::Text)),
            ("hey! you", Line::Faulty(Fault::Text)),
            ("!", Line::Faulty(Fault::Text)),
            ("!AIVDM,", shape),
            ("!AIVDM,1,1,,A,abc", shape),
            ("!AIVDM,1,1,,A,abc,", shape),
            ("!AIVDM,1,1,,A,abc,0*00", Line::Faulty(Fault::Checksum)),
            ("!AIVDM,1,1,,A,abc,0*", Line::Faulty(Fault::Checksum)),
            ("!AIVDM,1,1,,A,abc,013", Line::Faulty(Fault::Checksum)),
            (&closed("!AIVDM,0,1,,A,abc,0"), shape),
            (&closed("!AIVDM,1,2,,A,abc,0"), shape),
        ] {
            assert_eq!(Line::read(text.as_bytes()), line, "{text}");
        }
    }

    #[test]
    fn times_stand_before_in_the_line_before_or_behind() {
        let text = closed("!AIVDM,1,1,,A,15N4cJ,0");
        let at = |line: &str| match Line::read(line.as_bytes()) {
            Line::Ais(tag, _) => (tag.at, tag.station.map(<[u8]>::to_vec)),
            line => panic!("{line:?}"),
        };
        let behind = format!("2009-07-10 text {text},s28089,d-103,r003669945,1247243130\r");
        assert_eq!(at(&behind), (Some(1_247_243_130_000), Some(b"r003669945".to_vec())));
        assert_eq!(at(&text), (None, None));
        let line = closed("$PGHP,1,2026,9,5,14,20,1,10,338,2,,1,09");
        assert_eq!(Line::read(line.as_bytes()), Line::Time(Some(1_788_618_001_010)));
        for wrong in ["$PGHP,1,2026,13,5,14,20,1,10*00", "$PGHP,", &closed("$PGHP,1,2026,13,5,14,20,1,10")] {
            assert_eq!(Line::read(wrong.as_bytes()), Line::Time(None), "{wrong}");
        }
    }
}
