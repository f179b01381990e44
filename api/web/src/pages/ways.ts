// Two ways by sea side by side, in words and figures.
import { make } from "../core/dom";
import type { SeaRoute, Way } from "../core/sea";

const lang = document.documentElement.lang || "en";

function figure(value: number, digits: number, unit: string, signed = false): string {
  const text = value.toLocaleString(lang, { minimumFractionDigits: digits, maximumFractionDigits: digits, signDisplay: signed ? "exceptZero" : "auto" });
  return `${text}\u00a0${unit}`;
}

/** The figures of a way, each with its digits and unit. */
const ROWS: readonly { name: string; of: (way: Way) => number; digits: number; unit: string }[] = [
  { name: "Distance", of: (w) => w.distance_nm, digits: 0, unit: "nm" },
  { name: "", of: (w) => w.distance_km, digits: 0, unit: "km" },
  { name: "Time", of: (w) => w.duration_hours / 24, digits: 1, unit: "days" },
  { name: "Emissions", of: (w) => w.emission.kg_co2e_per_teu, digits: 0, unit: "kg" },
];

function table(usual: Way, chosen: Way | null): HTMLElement {
  const head = ["", "Usual way", ...(chosen ? ["With closures", "Difference"] : [])];
  const rows = ROWS.map(({ name, of, digits, unit }) => make("tr", {}, make("th", { scope: "row" }, name),
    make("td", {}, figure(of(usual), digits, unit)),
    ...(chosen ? [make("td", {}, figure(of(chosen), digits, unit)), make("td", { class: "difference" }, figure(of(chosen) - of(usual), digits, unit, true))] : [])));
  return make("table", { class: "ways" }, make("thead", {}, make("tr", {}, ...head.map((text) => make("th", { scope: "col" }, text)))), make("tbody", {}, ...rows));
}

function passages(title: string, way: Way, style: string): HTMLElement[] {
  const names = way.passages.map((p) => p.name).join(", ");
  const apart = [way.river_nm > 0 ? `${figure(way.river_nm, 1, "nm")} on rivers` : "", way.land_nm > 0 ? `${figure(way.land_nm, 1, "nm")} ashore` : ""].filter(Boolean);
  return [make("h3", {}, make("span", { class: `stroke ${style}`, "aria-hidden": "true" }), title),
    make("p", {}, names ? `Through ${names}.` : "Through no passage that can be closed."),
    ...(apart.length > 0 ? [make("p", { class: "quiet" }, `Not counted: ${apart.join(", ")}.`)] : [])];
}

/** What the two ways are and what they differ by; `none` says why the closures leave no way. */
export function comparison(usual: SeaRoute, chosen: SeaRoute | null, none: string | null): HTMLElement[] {
  const [a, b] = [usual.routes[0]!, chosen?.routes[0] ?? null];
  const name = (end: SeaRoute["from"]): string => end.name ?? end.asked;
  const factor = usual.factors.find((f) => f.id === a.emission.factor);
  const about = factor ? `Emissions: CO₂ equivalent for one TEU, an estimate by ${factor.grams_co2e_per_teu_km} g per TEU and km with ${factor.distance_adjustment_percent} % for the distance really sailed. ${factor.source}.` : "";
  const same = b !== null && b.distance_nm === a.distance_nm ? [make("p", {}, "The usual way uses nothing that is closed: both ways are the same.")] : [];
  return [
    make("h2", {}, make("small", {}, "By sea"), `${name(usual.from)} to ${name(usual.to)}`),
    ...(none ? [make("p", { class: "error", role: "alert" }, none)] : []),
    table(a, b), ...same,
    ...passages("Usual way", a, b || none ? "dotted" : "solid"), ...(b ? passages("With closures", b, "solid") : []),
    make("p", { class: "quiet" }, `At ${figure(usual.speed_knots, 1, "knots")}, without waiting. ${about} Not for navigation.`),
  ];
}
