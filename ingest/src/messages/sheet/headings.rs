//! What headings mean, in the languages of the region: one table.

use super::words::fold;
use sealane_data::sheet::SheetField::{self, self as F};
use std::collections::HashMap;
use std::sync::LazyLock;

/// Headings in en, zh (both scripts), vi, ms, id, ja, ko and th, by what their column holds.
///
/// Case, accents, blanks and signs do not matter. To add a heading, add it to its row, behind a bar.
pub const HEADINGS: &[(SheetField, &str)] = &[
    (
        F::Container,
        "container|container no|container number|container nos|container id|cont no|cntr no|\
         cntr|cntr number|ctnr no|ctn no|unit no|unit number|equipment no|equipment number|\
         box no|箱号|柜号|集装箱号|集装箱箱号|货柜号|货柜号码|箱號|櫃號|貨櫃號碼|貨櫃號|櫃號碼|số cont|số container|số công|\
         số hiệu container|container số|cont|mã container|số vỏ|no kontena|nombor kontena|\
         no kontainer|nomor kontainer|nomor peti kemas|no peti kemas|nomor container|コンテナ番号|\
         コンテナno|コンテナナンバー|コンテナ|컨테이너번호|컨테이너 no|컨테이너|컨번호|หมายเลขตู้|เลขตู้|เบอร์ตู้|\
         หมายเลขคอนเทนเนอร์|หมายเลขตู้สินค้า",
    ),
    (
        F::SizeType,
        "size|type|size type|size/type|type size|container type|cntr type|container size|iso|\
         iso code|iso type|sz/tp|sztp|tpsz|equipment type|箱型|尺寸|箱型尺寸|尺寸箱型|尺码|柜型|箱型箱类|尺寸类型|櫃型|\
         尺寸型別|loại cont|loại container|kích cỡ|kích thước|cỡ|kích cỡ loại|loại vỏ|saiz|\
         saiz jenis|jenis kontena|ukuran|tipe|jenis kontainer|ukuran tipe|サイズ|タイプ|サイズタイプ|\
         コンテナサイズ|種類|규격|사이즈|타입|컨테이너규격|ขนาด|ขนาดตู้|ชนิดตู้|ประเภทตู้",
    ),
    (
        F::Load,
        "f/e|fe|e/f|ef|full/empty|full empty|empty/full|laden/empty|status f/e|load status|\
         freight kind|空重|重空|空重箱|重空箱|空/重|重/空|箱状态|空重櫃|rỗng/hàng|hàng/rỗng|rỗng/đầy|full/rỗng|\
         tình trạng cont|trạng thái vỏ|penuh/kosong|kosong/penuh|isi/kosong|kosong/isi|実入/空|\
         空実|実空|実入空|적공|공적|적/공|공/적|หนัก/เปล่า|เต็ม/เปล่า|สถานะตู้",
    ),
    (
        F::Seal,
        "seal|seal no|seal number|seal nos|铅封|铅封号|封号|封条号|封條號|封號|鉛封號|số chì|số seal|seal số|\
         chì|no meterai|no seal|nombor seal|nomor segel|no segel|segel|シール番号|シールno|シール|씰번호|\
         봉인번호|실번호|씰 no|หมายเลขซีล|เบอร์ซีล|ซีล",
    ),
    (
        F::GrossKg,
        "weight|gross weight|gw|g.w.|gross|gross kg|gross weight kg|weight kg|vgm|vgm kg|\
         gross mass|g.w.(kgs)|gross weight (kgs)|重量|毛重|毛重kg|重量kg|总重|总毛重|毛重公斤|總重|trọng lượng|\
         trọng lượng kg|khối lượng|tổng trọng lượng|berat|berat kasar|berat kotor|berat kg|\
         総重量|重量(kg)|중량|총중량|중량kg|น้ำหนัก|น้ำหนักรวม|น้ำหนัก (กก.)",
    ),
    (
        F::GrossTonnes,
        "gross t|gross tonnes|weight (t)|weight mt|weight (tons)|gross weight (mt)|重量(吨)|毛重吨|\
         重量噸|trọng lượng (tấn)|số tấn|berat (ton)|重量(t)|중량(톤)|น้ำหนัก (ตัน)",
    ),
    (
        F::Booking,
        "booking|booking no|booking number|bkg|bkg no|booking ref|booking reference|so no|\
         s/o no|s/o|订舱号|订舱编号|订单号|委托订舱号|訂艙號|訂艙號碼|số booking|số bkg|booking số|số đặt chỗ|\
         no booking|no tempahan|nombor tempahan|nomor booking|ブッキング番号|ブッキングno|予約番号|부킹번호|부킹 no|\
         예약번호|บุ๊คกิ้ง|เลขที่บุ๊คกิ้ง|หมายเลขการจอง|เลขที่จอง",
    ),
    (
        F::HouseBl,
        "hbl|h/bl|hb/l|hbl no|house bl|house b/l|house b/l no|house bill|house bill of lading|\
         hawb|分单号|分提单号|分提单|货代提单号|分單號|分提單號|vận đơn thứ cấp|vận đơn nhà|số hbl|\
         số vận đơn thứ cấp|no hbl|nomor hbl|ハウスb/l番号|ハウスbl|hbl番号|하우스bl|하우스 b/l|hbl번호|\
         เลขที่ hbl|ใบตราส่งย่อย|เลขที่ใบตราส่งย่อย",
    ),
    (
        F::MasterBl,
        "mbl|m/bl|mb/l|mbl no|master bl|master b/l|master b/l no|master bill|bl|b/l|b/l no|\
         bl no|bl number|bill of lading|bill of lading no|ocean bl|obl|提单号|主提单号|主单号|船东提单号|\
         总提单号|提單號|主提單號|提單號碼|số vận đơn|vận đơn|vận đơn chủ|số bill|số b/l|số mbl|no bl|\
         nombor bl|nomor bl|no b/l|b/l番号|船荷証券番号|bl番号|마스터bl|마스터 b/l|bl번호|b/l번호|선하증권번호|\
         เลขที่ใบตราส่ง|ใบตราส่ง|เลขที่ bl|เลขที่ b/l",
    ),
    (
        F::Shipment,
        "shipment|shipment no|shipment number|shipment id|si no|job no|job number|file no|\
         业务编号|工作号|作业号|業務編號|số lô|số job|mã lô hàng|no kiriman|no penghantaran|\
         nomor pengiriman|出荷番号|선적번호|เลขที่งาน|เลขที่จัดส่ง",
    ),
    (
        F::Invoice,
        "invoice|invoice no|invoice number|commercial invoice|发票号|发票号码|發票號碼|số hóa đơn|\
         số invoice|no invois|nombor invois|nomor faktur|no invoice|インボイス番号|송장번호|인보이스번호|\
         เลขที่อินวอยซ์|เลขที่ใบกำกับสินค้า",
    ),
    (
        F::Event,
        "event|activity|move|movement|move type|gate|in/out|i/o|status|operation|transaction|\
         event type|direction|动态|作业类型|进出|进出场|状态|作业|进/出|進出|進出場|狀態|動態|tác nghiệp|phương án|\
         loại tác nghiệp|ra/vào|vào/ra|trạng thái|aktiviti|pergerakan|masuk/keluar|\
         keluar/masuk|kegiatan|aktivitas|状況|イベント|作業区分|搬入出|搬出入|상태|이벤트|작업구분|반출입|반출입구분|สถานะ|\
         กิจกรรม|เข้า/ออก|รายการ",
    ),
    (
        F::EventTime,
        "date time|date & time|date/time|datetime|event time|time stamp|timestamp|\
         event date time|move date time|日期时间|时间日期|作业时间|动态时间|日期時間|作業時間|ngày giờ|thời điểm|\
         tarikh masa|tarikh/masa|tarikh & masa|tanggal jam|tanggal/jam|waktu kejadian|日時|作業日時|\
         일시|작업일시|วันเวลา|วันที่เวลา|วันที่/เวลา",
    ),
    (
        F::EventDate,
        "date|event date|move date|activity date|日期|作业日期|作業日期|ngày|tarikh|tanggal|tgl|日付|年月日|\
         作業日|날짜|일자|작업일자|วันที่",
    ),
    (
        F::EventClock,
        "time|hour|event time of day|时间|時間|时刻|giờ|thời gian|masa|jam|waktu|時刻|시간|시각|เวลา",
    ),
    (
        F::GateInTime,
        "gate in|gatein|gate-in|in gate|gate in date time|gate in datetime|time in|date in|\
         in date|in time|进场|进场时间|进闸时间|进场日期时间|入闸时间|进港时间|進場時間|進閘時間|vào cổng|ngày giờ vào|\
         giờ vào cổng|thời gian vào|thời gian vào cổng|ngày vào|ngày vào cổng|ngày hạ bãi|\
         hạ bãi|giờ vào|masuk|tarikh masuk|waktu masuk|tanggal masuk|gate masuk|masa masuk|\
         jam masuk|搬入日時|搬入日|搬入時間|반입일시|반입일|반입시간|วันเวลาเข้า|เวลาเข้า|วันที่เข้า|ตู้เข้า",
    ),
    (F::GateInDate, "gate in date|gatein date|进场日期|入场日期|进闸日期|進場日期|반입일자"),
    (F::GateInClock, "gate in time|gatein time|gate in hour"),
    (
        F::GateOutTime,
        "gate out|gateout|gate-out|out gate|gate out date time|gate out datetime|time out|\
         date out|out date|out time|出场|出场时间|出闸时间|出场日期时间|出港时间|提柜时间|提箱时间|出場時間|出閘時間|提櫃時間|ra cổng|\
         ngày giờ ra|giờ ra cổng|thời gian ra|thời gian ra cổng|ngày ra|ngày ra cổng|giờ ra|\
         keluar|tarikh keluar|waktu keluar|tanggal keluar|gate keluar|masa keluar|jam keluar|\
         搬出日時|搬出日|搬出時間|반출일시|반출일|반출시간|วันเวลาออก|เวลาออก|วันที่ออก|ตู้ออก",
    ),
    (F::GateOutDate, "gate out date|gateout date|出场日期|出闸日期|出場日期|반출일자"),
    (F::GateOutClock, "gate out time|gateout time|gate out hour"),
    (
        F::Place,
        "place|location|port|site|地点|港口|场地|地點|địa điểm|nơi|cảng|bãi|lokasi|tempat|pelabuhan|\
         場所|港|장소|위치|항구|สถานที่|ท่า|ท่าเรือ",
    ),
    (
        F::Terminal,
        "terminal|depot|yard|cy|facility|码头|堆场|场站|碼頭|堆場|貨櫃場|bến|depot bãi|tên bãi|\
         terminal bãi|depoh|limbungan|depo|lapangan|ターミナル|デポ|ヤード|터미널|야드|디포|장치장|ลาน|ลานตู้|\
         เทอร์มินอล|ดีโป้",
    ),
    (
        F::VesselVoyage,
        "vessel/voyage|vessel voyage|vsl/voy|vessel/voy|vessel & voyage|vessel / voyage no|\
         船名航次|船名/航次|tàu/chuyến|tên tàu/chuyến|tàu chuyến|tên tàu chuyến|kapal/pelayaran|\
         kapal voyage|本船/航海|船名・航海番号|선명/항차|모선항차|선박명/항차|เรือ/เที่ยว|ชื่อเรือ/เที่ยวเรือ",
    ),
    (
        F::Vessel,
        "vessel|vessel name|ship|ship name|vsl|carrier vessel|船名|英文船名|大船船名|tàu|tên tàu|\
         con tàu|kapal|nama kapal|本船|本船名|선명|선박명|모선|모선명|เรือ|ชื่อเรือ",
    ),
    (
        F::Imo,
        "imo|imo no|imo number|imo编号|imo号|imo編號|số imo|nombor imo|nomor imo|no imo|imo番号|\
         imo번호|หมายเลข imo|เลข imo",
    ),
    (F::CallSign, "call sign|callsign|呼号|呼號|hô hiệu|tanda panggilan|コールサイン|호출부호|สัญญาณเรียกขาน"),
    (
        F::Voyage,
        "voyage|voyage no|voy|voy no|voyage number|航次|航次号|航次號|chuyến|số chuyến|chuyến tàu|\
         pelayaran|no pelayaran|no voyage|nomor voyage|航海番号|次航|항차|항차번호|เที่ยวเรือ|เที่ยว",
    ),
    (
        F::LoadPort,
        "pol|port of loading|load port|loading port|origin port|from port|起运港|装货港|装港|起運港|裝貨港|\
         裝港|cảng xếp|cảng xếp hàng|cảng bốc|cảng đi|pelabuhan muat|pelabuhan muatan|port muat|\
         pelabuhan asal|積港|積地|船積港|積出港|선적항|출발항|적재항|ท่าเรือต้นทาง|ท่าต้นทาง|เมืองท่าต้นทาง",
    ),
    (
        F::DischargePort,
        "pod|port of discharge|discharge port|discharging port|destination port|to port|目的港|\
         卸货港|卸港|卸貨港|cảng dỡ|cảng dỡ hàng|cảng đến|cảng đích|pelabuhan bongkar|port bongkar|\
         pelabuhan tujuan|pelabuhan destinasi|揚港|揚地|荷揚港|陸揚港|양하항|도착항|목적항|ท่าเรือปลายทาง|\
         ท่าปลายทาง|เมืองท่าปลายทาง",
    ),
    (
        F::Delivery,
        "place of delivery|delivery|final destination|del|destination|fpod|交货地|目的地|交货地点|交貨地|\
         交貨地點|nơi giao hàng|nơi giao|điểm đến|tempat hantaran|destinasi|tempat penyerahan|\
         tujuan akhir|荷渡地|最終仕向地|인도지|최종목적지|สถานที่ส่งมอบ|ปลายทาง",
    ),
    (
        F::Etd,
        "etd|estimated departure|est departure|sailing date|on board date|预计开船|预计离港|开航日期|开船日期|\
         开船日|預計開船|預計離港|開船日|開船日期|ngày tàu chạy|ngày đi dự kiến|dự kiến đi|anggaran bertolak|\
         jadual bertolak|estimasi berangkat|perkiraan berangkat|出港予定|出港予定日|出航予定日|출항예정|출항예정일|\
         출발예정일|วันเรือออก|กำหนดเรือออก",
    ),
    (
        F::Eta,
        "eta|estimated arrival|est arrival|预计到港|预计抵港|预计到达|到港日期|預計到港|預計抵港|ngày tàu đến|\
         ngày đến dự kiến|dự kiến đến|anggaran tiba|jadual tiba|estimasi tiba|perkiraan tiba|\
         入港予定|入港予定日|到着予定日|입항예정|입항예정일|도착예정일|วันเรือเข้า|กำหนดเรือถึง|วันเรือถึง",
    ),
    (
        F::Atd,
        "atd|actual departure|实际开船|实际离港|實際開船|實際離港|ngày đi thực tế|bertolak sebenar|\
         aktual berangkat|出港日|실제출항일|วันเรือออกจริง",
    ),
    (
        F::Ata,
        "ata|actual arrival|实际到港|实际抵港|實際到港|ngày đến thực tế|tiba sebenar|aktual tiba|入港日|\
         실제입항일|วันเรือถึงจริง",
    ),
    (
        F::Document,
        "eir|eir no|eir number|receipt no|interchange no|gate pass|gate pass no|设备交接单号|交接单号|\
         單據號碼|số phiếu|số eir|phiếu eir|no eir|nombor resit|nomor eir|機器受渡証番号|인수도증번호|\
         เลขที่ eir|เลขที่ใบ",
    ),
];

