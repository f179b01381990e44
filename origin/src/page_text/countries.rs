//! Countries and words of origin as pages write them, in the languages that the map element speaks.
//! Every Party of RCEP, ATIGA and USMCA is here; what is not is left out.

/// Words that stand before a country.
pub(super) struct Before {
    /// The words, upper case, without accents.
    pub(super) words: &'static str,
    /// Whether it is a label, behind which a code of two letters is a country as well.
    pub(super) label: bool,
}

const fn before(words: &'static str) -> Before {
    Before { words, label: false }
}

const fn label(words: &'static str) -> Before {
    Before { words, label: true }
}

/// Words before a country in languages with blanks: English, Vietnamese, Malay, Indonesian.
///
/// Behind Vietnamese words no code counts: `MY` without its accent may be `Mỹ`, and not Malaysia.
pub(super) const SPACED: &[Before] = &[
    before("MADE IN"),
    before("PRODUCT OF"),
    before("MANUFACTURED IN"),
    before("PRODUCED IN"),
    label("COUNTRY OF ORIGIN"),
    label("COUNTRY OF MANUFACTURE"),
    label("PLACE OF ORIGIN"),
    before("SAN XUAT TAI"),
    before("SAN XUAT O"),
    before("CHE TAO TAI"),
    before("XUAT XU"),
    before("NGUON GOC"),
    before("NUOC SAN XUAT"),
    before("NOI SAN XUAT"),
    before("BUATAN"),
    before("DIBUAT DI"),
    before("DIPRODUKSI DI"),
    before("DIHASILKAN DI"),
    before("DIKILANGKAN DI"),
    before("DIKELUARKAN DI"),
    before("KELUARAN"),
    label("NEGARA ASAL"),
    label("NEGARA PENGELUAR"),
    label("NEGARA PEMBUAT"),
    label("NEGARA PRODUSEN"),
    label("ASAL BARANG"),
];

/// Words that may stand between those and the country.
pub(super) const BETWEEN: &[&str] = &["IS", "LA", "TU", "NUOC", "NEGARA", "ADALAH", "DARI"];

/// Words that deny what follows.
pub(super) const DENIES: &[&str] = &[
    "NOT", "NEVER", "LONGER", "NON", "NEITHER", "NOR", "WITHOUT", "CANNOT", "ISNT", "ARENT", "WASNT",
    "WERENT", "DONT", "DOESNT", "KHONG", "CHANG", "CHUA", "TIDAK", "BUKAN", "BUKANNYA", "TAK", "BELUM",
];

