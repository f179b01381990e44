//! Words in cells: events, full and empty, size-types, totals; and how texts are compared.

use sealane_data::observation::{Kind, Load};

/// What happened, by the words of the region.
pub const EVENTS: &[(Kind, &str)] = &[
    (
        Kind::GateIn,
        "gate in|gatein|in|gtin|in gate|full in|empty in|empty return|进场|进闸|入闸|重进|空进|进|入|還櫃|\
         还箱|还空|進場|進閘|進|vào|vào cổng|hạ bãi|hạ rỗng|hạ hàng|trả rỗng|nhập bãi|masuk|搬入|返却|반입|입|\
         입고|เข้า|ตู้เข้า|คืนตู้",
    ),
    (
        Kind::GateOut,
        "gate out|gateout|out|gtot|out gate|full out|empty out|empty pick up|pick up|出场|出闸|重出|\
         空出|出|提箱|提空|提柜|提重|提櫃|出場|出閘|ra|ra cổng|lấy rỗng|lấy nguyên|cấp rỗng|giao hàng ra|\
         xuất bãi|keluar|搬出|반출|출|출고|ออก|ตู้ออก|รับตู้",
    ),
    (
        Kind::Loaded,
        "loaded|load|loading|on board|装船|裝船|xếp tàu|xếp hàng lên tàu|muat|dimuat|船積|船積み|積込|선적|\
         적재|โหลด|ขึ้นเรือ",
    ),
    (
        Kind::Discharged,
        "discharged|discharge|discharging|unloaded|disc|卸船|卸货|dỡ tàu|dỡ hàng|bongkar|\
         dibongkar|punggah|荷揚|荷揚げ|揚|양하|하역|ขนลง|ลงเรือ",
    ),
    (Kind::Stuffed, "stuffed|stuffing|装箱|裝櫃|đóng hàng|sumbat|バン詰め|バンニング|적입|บรรจุตู้"),
    (Kind::Stripped, "stripped|stripping|unstuffing|拆箱|掏箱|拆櫃|rút hàng|デバンニング|적출|เปิดตู้"),
    (
        Kind::CustomsHeld,
        "customs hold|customs inspection|查验|查驗|kiểm hóa|tahanan kastam|税関検査|세관검사|\
         ตรวจปล่อยค้าง",
    ),
    (
        Kind::CustomsReleased,
        "customs released|customs release|cleared|放行|海关放行|thông quan|đã thông quan|dilepaskan|\
         輸入許可|輸出許可|통관|통관완료|ตรวจปล่อย",
    ),
    (
        Kind::VesselDeparted,
        "departed|vessel departed|sailed|开船|离港|開船|離港|tàu chạy|bertolak|berangkat|出港|출항|\
         เรือออก",
    ),
    (Kind::VesselArrived, "arrived|vessel arrived|抵港|到港|tàu đến|tiba|入港|입항|เรือถึง"),
    (
        Kind::Delivered,
        "delivered|pod signed|签收|已送达|簽收|đã giao|đã giao hàng|dihantar|terkirim|配達済|배송완료|\
         ส่งมอบแล้ว",
    ),
    (Kind::Booked, "booked|booking confirmed|已订舱|已訂艙|đã đặt chỗ|ditempah|予約済|부킹확정|จองแล้ว"),
];

/// Full and empty.
const LOADS: &[(Load, &str)] = &[
    (
        Load::Laden,
        "f|full|laden|l|5|重|重箱|重柜|重櫃|实|hàng|có hàng|đầy|nguyên|penuh|isi|berisi|実入|実|적|적컨|만|\
         หนัก|เต็ม|มีของ",
    ),
    (
        Load::Empty,
        "e|empty|mt|mty|m|4|空|空箱|空柜|空櫃|吉|吉柜|rỗng|vỏ|vỏ rỗng|kosong|空コン|공|공컨|เปล่า|ตู้เปล่า",
    ),
];

/// Trade names of sizes and types with the ISO 6346 codes they stand for.
const SIZES: &[(&str, &str)] = &[
    ("20GP", "22G1"),
    ("20DC", "22G1"),
    ("20DV", "22G1"),
    ("20ST", "22G1"),
    ("20SD", "22G1"),
    ("20", "22G1"),
    ("40GP", "42G1"),
    ("40DC", "42G1"),
    ("40DV", "42G1"),
    ("40ST", "42G1"),
    ("40SD", "42G1"),
    ("40", "42G1"),
    ("40HC", "45G1"),
    ("40HQ", "45G1"),
    ("40HW", "45G1"),
    ("45HC", "L5G1"),
    ("45HQ", "L5G1"),
    ("45GP", "L5G1"),
    ("20RF", "22R1"),
    ("20RE", "22R1"),
    ("40RF", "42R1"),
    ("40RH", "45R1"),
    ("40RQ", "45R1"),
    ("40HR", "45R1"),
    ("20OT", "22U1"),
    ("40OT", "42U1"),
    ("20FR", "22P1"),
    ("40FR", "42P1"),
    ("20TK", "22T1"),
    ("20PL", "22P0"),
    ("40PL", "42P0"),
];

