// Writes a COARRI discharge report that must give a route a stop it does not have yet: the container of the route, put ashore
// at a focus terminal where the route does not stop.

/** Terminals by port, with the code a COARRI names them by and the local offset in hours. */
const PORTS = [
  { port: "CNSHA", zone: 8, terminals: { "CN-YANGSHAN-1-2": "SHENG", "CN-YANGSHAN-3": "SGICT", "CN-YANGSHAN-4": "SIPGSD" } },
  { port: "VNVUT", zone: 7, terminals: { "VN-CMIT": "CMIT", "VN-TCTT": "TCTT", "VN-TCIT": "TCIT", "VN-GML": "GML", "VN-SSIT": "VNSST", "VN-SITV": "SITV" } },
  { port: "MYPKG", zone: 8, terminals: { "MY-WESTPORTS": "KMT", "MY-NORTHPORT": "NPM" } },
];

/**
 * Returns where a report would be news for a route, or null: `{ node, container, at, port, code, zone }`.
 * The goods must be on their way: the last thing that happened is a loading, a departure or a discharge.
 */
export function news(stops) {
  const nodes = new Set(stops.map((s) => s.properties.node));
  const past = stops.flatMap((s) => s.properties.events.filter((e) => e.classifier === "actual" && e.at).map((e) => ({ ...e, at: Date.parse(e.at), stop: s })));
  const last = past.sort((a, b) => a.at - b.at).at(-1);
  const container = last?.stop.properties.containers?.[0];
  if (!container || !["loaded", "on_board", "discharged"].includes(last.kind)) return null;
  const places = PORTS.flatMap((p) => Object.entries(p.terminals).map(([node, code]) => ({ node, code, port: p.port, zone: p.zone })));
  const place = places.find((p) => !nodes.has(p.node));
  return place ? { ...place, container, at: last.at + 2 * 3600e3 } : null;
}

/** Writes the report. `booking` ties the container to the journey it is on. */
export function coarri({ container, at: instant, port, code, zone }, booking) {
  const stamp = (ms) => new Date(ms + zone * 3600e3).toISOString().replace(/\D/g, "").slice(0, 12);
  const at = stamp(instant);
  const reference = String(Date.now());
  const body = [
    `UNH+${reference}+COARRI:D:95B:UN:ITG14`, `BGM+44+${reference}+9`, "TDT+20+999X+1+13+ZZB:172:20+++QAXY0:103::SYNTHETIC CHECK",
    `LOC+11+${port}:139:6+${code}:TER:306`, `EQD+CN+${container}+22G1:102:5++2+5`,
    ...(booking ? [`RFF+BN:${booking}`] : []), `DTM+203:${at}:203`, `LOC+11+${port}:139:6`, "CNT+16:1",
  ];
  const tail = [`UNT+${body.length + 1}+${reference}`, `UNZ+1+${reference}`];
  return [`UNB+UNOA:2+CHECK+SEALANE+${at.slice(2, 8)}:${at.slice(8)}+${reference}`, ...body, ...tail].map((s) => `${s}'`).join("\n");
}