/// Headings of groups that stand above a date and a time: `Gate in` above `Date` and `Time`.
const GROUPS: [(SheetField, [SheetField; 3]); 2] = [
    (F::GateInTime, [F::GateInTime, F::GateInDate, F::GateInClock]),
    (F::GateOutTime, [F::GateOutTime, F::GateOutDate, F::GateOutClock]),
];

static KNOWN: LazyLock<HashMap<String, SheetField>> = LazyLock::new(|| {
    HEADINGS.iter().flat_map(|(field, words)| words.split('|').map(|w| (fold(w), *field))).collect()
});

/// Returns what a heading says its column holds; nothing where it is not known or says two things.
pub fn field(heading: &str) -> Option<SheetField> {
    if let Some(field) = KNOWN.get(&fold(heading)) {
        return Some(*field);
    }
    // `F/E (full or empty)` is one heading in two words; only where none is known, signs part more.
    let mut fields = known(&parts(heading, &['\n', '\r', '(', ')', '（', '）', '[', ']', '|']));
    if fields.is_empty() {
        fields = known(&parts(
            heading,
            &['\n', '\r', '(', ')', '（', '）', '[', ']', '|', '/', '／', '-', ',', ':', '：', '·'],
        ));
    }
    for (group, [whole, date, clock]) in GROUPS {
        if fields.contains(&group) {
            let has = |f: SheetField| fields.contains(&f);
            let is = if has(F::EventDate) && has(F::EventClock) {
                whole
            } else if has(F::EventDate) || has(date) {
                date
            } else if has(F::EventClock) || has(clock) {
                clock
            } else {
                whole
            };
            fields.retain(|f| ![group, date, clock, F::EventDate, F::EventClock, F::EventTime].contains(f));
            fields.insert(0, is);
        }
    }
    if fields.len() > 1 {
        let vague = [F::EventDate, F::EventClock, F::EventTime, F::Place, F::SizeType, F::Event];
        fields.retain(|f| !vague.contains(f));
    }
    match fields.as_slice() {
        [one] => Some(*one),
        [F::Vessel, F::Voyage] => Some(F::VesselVoyage),
        _ => None,
    }
}

