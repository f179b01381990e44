//! Depots that send no EDI: every morning the gate moves of the day before, as a spreadsheet.
//!
//! They repeat what the terminal of their place reports, so the truth stays one.

use super::Draft;
use super::ports::SITES;
use super::time::{DAY, HOUR, Minute, local};
use super::world::{Event, World};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, XlsxError};
use sealane_data::node::NodeId;
use sealane_data::observation::Kind;
use sealane_data::partner::{Partner, PartyId};
use sealane_data::sheet::{DateOrder, SheetField as F, SheetProfile};
use std::fmt::Write as _;

/// One depot.
struct Depot {
    party: &'static str,
    /// Index into `SITES`.
    site: usize,
    stem: &'static str,
    /// The fingerprint of its headings, as `sealane check` prints it.
    layout: &'static str,
    columns: &'static [(&'static str, F)],
    write: fn(&World, &[Move<'_>], i64) -> Vec<u8>,
}

/// A gate move with its journey.
type Move<'a> = (usize, &'a Event);

const DEPOTS: [Depot; 2] = [
    Depot {
        party: "sim-depot-cai-mep",
        site: 3,
        stem: "GATELIST-XLSX",
        layout: "fd31a32f457fabb7",
        columns: &[
            ("A", F::Container),
            ("B", F::SizeType),
            ("C", F::Load),
            ("D", F::Booking),
            ("E", F::GateInTime),
            ("F", F::GateOutTime),
        ],
        write: workbook,
    },
    Depot {
        party: "sim-depot-laem-chabang",
        site: 12,
        stem: "GATELIST-CSV",
        layout: "341cd39d66c194ab",
        columns: &[
            ("A", F::Container),
            ("B", F::SizeType),
            ("C", F::Load),
            ("D", F::Event),
            ("E", F::EventDate),
            ("F", F::EventClock),
            ("G", F::Booking),
        ],
        write: text,
    },
];

/// Writes the lists of all depots.
pub(super) fn write(world: &World, drafts: &mut Vec<Draft>) {
    for depot in &DEPOTS {
        let offset = SITES[depot.site].port().offset;
        let mut moves: Vec<Move<'_>> = Vec::new();
        for (journey, j) in world.journeys.iter().enumerate() {
            let here = j.events.iter().filter(|e| e.call.is_none() && e.site == depot.site);
            moves.extend(here.map(|e| (journey, e)));
        }
        moves.sort_by_key(|(journey, e)| (e.at, *journey));
        let day = |at: Minute| (at + offset * HOUR).div_euclid(DAY);
        for list in moves.chunk_by(|a, b| day(a.1.at) == day(b.1.at)) {
            let Some((_, first)) = list.first() else { continue };
            let at = (day(first.at) + 1) * DAY - offset * HOUR + 6 * HOUR;
            let bytes = (depot.write)(world, list, offset);
            drafts.push(Draft { at, sender: depot.party.to_owned(), stem: depot.stem, bytes, pinned: true });
        }
    }
}

/// Returns the profiles of the depots, their layouts confirmed.
pub(super) fn partners() -> impl Iterator<Item = Partner> {
    DEPOTS.iter().map(|depot| {
        let mut partner = Partner::new(PartyId(depot.party.into()));
        partner.name = format!("{} (synthetic)", depot.party);
        partner.default_node = Some(NodeId(SITES[depot.site].node.into()));
        partner.zone = Some(SITES[depot.site].port().zone.to_owned());
        partner.sheets = vec![SheetProfile {
            layout: depot.layout.into(),
            name: "gate list (synthetic)".to_owned(),
            dates: Some(DateOrder::Dmy),
            zone: None,
            kind: None,
            place: None,
            codes: std::collections::BTreeMap::new(),
            columns: depot.columns.iter().map(|(letter, field)| ((*letter).into(), *field)).collect(),
        }];
        partner
    })
}

/// Writes a list as XLSX: a title, headings in two languages, dates as numbers, a total.
fn workbook(world: &World, moves: &[Move<'_>], offset: i64) -> Vec<u8> {
    cells(world, moves, offset).expect("a list of a day fits into a sheet")
}

fn cells(world: &World, moves: &[Move<'_>], offset: i64) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let created = ExcelDateTime::from_ymd(2026, 1, 1)?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&created));
    let sheet = workbook.add_worksheet();
    sheet.write(0, 0, "BÁO CÁO RA VÀO CỔNG / GATE LIST (synthetic)")?;
    let headings = [
        "Số cont / Container No.",
        "Kích cỡ / Size",
        "F/E",
        "Booking No.",
        "Vào cổng / Gate in",
        "Ra cổng / Gate out",
    ];
    for (heading, column) in headings.into_iter().zip(0_u16..) {
        sheet.write(2, column, heading)?;
    }
    let form = Format::new().set_num_format("dd/mm/yyyy hh:mm");
    let mut row = 3;
    for (journey, e) in moves {
        let j = &world.journeys[*journey];
        sheet.write(row, 0, &world.containers[j.container].number)?;
        if let Some(size) = world.size(j.container) {
            sheet.write(row, 1, size.iso)?;
        }
        sheet.write(row, 2, if e.laden { "F" } else { "E" })?;
        sheet.write(row, 3, &world.bookings[j.booking].number)?;
        // Day 25,569 of Excel is the first of 1970.
        #[expect(clippy::cast_precision_loss, reason = "minutes of this century are small")]
        let days = (e.at + offset * HOUR) as f64 / DAY as f64 + 25_569.0;
        sheet.write_with_format(row, if e.kind == Kind::GateIn { 4 } else { 5 }, days, &form)?;
        row += 1;
    }
    sheet.write(row, 0, format!("Tổng cộng: {}", moves.len()))?;
    workbook.save_to_buffer()
}

/// Writes a list as text with semicolons, in Thai, with Buddhist years.
fn text(world: &World, moves: &[Move<'_>], offset: i64) -> Vec<u8> {
    let mut text = "\u{FEFF}หมายเลขตู้;ขนาด;สถานะตู้;รายการ;วันที่;เวลา;เลขที่จอง\r\n".to_owned();
    for (journey, e) in moves {
        let j = &world.journeys[*journey];
        let number = &world.containers[j.container].number;
        let size = world.size(j.container).map_or("", |s| s.iso);
        let load = if e.laden { "หนัก" } else { "เปล่า" };
        let event = if e.kind == Kind::GateIn { "เข้า" } else { "ออก" };
        let at = local(e.at, offset);
        let (day, month, year) = (at.day(), at.month(), at.year() + 543);
        let (hour, minute) = (at.hour(), at.minute());
        let booking = &world.bookings[j.booking].number;
        let _ = write!(
            text,
            "{number};{size};{load};{event};{day:02}/{month:02}/{year};{hour:02}:{minute:02};{booking}\r\n"
        );
    }
    let _ = write!(text, "รวม;{}\r\n", moves.len());
    text.into_bytes()
}
