//! A co-loader at Shanghai: every week a list of the shipments it was instructed for, as a workbook.
//!
//! It repeats the instructions of one forwarder, so the truth stays one.

use super::Draft;
use super::bookings::instructed;
use super::ports::SITES;
use super::time::{DAY, HOUR, Minute};
use super::world::World;
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Workbook, XlsxError};
use sealane_data::partner::{Partner, PartyId};
use sealane_data::sheet::{SheetField as F, SheetProfile};

const PARTY: &str = "sim-coloader-shanghai";

/// The forwarder whose bookings it takes, by its index.
const FORWARDER: usize = 0;

/// Its headings with what they hold; the fingerprint is as `sealane check` prints it.
const COLUMNS: [(&str, &str, F); 7] = [
    ("A", "分提单号 HBL No.", F::HouseBl),
    ("B", "订舱号 Booking No.", F::Booking),
    ("C", "箱号 Container No.", F::Container),
    ("D", "箱型 Type", F::SizeType),
    ("E", "毛重 G.W. (KGS)", F::GrossKg),
    ("F", "起运港 POL", F::LoadPort),
    ("G", "目的港 POD", F::DischargePort),
];
const LAYOUT: &str = "d0c58b49a73a9bdd";

/// Writes the lists of all weeks.
pub(super) fn write(world: &World, drafts: &mut Vec<Draft>) {
    let mine = |b: &super::world::Booking| b.forwarder == FORWARDER && SITES[b.from].port == SITES[0].port;
    let bookings = world.bookings.iter().enumerate().filter(|(_, b)| mine(b));
    let mut told: Vec<(Minute, usize)> =
        bookings.filter_map(|(ix, _)| Some((instructed(world, ix)?, ix))).collect();
    told.sort_unstable();
    let week = |at: Minute| at.div_euclid(7 * DAY);
    for list in told.chunk_by(|a, b| week(a.0) == week(b.0)) {
        let Some((first, _)) = list.first() else { continue };
        let at = (week(*first) + 1) * 7 * DAY + 10 * HOUR;
        let bytes = workbook(world, list).expect("a list of a week fits into a sheet");
        drafts.push(Draft { at, sender: PARTY.to_owned(), stem: "SHIPMENTS-XLSX", bytes, pinned: true });
    }
}

/// Returns the co-loader's profile, its layout confirmed.
pub(super) fn partner() -> Partner {
    let mut partner = Partner::new(PartyId(PARTY.into()));
    partner.name = format!("{PARTY} (synthetic)");
    partner.sheets = vec![SheetProfile {
        layout: LAYOUT.into(),
        name: "shipment list (synthetic)".to_owned(),
        dates: None,
        zone: None,
        kind: None,
        place: None,
        codes: std::collections::BTreeMap::new(),
        columns: COLUMNS.iter().map(|(letter, _, field)| ((*letter).into(), *field)).collect(),
    }];
    partner
}

/// Writes a list as XLSX: a title, headings in two languages, a total.
fn workbook(world: &World, list: &[(Minute, usize)]) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let created = ExcelDateTime::from_ymd(2026, 1, 1)?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&created));
    let sheet = workbook.add_worksheet();
    sheet.set_name("出货明细")?;
    sheet.write(0, 0, "出货明细 SHIPMENT LIST (synthetic)")?;
    for ((_, heading, _), column) in COLUMNS.iter().zip(0_u16..) {
        sheet.write(1, column, *heading)?;
    }
    let mut row = 2;
    for booking in list.iter().map(|(_, ix)| &world.bookings[*ix]) {
        for journey in booking.journeys.iter().map(|j| &world.journeys[*j]) {
            sheet.write(row, 0, booking.house_bl())?;
            sheet.write(row, 1, &booking.number)?;
            sheet.write(row, 2, &world.containers[journey.container].number)?;
            if let Some(size) = world.size(journey.container) {
                sheet.write(row, 3, size.iso)?;
            }
            sheet.write(row, 4, journey.weight)?;
            sheet.write(row, 5, SITES[booking.from].port().codes[0])?;
            sheet.write(row, 6, SITES[booking.to].port().codes[0])?;
            row += 1;
        }
    }
    sheet.write(row, 0, format!("合计: {}", row - 2))?;
    workbook.save_to_buffer()
}
