//! The worked examples of `docs/spreadsheets.md`, written by code: nobody's real list.

use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook};
use sealane_data::container::ContainerNumber;

/// A synthetic container number with its check digit.
pub(super) fn number(n: u32) -> String {
    ContainerNumber::read(&format!("SYNU{n:06}")).canonical().to_owned()
}

fn workbook() -> Workbook {
    let mut workbook = Workbook::new();
    let created = ExcelDateTime::from_ymd(2026, 9, 5).unwrap();
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&created));
    workbook
}

/// A depot's gate list with Vietnamese and English headings, a title, groups, a total, and slips.
pub(super) fn depot() -> Vec<u8> {
    let mut workbook = workbook();
    let sheet = workbook.add_worksheet().set_name("Gate 05-09").unwrap();
    let bold = Format::new().set_bold();
    sheet.merge_range(0, 0, 0, 9, "BÁO CÁO XUẤT NHẬP BÃI / DAILY GATE LIST (synthetic)", &bold).unwrap();
    for (heading, column) in
        ["STT / No.", "Số cont\nContainer No.", "Kích cỡ / Size", "Rỗng/Hàng (F/E)"].into_iter().zip(0..)
    {
        sheet.merge_range(2, column, 3, column, heading, &bold).unwrap();
    }
    sheet.merge_range(2, 4, 2, 5, "Vào cổng / Gate in", &bold).unwrap();
    sheet.merge_range(2, 6, 2, 7, "Ra cổng / Gate out", &bold).unwrap();
    for (column, heading) in [(4, "Ngày / Date"), (5, "Giờ / Time"), (6, "Ngày / Date"), (7, "Giờ / Time")]
    {
        sheet.write_with_format(3, column, heading, &bold).unwrap();
    }
    sheet.merge_range(2, 8, 3, 8, "Số booking", &bold).unwrap();
    sheet.merge_range(2, 9, 3, 9, "Ghi chú / Remarks", &bold).unwrap();
    let (day, clock) = (Format::new().set_num_format("dd/mm/yyyy"), Format::new().set_num_format("hh:mm"));
    let good = [
        (1, "40HC", "E", Some((46_270.0, 0.25)), None, "SYNBKG0001"),
        (2, "20DC", "F", Some((46_270.0, 0.375)), Some((46_270.0, 0.625)), "SYNBKG0001"),
        (3, "45G1", "E", None, Some((46_270.0, 0.75)), "SYNBKG0002"),
    ];
    for ((n, size, load, into, out, booking), row) in good.into_iter().zip(4_u32..) {
        sheet.write(row, 0, n).unwrap();
        sheet.write(row, 1, number(n)).unwrap();
        sheet.write(row, 2, size).unwrap();
        sheet.write(row, 3, load).unwrap();
        for (at, column) in [(into, 4), (out, 6)] {
            if let Some((date, time)) = at {
                sheet.write_with_format(row, column, date, &day).unwrap();
                sheet.write_with_format(row, column + 1, time, &clock).unwrap();
            }
        }
        sheet.write(row, 8, booking).unwrap();
    }
    // A wrong check digit, a text for a date, a time that is none; then a row without a number.
    sheet.write(7, 1, "SYNU0000045").unwrap();
    sheet.write(7, 2, "40 feet").unwrap();
    sheet.write(7, 3, "?").unwrap();
    sheet.write(7, 4, "hôm qua").unwrap();
    sheet.write(7, 6, "2026-09-05").unwrap();
    sheet.write(7, 7, "chiều").unwrap();
    sheet.write(8, 2, "20DC").unwrap();
    sheet.write_with_format(8, 4, 46_270.0, &day).unwrap();
    sheet.write(9, 0, "Tổng cộng / Total").unwrap();
    sheet.write(9, 8, "5").unwrap();
    sheet.write(11, 0, "Người lập biểu: (synthetic)").unwrap();
    workbook.add_worksheet().set_name("Notes").unwrap();
    workbook.save_to_buffer().unwrap()
}