/// Countries in languages with blanks, upper case, without accents.
pub(super) const WORDS: &[(&str, &str)] = &[
    ("AUSTRALIA", "AU"),
    ("UC", "AU"),
    ("BRUNEI", "BN"),
    ("BRUNEI DARUSSALAM", "BN"),
    ("CAMBODIA", "KH"),
    ("CAMPUCHIA", "KH"),
    ("KAMBOJA", "KH"),
    ("KEMBOJA", "KH"),
    ("CANADA", "CA"),
    ("KANADA", "CA"),
    ("CHINA", "CN"),
    ("CINA", "CN"),
    ("TIONGKOK", "CN"),
    ("TRUNG QUOC", "CN"),
    ("PR CHINA", "CN"),
    ("P R CHINA", "CN"),
    ("PRC", "CN"),
    ("THE PEOPLES REPUBLIC OF CHINA", "CN"),
    ("FRANCE", "FR"),
    ("PHAP", "FR"),
    ("GERMANY", "DE"),
    ("JERMAN", "DE"),
    ("DUC", "DE"),
    ("INDIA", "IN"),
    ("AN DO", "IN"),
    ("INDONESIA", "ID"),
    ("IN DO NE XI A", "ID"),
    ("ITALY", "IT"),
    ("ITALIA", "IT"),
    ("JAPAN", "JP"),
    ("JEPANG", "JP"),
    ("JEPUN", "JP"),
    ("NHAT BAN", "JP"),
    ("NHAT", "JP"),
    ("KOREA", "KR"),
    ("KOREA SELATAN", "KR"),
    ("KOREA UTARA", "KP"),
    ("SOUTH KOREA", "KR"),
    ("REPUBLIC OF KOREA", "KR"),
    ("REPUBLIK KOREA", "KR"),
    ("HAN QUOC", "KR"),
    ("LAOS", "LA"),
    ("LAO", "LA"),
    ("LAO PDR", "LA"),
    ("MALAYSIA", "MY"),
    ("MA LAI XI A", "MY"),
    ("MEXICO", "MX"),
    ("MEKSIKO", "MX"),
    ("ME HI CO", "MX"),
    ("MYANMAR", "MM"),
    ("MIEN DIEN", "MM"),
    ("NEW ZEALAND", "NZ"),
    ("SELANDIA BARU", "NZ"),
    ("PHILIPPINES", "PH"),
    ("THE PHILIPPINES", "PH"),
    ("PHI LIP PIN", "PH"),
    ("FILIPINA", "PH"),
    ("SINGAPORE", "SG"),
    ("SINGAPURA", "SG"),
    ("XIN GA PO", "SG"),
    ("TAIWAN", "TW"),
    ("DAI LOAN", "TW"),
    ("THAILAND", "TH"),
    ("THAI LAN", "TH"),
    ("TURKEY", "TR"),
    ("TURKI", "TR"),
    ("UNITED KINGDOM", "GB"),
    ("UK", "GB"),
    ("UNITED STATES", "US"),
    ("THE UNITED STATES", "US"),
    ("UNITED STATES OF AMERICA", "US"),
    ("THE UNITED STATES OF AMERICA", "US"),
    ("USA", "US"),
    ("THE USA", "US"),
    ("AMERIKA SERIKAT", "US"),
    ("AMERIKA SYARIKAT", "US"),
    ("HOA KY", "US"),
    ("HOP CHUNG QUOC HOA KY", "US"),
    ("HOP CHUNG QUOC MY", "US"),
    ("VIETNAM", "VN"),
    ("VIET NAM", "VN"),
];

/// The United States in Vietnamese, `Mỹ`, without its accent: with it, it is no code of Malaysia.
pub(super) const AMERICA: &str = "MY";

/// Words behind it that make it another word: cosmetics, crafts, fine arts, dollars, places, Latin America.
pub(super) const NOT_AMERICA: &[&str] =
    &["PHAM", "NGHE", "THUAT", "NHAN", "KIM", "THO", "DINH", "SON", "HAO", "LATINH", "LA TINH"];

/// Words before a country in writing without blanks, and in Korean.
pub(super) const UNSPACED: &[&str] = &[
    "原产地",
    "原产国",
    "原產地",
    "原產國",
    "产地",
    "產地",
    "制造地",
    "製造地",
    "制造国",
    "生产地",
    "生產地",
    "生产国",
    "产自",
    "產自",
    "原産国",
    "原産地",
    "生産国",
    "生産地",
    "製造国",
    "産地",
    "원산지",
    "제조국",
    "생산지",
    "생산국",
    "ผลิตใน",
    "ผลิตที่",
    "ทำใน",
    "ประเทศผู้ผลิต",
    "แหล่งกำเนิด",
    "ถิ่นกำเนิด",
    "ประเทศต้นกำเนิด",
];

/// What may stand between those and the country.
pub(super) const LINKS: &[&str] = &[
    "国家",
    "國家",
    "是",
    "为",
    "為",
    "在",
    "于",
    "於",
    "は",
    "が",
    "국가",
    "는",
    "은",
    "สินค้า",
    "คือ",
    "ประเทศ",
    "จาก",
    "ที่",
];

/// Words behind a country that say that goods were made there.
pub(super) const MADE: &[&str] = &[
    "制造", "製造", "生产", "生產", "生産", "原产", "原產", "原産", "出产", "出產", "제조", "생산", "만든",
    "만들",
];

/// The same in one sign, where no word goes on behind it: `中国製`, and not `中国製品`.
pub(super) const MADE_SHORT: &[&str] = &["制", "製", "产", "產", "産", "산", "제"];