/// How rows begin that sum up others.
const TOTALS: &str = "total|grand total|sub total|subtotal|sum|合计|总计|小计|共计|合計|總計|小計|計|tổng|tổng cộng|cộng|\
     jumlah|jumlah besar|total keseluruhan|합계|총계|소계|계|รวม|รวมทั้งหมด|ยอดรวม";

/// Returns what a word in an event column means.
pub(super) fn event(word: &str) -> Option<Kind> {
    find(EVENTS, word)
}

/// Returns full or empty.
pub(super) fn load(word: &str) -> Option<Load> {
    find(LOADS, word)
}

/// Returns whether a row that begins with this text sums up others.
pub(super) fn is_total(text: &str) -> bool {
    let head = text.split([':', '：', '(', '（', '/']).next().unwrap_or_default();
    let folded: String = fold(head).chars().filter(|c| !c.is_ascii_digit()).collect();
    TOTALS.split('|').any(|t| fold(t) == folded)
}

/// Returns the ISO code of a trade name such as `40'HC`; other texts as they are.
pub(super) fn size_type(text: &str) -> String {
    let bare: String =
        text.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_uppercase();
    SIZES
        .iter()
        .find(|(trade, _)| *trade == bare)
        .map_or(text.trim().to_ascii_uppercase(), |(_, iso)| (*iso).to_owned())
}

fn find<T: Copy>(table: &[(T, &str)], word: &str) -> Option<T> {
    let folded = fold(word);
    table.iter().find(|(_, words)| words.split('|').any(|w| fold(w) == folded)).map(|(value, _)| *value)
}

/// Returns a text without case, accents, blanks and signs; full-width letters as plain ones.
pub(super) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    for c in text.chars() {
        let c = match c {
            '\u{FF01}'..='\u{FF5E}' => char::from_u32(u32::from(c) - 0xFEE0).unwrap_or(c),
            c => c,
        };
        for c in c.to_lowercase() {
            if c.is_alphanumeric() || matches!(c, '\u{0E31}'..='\u{0E4E}' | '\u{30FC}') {
                folded.push(plain(c));
            }
        }
    }
    folded
}

/// Returns a Latin letter without its accents: Vietnamese is written composed or not, or without any.
fn plain(c: char) -> char {
    const PLAIN: &[(&str, char)] = &[
        ("àáảãạăằắẳẵặâầấẩẫậäå", 'a'),
        ("èéẻẽẹêềếểễệë", 'e'),
        ("ìíỉĩịï", 'i'),
        ("òóỏõọôồốổỗộơờớởỡợö", 'o'),
        ("ùúủũụưừứửữựü", 'u'),
        ("ỳýỷỹỵ", 'y'),
        ("đ", 'd'),
    ];
    if c.is_ascii() {
        return c;
    }
    PLAIN.iter().find(|(accented, _)| accented.contains(c)).map_or(c, |(_, plain)| *plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_mean_one_thing() {
        let mut seen = std::collections::HashMap::new();
        for (kind, words) in EVENTS {
            for word in words.split('|') {
                assert!(seen.insert(fold(word), kind).is_none_or(|k| k == kind), "`{word}`");
            }
        }
        assert_eq!(
            (event("Gate-In"), event("HẠ BÃI"), event("提空"), event("xyz")),
            (Some(Kind::GateIn), Some(Kind::GateIn), Some(Kind::GateOut), None)
        );
        assert_eq!(
            (load("Rỗng"), load("重箱"), load("F"), load("?")),
            (Some(Load::Empty), Some(Load::Laden), Some(Load::Laden), None)
        );
        assert_eq!(
            (size_type("40'HC").as_str(), size_type("45g1").as_str(), size_type("20 GP").as_str()),
            ("45G1", "45G1", "22G1")
        );
        assert!(
            is_total("Tổng cộng: 12")
                && is_total("合计")
                && is_total("TOTAL 12")
                && !is_total("TOTALLY")
                && !is_total("")
        );
    }

    #[test]
    fn accents_do_not_matter_however_they_are_written() {
        assert_eq!(fold("So\u{302}\u{301} CONT."), fold("Số cont"));
        assert_eq!(fold("Ｎｏ．１"), "no1");
        assert_eq!(fold("ชื่อเรือ"), "ชื่อเรือ");
    }
}
