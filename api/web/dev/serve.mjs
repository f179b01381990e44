// A stand-in for the server while the pages are being drawn: made-up ships and one made-up certificate over the real node
// table. For development only: it is not shipped, and no test uses it.
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { join } from "node:path";

const here = import.meta.dirname;
const dist = process.env.DIST ?? join(here, "../dist");
const SPEED = 3600;
const began = Date.now();
const now = () => new Date(Date.parse("2026-03-10T00:00:00Z") + (Date.now() - began) * SPEED);
const clock = () => ({ now: now().toISOString(), speed: SPEED });

/** Reads as much of nodes.toml as the map needs. */
async function nodes() {
  const text = await readFile(join(here, "../../../data/reference/nodes.toml"), "utf8");
  return text.split("[[node]]").slice(1).map((block) => {
    const field = (name) => block.match(new RegExp(`^${name} = "(.*)"`, "m"))?.[1];
    const ring = (name) => [...(block.match(new RegExp(`^${name} = \\[([\\s\\S]*?)^\\]`, "m"))?.[1] ?? "").matchAll(/lat = ([-\d.]+), lon = ([-\d.]+)/g)].map((m) => [+m[2], +m[1]]);
    const [, lat, lon] = block.match(/^position = \{ lat = ([-\d.]+), lon = ([-\d.]+)/m);
    return { id: field("id"), kind: field("kind"), name: field("name"), zone: field("zone"), parent: field("parent"), at: [+lon, +lat], area: ring("area"), berth: ring("berth_line") };
  });
}

const feature = (id, geometry, properties) => ({ type: "Feature", id, geometry, properties: { id, ...properties } });
const all = await nodes();
const nodeOf = (id) => all.find((n) => n.id === id);
const nodeFeatures = all.flatMap((n) => [
  feature(n.id, { type: "Point", coordinates: n.at }, { kind: n.kind, name: n.name, zone: n.zone, parent: n.parent }),
  ...(n.area.length ? [feature(`area:${n.id}`, { type: "Polygon", coordinates: [n.area] }, { kind: "area", node: n.id })] : []),
  ...(n.berth.length ? [feature(`berth:${n.id}`, { type: "LineString", coordinates: n.berth }, { kind: "berth", node: n.id })] : []),
]);

const WAY = [[122.15, 30.55], [122.5, 29.5], [119.8, 24.2], [114.6, 19.6], [110.5, 12.5], [107.5, 9.8], [106.98, 10.3], [107.0, 10.48]];
const WAY2 = [[107.0, 10.48], [106.98, 10.3], [106.8, 9], [104.9, 4], [104.5, 1.5], [103.6, 1.15], [102, 2.0], [101.1, 2.8], [101.27, 2.92]];
const line = (from, way, to) => ({ type: "LineString", coordinates: [nodeOf(from).at, ...way, nodeOf(to).at] });
const day = (d) => new Date(Date.parse("2026-03-06T00:00:00Z") + d * 86400e3).toISOString();
const event = (kind, at, certainty, classifier = "actual", told_by = "COARRI") => ({ kind, at, certainty, classifier, told_by, precision: "minute", source: "terminal-a", witnesses: 1, contradicted: false });
const stop = (n, node, role, certainty, events) => feature(`stop-${n}`, { type: "Point", coordinates: nodeOf(node).at }, {
  kind: "stop", role, node, name: nodeOf(node).name, zone: nodeOf(node).zone, certainty, at: events.at(-1)?.at ?? null, event: events.at(-1)?.kind ?? null, events, containers: ["MSKU1234565"],
});
const moment = (at, classifier, certainty) => ({ at, classifier, certainty });
let seq = 41;
const route = {
  features: [
    feature("leg-1", line("CN-YANGSHAN-3", WAY, "VN-CMIT"), { kind: "leg", mode: "sea", from: "CN-YANGSHAN-3", to: "VN-CMIT", ship: { name: "SEA HERON", imo: "9300001", voyage: "041S" }, departure: moment(day(3), "actual", "observed"), arrival: moment(day(7), "estimated", "planned"), certainty: "reported", reason: null, containers: [] }),
    feature("leg-2", line("VN-CMIT", WAY2, "MY-WESTPORTS"), { kind: "leg", mode: "sea", from: "VN-CMIT", to: "MY-WESTPORTS", ship: null, departure: moment(day(8), "planned", "planned"), arrival: moment(day(11), "planned", "planned"), certainty: "planned", reason: null, containers: [] }),
    feature("leg-3", null, { kind: "leg", mode: "land", from: "MY-WESTPORTS", to: "MY-PKG", ship: null, departure: null, arrival: null, certainty: "inferred", reason: { code: "land_not_told", text: "The way over land was not told and is not guessed." }, containers: [] }),
    stop(1, "CN-YANGSHAN-3", "load", "observed", [event("gate_in", day(0.4), "observed", "actual", "CODECO"), event("loaded", day(2.7), "observed"), event("vessel_departed", day(3), "reported", "actual", "IFTSAI")]),
    stop(2, "VN-CMIT", "transshipment", "planned", [event("vessel_arrived", day(7), "planned", "estimated", "IFTSAI")]),
    stop(3, "MY-WESTPORTS", "discharge", "planned", [event("discharged", day(11.2), "planned", "planned", "IFTSTA")]),
    stop(4, "MY-PKG", "inland", "inferred", []),
  ],
};
const SERVICES = [["KR-PUS", "CN-YANGSHAN-1-2", [[126, 33], [123, 31]]], ["VN-CMIT", "MY-WESTPORTS", WAY2], ["CN-YANGSHAN-3", "VN-CMIT", WAY], ["JP-YOK", "KR-PUS", [[139.8, 34.6], [135, 32.6], [130.5, 31], [129.5, 33.8]]], ["SG-SIN", "HK-HKG", [[104.6, 1.4], [109, 9], [114, 20]]], ["PH-MNL", "TW-KHH", [[120.2, 14.3], [119.9, 19]]]];
const vessels = () => SERVICES.flatMap(([from, to, way], i) => [0, 1].map((k) => {
  const period = 5 * 86400e3;
  const start = Math.floor((now().getTime() - i * 3e7 - k * period / 2) / period) * period + i * 3e7 + k * period / 2;
  const p = { kind: "vessel", name: `SEA ${["HERON", "CRANE", "TERN", "GANNET", "EGRET", "IBIS"][i]} ${k + 1}`, imo: `93000${i}${k + 2}` };
  const gone = now().getTime() - start < period * 0.92;
  return gone ? feature(`vessel:${p.imo}`, line(from, way, to), { ...p, from, to, departure: new Date(start).toISOString(), arrival: new Date(start + period * 0.92).toISOString(), classifier: "estimated" })
    : feature(`vessel:${p.imo}`, { type: "Point", coordinates: nodeOf(to).at }, { ...p, node: to, since: new Date(start + period * 0.92).toISOString() });
}));
const certificates = Array.from({ length: 24 }, (_, i) => ({
  id: `eco_${String(i).padStart(4, "0")}`, number: `RCEP-CN-2026-${String(48213 + i * 7)}`, regime: "RCEP", form: "RCEP", issuer: { country: "CN", body: "China Customs, Shanghai" },
  exporter: { name: ["Ningbo Harbour Textiles Co., Ltd", "Suzhou Lantern Electronics", "Taizhou Valve Works", "Jiaxing Bamboo Goods"][i % 4], country: "CN" }, importing_party: i % 2 ? "VN" : "MY", published: true,
  lifecycle: { state: "issued", source: "claimed" }, verification: { state: "not_checked", text: "not yet checked with the issuer" }, consistency: { state: "not_assessed" },
  bindings: [{ kind: "booking", value: "SIM000123", bound: true }, { kind: "container", value: "MSKU1234565", bound: true }],
}));
const raw = "UNB+UNOA:2+TERMA+SEALANE+260310:1200+1'UNH+1+COARRI:D:95B:UN:ITG13'BGM+98+X1+9'TDT+20+041S+1'EQD+CN+MSKU1234566+22G1'LOC+9+CNSGH'DTM+203:20260399:102'UNT+7+1'UNZ+1+1'";
const findings = [
  { code: "EDI-031", severity: "warning", place: { byte: raw.indexOf("MSKU"), len: 11, line: 1, segment: 4, tag: "EQD", element: 2, component: 1 }, message: "container number `MSKU1234566` has a wrong check digit, 5 was expected", help: "Correct the number at its source; it was kept as found." },
  { code: "EDI-044", severity: "error", place: { byte: raw.indexOf("20260399"), len: 8, line: 1, segment: 6, tag: "DTM", element: 1, component: 2 }, message: "`20260399` is no date in format 102", help: "Send CCYYMMDD." },
];
const submissions = [{ id: "sub_1", party: "terminal-a", source: { transport: "http", name: "coarri-0310.edi" }, received: "2026-03-10T12:00:01Z", bytes: raw.length, sha256: "ab".repeat(32), receipt: { id: "sub_1", messages: 1, events: 1, duplicates: 0, findings, acknowledgement: "UNB+UNOA:2+SEALANE+TERMA+260310:1200+7'UNH+1+CONTRL:2:2:UN'UCI+1+TERMA+SEALANE+7'UNT+3+1'UNZ+1+7'" } }];

const json = { "content-type": "application/json" };
const TYPES = { html: "text/html; charset=utf-8", js: "text/javascript", css: "text/css", json: "application/json", geojson: "application/geo+json", svg: "image/svg+xml" };
const CSP = "default-src 'self'; img-src 'self' data: blob:; worker-src 'self' blob:; connect-src 'self' ws: wss:; object-src 'none'; base-uri 'none'";

const api = {
  "/v1/clock": () => clock(),
  "/v1/nodes": () => ({ type: "FeatureCollection", features: nodeFeatures }),
  "/v1/vessels": () => ({ type: "FeatureCollection", features: vessels() }),
  "/v1/certificates": () => ({ certificates }),
  "/v1/submissions": () => ({ submissions, next: null }),
  "/v1/submissions/sub_1": () => submissions[0],
};

const server = createServer(async (request, response) => {
  const { pathname } = new URL(request.url, "http://x");
  if (request.method === "POST") return response.writeHead(200, json).end(JSON.stringify({ ...submissions[0].receipt, replay: true }));
  if (pathname === "/v1/submissions/sub_1/raw") return response.writeHead(200, { "content-type": "text/plain" }).end(raw);
  const certificate = pathname.match(/^\/v1\/certificates\/([^/]+)(\/route)?$/);
  const found = api[pathname]?.() ?? (certificate && (certificate[2] ? { type: "FeatureCollection", features: route.features, sealane: { seq } } : certificates.find((c) => c.id === certificate[1])));
  if (found) return response.writeHead(200, json).end(JSON.stringify(found));
  const file = pathname === "/" ? "/index.html" : pathname === "/inbox" ? "/inbox.html" : pathname.startsWith("/embed/") ? "/embed.html" : pathname;
  const bytes = await readFile(join(dist, file)).catch(() => null);
  if (!bytes) return response.writeHead(404).end();
  const svg = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 100"><rect width="100" height="100" fill="#d5e4ec"/></svg>';
  const body = file === "/embed.html" ? bytes.toString().replace("<!--sealane:first-paint-->", svg) : bytes;
  response.writeHead(200, { "content-type": TYPES[file.split(".").at(-1)], "content-security-policy": CSP, "cache-control": "no-store" }).end(body);
});

const frame = (text) => {
  const bytes = Buffer.from(text);
  const head = bytes.length < 126 ? Buffer.from([0x81, bytes.length]) : bytes.length < 65536 ? Buffer.from([0x81, 126, bytes.length >> 8, bytes.length & 255])
    : Buffer.concat([Buffer.from([0x81, 127]), (() => { const b = Buffer.alloc(8); b.writeBigUInt64BE(BigInt(bytes.length)); return b; })()]);
  return Buffer.concat([head, bytes]);
};

server.on("upgrade", (request, socket) => {
  const accept = createHash("sha1").update(`${request.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: ${accept}\r\nSec-WebSocket-Protocol: sealane.live.v1+json\r\n\r\n`);
  let wish = { certificates: [] };
  const send = (m) => socket.write(frame(JSON.stringify({ id: `dev-${seq}`, as_of_seq: seq, clock: clock(), ...m })));
  const timer = setInterval(() => { if (wish.vessels) send({ type: "snapshot", topic: "vessels", removeAll: true, add: vessels() }); }, 4000);
  socket.on("data", (data) => {
    if ((data[0] & 15) !== 1) return socket.end();
    const length = data[1] & 127;
    const at = length === 126 ? 4 : 2;
    const mask = data.subarray(at, at + 4);
    wish = JSON.parse(Buffer.from(data.subarray(at + 4).map((b, i) => b ^ mask[i % 4])).toString()).subscribe;
    for (const id of wish.certificates) send({ type: "snapshot", topic: `certificate:${id}`, removeAll: true, add: route.features });
    if (wish.vessels) send({ type: "snapshot", topic: "vessels", removeAll: true, add: vessels() });
  });
  socket.on("error", () => undefined);
  socket.on("close", () => clearInterval(timer));
});

server.listen(Number(process.env.PORT ?? 0), "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}`));
