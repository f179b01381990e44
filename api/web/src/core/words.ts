// Every word the map element shows, by language. Keys are complete in English; others fall back to it.

const en = {
  map: "Map of the delivery route",
  legend: "Legend",
  stops: "Stops on the way",
  no_stops: "No stop is known yet.",
  loading: "Loading the route …",
  live: "Live",
  connecting: "Connecting …",
  reconnecting: "Reconnecting …",
  stale: "Not live since {0}",
  changed: "The route changed.",
  failed: "The route could not be loaded: {0}",
  observed: "Observed",
  reported: "Reported",
  planned: "Planned",
  inferred: "Inferred",
  observed_about: "told by the party that has authority there",
  reported_about: "told by another party",
  planned_about: "a plan or an estimate",
  inferred_about: "worked out, told by nobody",
  ship_about: "Ship: place worked out between its departure and arrival",
  load: "Port of loading",
  transshipment: "Transshipment",
  discharge: "Port of discharge",
  inland: "Inland",
  no_line: "No line is drawn: {0}",
  zoom_in: "Zoom in",
  zoom_out: "Zoom out",
  whole: "Show the whole route",
  at_sea: "under way",
  in_port: "in port",
  contradicted: "another party says something else",
  witnesses: "{0} parties say so",
  by: "by {0}",
};

export type Word = keyof typeof en;

const zh: Partial<Record<Word, string>> = {
  map: "运输路线图", legend: "图例", stops: "途经地点", no_stops: "尚无已知地点。", loading: "正在加载路线……", live: "实时",
  connecting: "正在连接……", reconnecting: "正在重新连接……", stale: "自 {0} 起未更新", changed: "路线已更新。",
  observed: "已观测", reported: "已报告", planned: "计划", inferred: "推算",
  load: "装货港", transshipment: "中转", discharge: "卸货港", inland: "内陆",
  zoom_in: "放大", zoom_out: "缩小", whole: "显示全程",
};

const vi: Partial<Record<Word, string>> = {
  map: "Bản đồ tuyến vận chuyển", legend: "Chú giải", stops: "Các điểm dừng", no_stops: "Chưa có điểm dừng nào.", loading: "Đang tải tuyến …",
  live: "Trực tiếp", connecting: "Đang kết nối …", reconnecting: "Đang kết nối lại …", stale: "Không cập nhật từ {0}",
  changed: "Tuyến đã thay đổi.", observed: "Đã quan sát", reported: "Đã báo cáo", planned: "Kế hoạch", inferred: "Suy ra",
  load: "Cảng xếp hàng", transshipment: "Chuyển tải", discharge: "Cảng dỡ hàng", inland: "Nội địa",
  zoom_in: "Phóng to", zoom_out: "Thu nhỏ", whole: "Xem toàn tuyến",
};

const ms: Partial<Record<Word, string>> = {
  map: "Peta laluan penghantaran", legend: "Petunjuk", stops: "Persinggahan", no_stops: "Belum ada persinggahan diketahui.", loading: "Memuatkan laluan …",
  live: "Langsung", connecting: "Menyambung …", reconnecting: "Menyambung semula …", stale: "Tidak dikemas kini sejak {0}",
  changed: "Laluan telah berubah.", observed: "Diperhatikan", reported: "Dilaporkan", planned: "Dirancang", inferred: "Disimpulkan",
  load: "Pelabuhan muat", transshipment: "Pindah kapal", discharge: "Pelabuhan punggah", inland: "Pedalaman",
  zoom_in: "Zum masuk", zoom_out: "Zum keluar", whole: "Tunjuk seluruh laluan",
};

const languages: Record<string, Partial<Record<Word, string>>> = { en, zh, vi, ms };

/** Returns the words of a language; `{0}` is replaced by the argument. */
export function words(lang: string): (word: Word, argument?: string) => string {
  const own = languages[lang.split("-")[0] ?? "en"] ?? en;
  return (word, argument = "") => (own[word] ?? en[word]).replace("{0}", argument);
}

/** Turns a word of the server's vocabulary, such as `gate_in`, into words for people. */
export function plain(word: string): string {
  const text = word.replaceAll("_", " ");
  return text.charAt(0).toUpperCase() + text.slice(1);
}
