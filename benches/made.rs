//! A file of any length, made by ourselves: CODECO and COARRI of a fleet of containers.
//!
//! Half of the bytes are CODECO of 1 to 25 moves, half COARRI of 100 to 400. Containers are drawn
//! at random from the whole fleet, which is the hardest case for memory caches; each comes about
//! ten times, under one of two bookings.

use sealane_data::container::ContainerNumber;
use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

const OWNERS: [&str; 8] = ["MSKU", "CSNU", "EGHU", "OOLU", "TCLU", "TGHU", "HLXU", "BMOU"];
const SIZES: [&str; 6] = ["22G1", "45G1", "42G1", "22R1", "45R1", "L5G1"];
const LINES: [&str; 4] = ["COS", "EMC", "ONE", "HLC"];
/// Port and terminal, as terminals write them.
const QUAYS: [(&str, &str); 5] =
    [("CNSGH", "SGICT"), ("CNSGH", "SIPGSD"), ("VNCMT", "CMIT"), ("VNCMT", "GML"), ("MYPKG", "KMT")];
const SHIPS: u64 = 400;
/// How often a container comes in a file, on the average.
const REUSE: u64 = 10;

/// A small generator of random numbers (xorshift64*): the same seed, the same file.
pub(crate) struct Dice(u64);

impl Dice {
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// Returns a number below `n`.
    pub(crate) fn below(&mut self, n: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % n
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[usize::try_from(self.below(from.len() as u64)).unwrap_or(0)]
    }

    fn quay(&mut self) -> (&'static str, &'static str) {
        QUAYS[usize::try_from(self.below(QUAYS.len() as u64)).unwrap_or(0)]
    }

    fn minute(&mut self) -> String {
        let (month, day) = (1 + self.below(12), 1 + self.below(28));
        format!("2026{month:02}{day:02}{:02}{:02}", self.below(24), self.below(60))
    }
}

/// Returns the number of the nth container of the fleet, with its check digit.
pub(crate) fn container(n: u64) -> String {
    let owner = OWNERS[usize::try_from(n % OWNERS.len() as u64).unwrap_or(0)];
    ContainerNumber::read(&format!("{owner}{:06}", n / OWNERS.len() as u64)).canonical().to_owned()
}

/// Returns the IMO number of the nth ship, with its check digit.
fn imo(n: u64) -> String {
    let six = format!("{:06}", 910_000 + n);
    let sum: u32 = six.bytes().zip((2..=7).rev()).map(|(b, weight)| u32::from(b - b'0') * weight).sum();
    format!("{six}{}", sum % 10)
}

/// Writes a file of at least so many observations.
pub(crate) fn file(path: &Path, observations: u64) -> io::Result<()> {
    let mut maker = Maker {
        dice: Dice::new(observations),
        fleet: (observations / REUSE).max(1),
        out: BufWriter::new(File::create(path)?),
        messages: 0,
    };
    maker.segments(&["UNB+UNOA:2+TERMINAL+FORWARDER+261120:1200+IC1".to_owned()])?;
    let (mut made, mut gates, mut ships) = (0, 0, 0);
    while made < observations {
        let (count, bytes) = if gates <= ships { maker.codeco()? } else { maker.coarri()? };
        made += count;
        if gates <= ships { gates += bytes } else { ships += bytes }
    }
    let end = format!("UNZ+{}+IC1", maker.messages);
    maker.segments(&[end])?;
    maker.out.flush()
}

struct Maker {
    dice: Dice,
    fleet: u64,
    out: BufWriter<File>,
    messages: u64,
}

impl Maker {
    fn segments(&mut self, segments: &[String]) -> io::Result<u64> {
        let mut bytes = 0;
        for segment in segments {
            self.out.write_all(segment.as_bytes())?;
            self.out.write_all(b"'")?;
            bytes += segment.len() as u64 + 1;
        }
        Ok(bytes)
    }

    /// Closes a message with its trailer; returns observations and bytes.
    fn message(&mut self, mut segments: Vec<String>, count: u64) -> io::Result<(u64, u64)> {
        segments.push(format!("CNT+16:{count}"));
        segments.push(format!("UNT+{}+M{:09}", segments.len() + 1, self.messages));
        Ok((count, self.segments(&segments)?))
    }

    fn next(&mut self) -> String {
        self.messages += 1;
        format!("M{:09}", self.messages)
    }

    /// The segments that name a container and its booking.
    fn equipment(&mut self, trade: u64) -> [String; 3] {
        let n = self.dice.below(self.fleet);
        let trip = self.dice.below(2);
        let (size, line) = (self.dice.pick(&SIZES), self.dice.pick(&LINES));
        [
            format!("EQD+CN+{}+{size}:102:5++{trade}+{}", container(n), 4 + self.dice.below(2)),
            format!("RFF+BN:{:010}", 1_000_000_000 + n * 2 + trip),
            format!("RFF+BM:{line}SHA{:07}", n * 2 + trip),
        ]
    }

    fn codeco(&mut self) -> io::Result<(u64, u64)> {
        let name = self.next();
        let (gate, line) = (self.dice.pick(&["34", "36"]), self.dice.pick(&LINES));
        let mut segments = vec![
            format!("UNH+{name}+CODECO:D:95B:UN:ITG14"),
            format!("BGM+{gate}+{name}+9"),
            format!("NAD+CF+{line}:160:20"),
        ];
        let count = 1 + self.dice.below(25);
        for _ in 0..count {
            segments.extend(self.equipment(2));
            let (port, terminal) = self.dice.quay();
            segments.extend([
                format!("DTM+7:{}:203", self.dice.minute()),
                format!("LOC+165+{port}:139:6+{terminal}:TER:306"),
                format!("LOC+11+{}:139:6", self.dice.quay().0),
                format!("MEA+AAE+VGM+KGM:{}", 2200 + self.dice.below(28_000)),
                format!("SEL+CN{:07}+CA", self.dice.below(10_000_000)),
                "TDT+1++3++:172:20".to_owned(),
            ]);
        }
        self.message(segments, count)
    }

    fn coarri(&mut self) -> io::Result<(u64, u64)> {
        let name = self.next();
        let load = self.dice.below(2) == 0;
        let (ship, (port, terminal)) = (self.dice.below(SHIPS), self.dice.quay());
        let voyage = 2600 + self.dice.below(50);
        let (code, qualifier, trade) = if load { ("46", "9", 2) } else { ("44", "11", 3) };
        let line = self.dice.pick(&LINES);
        let mut segments = vec![
            format!("UNH+{name}+COARRI:D:95B:UN:SMDG20"),
            format!("BGM+{code}+{name}+9"),
            format!("TDT+20+{voyage}S+1++{line}:172:20+++{}:146:11:MV MEASURE {ship}", imo(ship)),
            format!("LOC+{qualifier}+{port}:139:6+{terminal}:TER:306"),
            format!("NAD+CA+{line}:172:20"),
        ];
        let count = 100 + self.dice.below(301);
        for _ in 0..count {
            segments.extend(self.equipment(trade));
            let other = self.dice.quay().0;
            segments.extend([
                format!("DTM+203:{}:203", self.dice.minute()),
                format!("LOC+{}+{other}:139:6", if load { "11" } else { "9" }),
                format!("LOC+147+{:07}::5", self.dice.below(1_000_000)),
                format!("MEA+AAE+VGM+KGM:{}", 2200 + self.dice.below(28_000)),
                format!("SEL+CN{:07}+CA", self.dice.below(10_000_000)),
            ]);
        }
        self.message(segments, count)
    }
}