/// Returns what parts of a heading are known to hold, each once.
fn known(parts: &[&str]) -> Vec<SheetField> {
    let mut fields: Vec<SheetField> = Vec::new();
    for part in parts {
        if let Some(field) = KNOWN.get(&fold(part)).filter(|f| !fields.contains(f)) {
            fields.push(*field);
        }
    }
    fields
}

/// Returns the parts of a heading: between signs, and where the script changes.
fn parts<'a>(heading: &'a str, signs: &[char]) -> Vec<&'a str> {
    let mut parts: Vec<&str> = Vec::new();
    for piece in heading.split(signs) {
        parts.push(piece);
        let mut from = 0;
        let mut last = None;
        for (at, c) in piece.char_indices().filter(|(_, c)| c.is_alphabetic()) {
            let latin = u32::from(c) < 0x0E00 || (0x1E00..0x1F00).contains(&u32::from(c));
            if last.is_some_and(|l| l != latin) {
                parts.extend(piece.get(from..at));
                from = at;
            }
            last = Some(latin);
        }
        if from > 0 {
            parts.extend(piece.get(from..));
        }
    }
    parts.retain(|p| !p.trim().is_empty());
    parts
}

/// Returns whether a cell is a heading that is known.
pub fn is_known(cell: &str) -> bool {
    cell.len() < 200 && field(cell).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_heading_stands_in_two_rows() {
        let mut seen: HashMap<String, SheetField> = HashMap::new();
        for (field, words) in HEADINGS {
            for word in words.split('|') {
                if let Some(other) = seen.insert(fold(word), *field) {
                    assert_eq!(other, *field, "`{word}` has two meanings");
                }
            }
        }
        for (field, _, about) in SheetField::TABLE {
            assert!(HEADINGS.iter().any(|(f, _)| f == field), "{about} has no heading");
        }
    }

    #[test]
    fn headings_are_read_in_two_languages_at_once() {
        for (heading, expected) in [
            ("Số cont / Container No.", Some(F::Container)),
            ("箱号 Container No", Some(F::Container)),
            ("SO\u{302}\u{301} CONT", Some(F::Container)),
            ("Ｃｏｎｔａｉｎｅｒ　Ｎｏ．", Some(F::Container)),
            ("提单号(MBL)", Some(F::MasterBl)),
            ("分提单号\nHBL No.", Some(F::HouseBl)),
            ("Giờ vào cổng\n(Gate in)", Some(F::GateInTime)),
            ("GATE IN / Date", Some(F::GateInDate)),
            ("Gate out - Time", Some(F::GateOutClock)),
            ("Tàu / Chuyến", Some(F::VesselVoyage)),
            ("ETD日期", Some(F::Etd)),
            ("Rỗng/Hàng (F/E)", Some(F::Load)),
            ("F/E", Some(F::Load)),
            ("Remarks", None),
            ("Container / Booking", None),
            ("", None),
        ] {
            assert_eq!(field(heading), expected, "{heading}");
        }
    }
}