/// A co-loader's shipment list with Chinese and English headings; one bill covers two rows.
pub(super) fn coloader() -> Vec<u8> {
    let mut workbook = workbook();
    let sheet = workbook.add_worksheet().set_name("出货明细").unwrap();
    let headings = [
        "分提单号 HBL No.",
        "提单号(MBL)",
        "订舱号 Booking No.",
        "箱号 Container No.",
        "箱型 Type",
        "封号 Seal No.",
        "毛重 G.W. (KGS)",
        "船名/航次 Vessel/Voyage",
        "起运港 POL",
        "目的港 POD",
        "预计开船 ETD",
        "预计到港 ETA",
        "品名 Commodity",
    ];
    for (heading, column) in headings.into_iter().zip(0..) {
        sheet.write(0, column, heading).unwrap();
    }
    let plain = Format::new();
    sheet.merge_range(1, 1, 2, 1, "SYNMBL2609001", &plain).unwrap();
    sheet.merge_range(1, 2, 2, 2, "SYNBKG9001", &plain).unwrap();
    for ((house, n), row) in [("SYNHBL260901", 101), ("SYNHBL260902", 102)].into_iter().zip(1..) {
        sheet.write(row, 0, house).unwrap();
        sheet.write(row, 3, number(n)).unwrap();
        sheet.write(row, 4, "40'HQ").unwrap();
        sheet.write(row, 5, format!("SYN{n:05}")).unwrap();
        sheet.write(row, 6, "18,250").unwrap();
        ship(sheet, row);
    }
    // Less than a container: a booking without a number; then one with two containers in a cell.
    sheet.write(3, 0, "SYNHBL260903").unwrap();
    sheet.write(3, 1, "SYNMBL2609002").unwrap();
    sheet.write(3, 2, "TBA").unwrap();
    ship(sheet, 3);
    sheet.write(4, 0, "SYNHBL260904").unwrap();
    sheet.write(4, 3, format!("{}/{}", number(103), number(104))).unwrap();
    sheet.write(4, 4, "20GP").unwrap();
    sheet.write(4, 1, "N/A").unwrap();
    sheet.write(4, 2, "0000").unwrap();
    sheet.write(4, 8, "上海 (CNSHA)").unwrap();
    sheet.write(4, 10, "05/09/2026").unwrap();
    sheet.write(5, 0, "合计").unwrap();
    sheet.write(5, 6, 36_500).unwrap();
    workbook.save_to_buffer().unwrap()
}

fn ship(sheet: &mut rust_xlsxwriter::Worksheet, row: u32) {
    sheet.write(row, 7, "SYNTH ORCHID / 038W").unwrap();
    sheet.write(row, 8, "CNSHA").unwrap();
    sheet.write(row, 9, "Laem Chabang").unwrap();
    sheet.write(row, 10, "2026年9月8日").unwrap();
    sheet.write(row, 11, "2026-09-15 06:00").unwrap();
    sheet.write(row, 12, "玩具 TOYS").unwrap();
}

/// The same kind of list as text: semicolons, GBK, a column of events.
pub(super) fn gbk() -> Vec<u8> {
    let (a, b) = (number(201), number(202));
    let text = format!(
        "箱号;尺寸;重空;动态;作业时间;码头\r\n{a};40HC;重;进场;2026-09-05 14:20;SGICT\r\n{b};20GP;空;出场;2026/9/5 2:20 PM;SGICT\r\n{a};40HC;重;倒箱;2026-09-06 08:00;SGICT\r\n\r\n小计;2\r\n"
    );
    let (bytes, _, lost) = encoding_rs::GBK.encode(&text);
    assert!(!lost);
    bytes.into_owned()
}

/// A text with dates that can be read in two ways.
pub(super) fn ambiguous() -> Vec<u8> {
    let (a, b) = (number(301), number(302));
    format!("Container No,Gate In,Place\n{a},05/09/2026 08:00,LAEM CHABANG\n{b},06/09/2026 09:30,THLCH\n")
        .into_bytes()
}

/// A text in Thai with Buddhist years.
pub(super) fn thai() -> Vec<u8> {
    let a = number(303);
    format!("\u{FEFF}หมายเลขตู้,ขนาด,วันเวลาเข้า,ลานตู้\n{a},40HC,5 ก.ย. 2569 14:20 น.,LCH1\n").into_bytes()
}

/// A mail that carries the text list and a picture.
pub(super) fn mail() -> Vec<u8> {
    let list = String::from_utf8(ambiguous()).unwrap().replace('\n', "\r\n");
    format!(
        "From: depot@example.invalid\r\nTo: edi@example.invalid\r\nSubject: Gate list (synthetic)\r\nDate: Sat, 5 Sep 2026 10:00:00 +0700\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=\"b\"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\nPlease find the list attached.\r\n--b\r\nContent-Type: text/csv\r\nContent-Disposition: attachment; filename=\"gate.csv\"\r\n\r\n{list}\r\n--b\r\nContent-Type: application/pdf\r\nContent-Transfer-Encoding: base64\r\nContent-Disposition: attachment; filename=\"terms.pdf\"\r\n\r\nJVBERi0xLjQK\r\n--b--\r\n"
    )
    .into_bytes()
}

/// Every example with its file name.
pub(super) fn all() -> Vec<(&'static str, Vec<u8>)> {
    vec![
        ("synthetic_depot_gate_vi_en.xlsx", depot()),
        ("synthetic_coloader_zh_en.xlsx", coloader()),
        ("synthetic_gate_gbk.csv", gbk()),
        ("synthetic_gate_ambiguous.csv", ambiguous()),
        ("synthetic_gate_thai.csv", thai()),
        ("synthetic_mail.eml", mail()),
    ]
}
