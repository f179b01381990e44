//! One message of every dialect that the simulated parties do not send day by day, about a ship's call of
//! the simulated world: literal templates, written from the guides' facts, in which names stand in braces.

mod templates;

use super::Settings;
use super::dialects::CARRIERS;
use super::ports::SITES;
use super::time::{HOUR, dtm203, unb};
use super::world::World;
use templates::{EDIFACT, FLAT, Template, X12};

/// How many containers a specimen tells of.
const BOXES: usize = 3;

/// A message as somebody might send it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Specimen {
    /// Its type and guide, such as `COPRAR:D:95B:UN:SMDG16`, or the set or file, such as `X12:315`.
    pub name: &'static str,
    /// The parser that is to read it, such as `edifact/coprar`.
    pub parser: String,
    /// Its bytes, a whole interchange.
    pub bytes: Vec<u8>,
    /// The numbers of the containers that it tells of.
    pub containers: Vec<String>,
    /// The IMO number of the ship, where it names one.
    pub ship: Option<String>,
}

/// Names and what stands for them.
type Facts = Vec<(&'static str, String)>;

/// Writes a specimen of every template about the first call of the world at which enough laden boxes load.
pub fn specimens(settings: &Settings) -> Vec<Specimen> {
    let world = World::run(settings);
    let Some((facts, boxes)) = (0..world.fleet.calls.len()).find_map(|call| about(&world, call)) else {
        return Vec::new();
    };
    let edifact = EDIFACT.iter().map(|t| specimen(t, "edifact", &facts, &boxes, interchange));
    let x12 = X12.iter().map(|t| specimen(t, "x12", &facts, &boxes, x12_interchange));
    let flat = FLAT.iter().map(|t| specimen(t, "flat", &facts, &boxes, |_, _, body| body.replace('\n', "")));
    edifact.chain(x12).chain(flat).collect()
}

/// Returns what is to be told of a call and its boxes, if enough laden ones of a known size load there.
fn about(world: &World, call: usize) -> Option<(Facts, Vec<Facts>)> {
    let c = &world.fleet.calls[call];
    let loads = world.journeys.iter().filter(|j| j.laden && world.size(j.container).is_some());
    let here: Vec<_> = loads.filter(|j| j.legs.first().is_some_and(|leg| leg.load == call)).collect();
    let first = here.first()?;
    let to = &world.fleet.calls[first.legs.first()?.discharge];
    let same = here.iter().filter(|j| j.legs[0].discharge == first.legs[0].discharge);
    let boxes: Vec<Facts> = same.zip(0usize..BOXES).map(|(j, n)| box_facts(world, j, n)).collect();
    if boxes.len() < BOXES || c.departure > world.end {
        return None;
    }
    let (ship, carrier) = (&world.fleet.ships[c.ship], &CARRIERS[world.fleet.service(call).carrier]);
    let (from, there) = (SITES[c.site].port(), SITES[to.site].port());
    let clock = |at| dtm203(at, from.offset);
    let day = clock(c.departure - 24 * HOUR);
    let facts = vec![
        ("imo", ship.imo.clone()),
        ("ship", ship.name.clone()),
        ("call_sign", ship.call_sign.clone()),
        ("voyage", world.fleet.voyage(call)),
        ("carrier", carrier.code.to_owned()),
        ("from", from.codes[0].to_owned()),
        ("to", there.codes[0].to_owned()),
        ("ata", clock(c.arrival)),
        ("atd", clock(c.departure)),
        ("eta", dtm203(to.planned_arrival, there.offset)),
        ("written", day.clone()),
        ("day", day.get(..8).unwrap_or_default().to_owned()),
        ("unb", unb(c.departure - 24 * HOUR, from.offset)),
        ("count", boxes.len().to_string()),
    ];
    Some((facts, boxes))
}

fn box_facts(world: &World, j: &super::world::Journey, n: usize) -> Facts {
    let booking = &world.bookings[j.booking];
    let number = &world.containers[j.container].number;
    let size = world.size(j.container).map_or("", |size| size.iso);
    vec![
        ("box", number.clone()),
        ("owner", number.get(..4).unwrap_or_default().to_owned()),
        ("serial", number.get(4..10).unwrap_or_default().to_owned()),
        ("size", size.to_owned()),
        ("kg", j.weight.to_string()),
        ("booking", booking.number.clone()),
        ("bl", booking.bl.clone().unwrap_or_else(|| format!("ZZBL{:08}", j.booking))),
        ("n", (n + 1).to_string()),
        ("seal", format!("SEAL{:05}", j.booking)),
        ("cell", format!("{:03}{:02}{:02}", 14 + n, 6, 82)),
    ]
}

/// Fills a template and lets `wrap` put its envelope around it.
fn specimen(
    t: &Template,
    format: &str,
    facts: &Facts,
    boxes: &[Facts],
    wrap: fn(&Template, &Facts, &str) -> String,
) -> Specimen {
    let mut body = fill(t.head, facts);
    for own in boxes {
        body.push_str(&fill(&fill(t.each, own), facts));
    }
    body.push_str(&fill(&fill(t.tail, facts), boxes.first().unwrap_or(facts)));
    let names_one = |text: &str| text.contains("{box}") || text.contains("{serial}");
    // What stands in the end is told of the first box alone.
    let told = if names_one(t.each) { boxes.len() } else { usize::from(names_one(t.tail)) };
    let value = |facts: &Facts, name| facts.iter().find(|(n, _)| *n == name).map(|(_, v)| v.clone());
    let named = [t.head, t.each, t.tail].iter().any(|text| text.contains("{imo}"));
    let kind = t.name.rsplit_once("X12:").map_or(t.name, |(_, kind)| kind);
    Specimen {
        name: t.name,
        parser: format!("{format}/{}", kind.split(':').next().unwrap_or_default().to_ascii_lowercase()),
        bytes: wrap(t, facts, &body).into_bytes(),
        containers: boxes.iter().take(told).filter_map(|own| value(own, "box")).collect(),
        ship: value(facts, "imo").filter(|_| named),
    }
}

/// Puts facts where their names stand in braces.
fn fill(template: &str, facts: &Facts) -> String {
    facts.iter().fold(template.to_owned(), |text, (name, value)| text.replace(&format!("{{{name}}}"), value))
}

/// Puts an interchange around the segments of an EDIFACT message.
fn interchange(t: &Template, facts: &Facts, body: &str) -> String {
    let segments = body.lines().count() + 2;
    let unb = fill("UNB+UNOA:2+SIMPARTY:ZZZ+SIMREADER:ZZZ+{unb}+SPEC0001'", facts);
    format!("{unb}\nUNH+1+{}'\n{body}UNT+{segments}+1'\nUNZ+1+SPEC0001'\n", t.name)
}

/// Puts interchange and group around the segments of a transaction set; `TA1` stands for itself.
fn x12_interchange(t: &Template, facts: &Facts, body: &str) -> String {
    let blank = " ".repeat(10);
    let [date, time] = [2..8, 8..12].map(|range| {
        facts.iter().find(|(n, _)| *n == "written").and_then(|(_, at)| at.get(range)).unwrap_or_default()
    });
    let isa = format!(
        "ISA*00*{blank}*00*{blank}*ZZ*SIMPARTY       *ZZ*SIMREADER      *{date}*{time}*U*00401*000000321*0*P*>~"
    );
    let kind = t.name.trim_start_matches("X12:");
    if kind == "TA1" {
        return format!("{isa}\n{body}IEA*0*000000321~\n");
    }
    let functional = if matches!(kind, "997" | "999") { "FA" } else { "QO" };
    let segments = body.lines().count() + 2;
    format!(
        "{isa}\nGS*{functional}*SIMPARTY*SIMREADER*20{date}*{time}*77*X*004010~\nST*{kind}*0001~\n{body}SE*{segments}*0001~\nGE*1*77~\nIEA*1*000000321~\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn names_are_unique_and_filled() {
        let all = [EDIFACT, X12, FLAT].concat();
        let names: BTreeSet<&str> = all.iter().map(|t| t.name).collect();
        assert_eq!(names.len(), all.len());
        let written = specimens(&Settings { containers: 300, ..Settings::demo(7) });
        assert_eq!(written.len(), all.len());
        for specimen in written {
            assert!(!specimen.bytes.iter().any(|b| matches!(b, b'{' | b'}')), "{}", specimen.name);
        }
    }
}