/// What may stand between the country and those.
pub(super) const THERE: &[&str] = &["で", "에서"];

/// Signs behind a word of [`MADE`] that make it a maker or a trade.
pub(super) const MAKERS: &str = "商者业業厂廠工线線部局力基设設能许許업";

/// Endings that a Korean word of [`MADE_SHORT`] may have.
pub(super) const ENDINGS: &str = "이입을은의으인";

/// What denies right before a word of origin or a country.
pub(super) const DENIES_BEFORE: &[&str] =
    &["非", "不", "未", "没有", "沒有", "没", "沒", "ไม่ได้", "ไม่", "มิได้", "ไม่ใช่"];

/// What may stand between that and the word.
pub(super) const CARRIERS: &[&str] = &["在", "于", "於", "由", "是", "ถูก"];

/// What denies behind a country: Japanese and Korean deny at the end.
pub(super) const DENIES_BEHIND: &[&str] = &["ない", "ません", "なく", "아니", "아닙", "아님", "않", "없"];

/// Countries in writing without blanks, and in Korean.
pub(super) const SIGNS: &[(&str, &[&str])] = &[
    ("AU", &["澳大利亚", "澳大利亞", "澳洲", "オーストラリア", "호주", "오스트레일리아", "ออสเตรเลีย"]),
    ("BN", &["文莱", "文萊", "汶萊", "ブルネイ", "브루나이", "บรูไน"]),
    ("CA", &["加拿大", "カナダ", "캐나다", "แคนาดา"]),
    ("CN", &["中国", "中國", "中华人民共和国", "中華人民共和國", "중국", "จีน"]),
    ("DE", &["德国", "德國", "ドイツ", "독일", "เยอรมนี"]),
    ("FR", &["法国", "法國", "フランス", "프랑스", "ฝรั่งเศส"]),
    ("GB", &["英国", "英國", "イギリス", "영국"]),
    ("ID", &["印度尼西亚", "印度尼西亞", "印尼", "インドネシア", "인도네시아", "อินโดนีเซีย"]),
    ("IN", &["印度", "インド", "인도", "อินเดีย"]),
    ("IT", &["意大利", "義大利", "イタリア", "이탈리아", "อิตาลี"]),
    ("JP", &["日本", "일본", "ญี่ปุ่น"]),
    ("KH", &["柬埔寨", "カンボジア", "캄보디아", "กัมพูชา"]),
    ("KP", &["北朝鮮", "朝鲜", "북한", "เกาหลีเหนือ"]),
    ("KR", &["韩国", "韓国", "韓國", "大韩民国", "南韩", "南韓", "한국", "대한민국", "เกาหลีใต้", "เกาหลี"]),
    ("LA", &["老挝", "老撾", "寮国", "寮國", "ラオス", "라오스", "ลาว"]),
    ("MM", &["缅甸", "緬甸", "ミャンマー", "미얀마", "เมียนมา", "พม่า"]),
    ("MX", &["墨西哥", "メキシコ", "멕시코", "เม็กซิโก"]),
    ("MY", &["马来西亚", "馬來西亞", "マレーシア", "말레이시아", "มาเลเซีย"]),
    ("NZ", &["新西兰", "新西蘭", "紐西蘭", "ニュージーランド", "뉴질랜드", "นิวซีแลนด์"]),
    ("PH", &["菲律宾", "菲律賓", "フィリピン", "필리핀", "ฟิลิปปินส์"]),
    ("SG", &["新加坡", "シンガポール", "싱가포르", "สิงคโปร์"]),
    ("TH", &["泰国", "泰國", "タイ", "태국", "ไทย"]),
    ("TW", &["台湾", "台灣", "臺灣", "대만", "ไต้หวัน"]),
    ("US", &["美国", "美國", "米国", "アメリカ", "미국", "สหรัฐอเมริกา", "สหรัฐ"]),
    ("VN", &["越南", "ベトナム", "ヴェトナム", "베트남", "เวียดนาม"]),
];
