// The element's own document: map boxes, buttons, legend, status, list of stops, text for screen readers.
import { make, update } from "../core/dom";
import { drawnAs } from "../core/drawn";
import type { Connection } from "../core/live";
import { CERTAINTIES, type MapFeature, type StopProperties } from "../core/types";
import { when } from "../core/times";
import { plain, type Say, type Word } from "../core/words";

/** The names for `::part()`; docs/map-element.md tells what each is. */
export const PARTS = [
  "frame", "map", "controls", "button", "corner", "status", "legend", "legend-title", "legend-row", "message", "attribution",
  "badge", "certificate", "certificate-title", "certificate-name", "certificate-rows", "certificate-check",
  "list", "list-title", "stop", "stop-button", "stop-number", "stop-name", "stop-text", "note",
] as const;
type Part = (typeof PARTS)[number];

/** The pieces of the element that change later. */
export interface Parts {
  root: HTMLElement;
  map: HTMLElement;
  svg: HTMLElement;
  gl: HTMLElement;
  status: HTMLElement;
  message: HTMLElement;
  /** What the issuer said, over the map; the whole of it above the list of stops. */
  badge: HTMLElement;
  certificate: HTMLElement;
  list: HTMLElement;
  stops: HTMLOListElement;
  /** What must be known to read the map rightly, above the stops. */
  note: HTMLElement;
  legend: HTMLElement;
  /** The corner with the status and the legend, and the buttons: what lies over the map. */
  corner: HTMLElement;
  controls: HTMLElement;
  attribution: HTMLElement;
  news: HTMLElement;
  zoomIn: HTMLButtonElement;
  zoomOut: HTMLButtonElement;
  whole: HTMLButtonElement;
  /** Never seen: colours are computed on it. */
  probe: HTMLElement;
}

/** A class of the style sheet and a name for the page's own style sheet, which are the same word. */
const named = (part: Part, rest = ""): { class: string; part: string } => ({ class: `${part}${rest}`, part });

function drawing(path: string, attributes: Record<string, string>): SVGSVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
  line.setAttribute("d", path);
  for (const [key, value] of Object.entries(attributes)) (key === "class" ? line : svg).setAttribute(key, value);
  svg.setAttribute("aria-hidden", "true");
  svg.append(line);
  return svg;
}

function button(word: Word, path: string): HTMLButtonElement {
  return make("button", { type: "button", "data-label": word, ...named("button") }, drawing(path, { viewBox: "0 0 16 16" }));
}

/** An element whose text is a word: `writeWords` fills it. */
function worded<K extends keyof HTMLElementTagNameMap>(name: K, word: Word, attributes: Record<string, string> = {}): HTMLElementTagNameMap[K] {
  return make(name, { "data-word": word, ...attributes });
}

/** The legend: every certainty by line style and by words, and what no line may be mistaken for. */
function legend(open: boolean): HTMLElement {
  const rows = CERTAINTIES.map((certainty) => make("li", named("legend-row"),
    drawing("M2 6H36", { class: `key ${certainty}`, viewBox: "0 0 38 12" }),
    make("span", {}, worded("strong", certainty), " ", worded("small", `${certainty}_about`))));
  const computed = make("li", named("legend-row", " of-way"), drawing("M2 6H36", { class: "key computed", viewBox: "0 0 38 12" }),
    make("span", {}, worded("strong", "computed"), " ", worded("small", "computed_about")));
  const ship = make("li", named("legend-row", " of-ship"), drawing("M19 0 L23 11 L19 8.6 L15 11 Z", { class: "ship", viewBox: "0 0 38 12" }), worded("small", "ship_about"));
  return make("details", { ...named("legend"), ...(open ? { open: "" } : {}) }, worded("summary", "legend", named("legend-title")), make("ul", {}, ...rows, computed, ship));
}

/** Builds everything once; `open` says whether the legend lies open at first. */
export function build(open: boolean): Parts {
  const svg = make("div", { class: "box svg", tabindex: "0", role: "group", "data-aria": "map" });
  const gl = make("div", { class: "box gl" });
  const zoomIn = button("zoom_in", "M8 2V14M2 8H14");
  const zoomOut = button("zoom_out", "M2 8H14");
  const whole = button("whole", "M2 6V2H6M10 2H14V6M14 10V14H10M6 14H2V10");
  const status = make("p", { ...named("status"), "data-state": "connecting" });
  const message = make("p", { class: "message none", role: "status" });
  const attribution = make("div", named("attribution"));
  const box = legend(open);
  const controls = make("div", named("controls"), zoomIn, zoomOut, whole);
  const badge = make("p", named("badge", " none"));
  const certificate = make("section", { ...named("certificate", " none"), "data-aria": "certificate" });
  const corner = make("div", named("corner"), status, badge, box);
  const map = make("div", named("map"), make("slot"), svg, gl, controls, corner, message, attribution);
  const stops = make("ol");
  const note = make("p", named("note", " none"));
  const list = make("section", { ...named("list"), "data-aria": "stops" }, certificate, worded("h2", "stops", named("list-title")), note, stops);
  const news = make("div", { class: "sr", role: "status", "aria-live": "polite" });
  const probe = make("i", { hidden: "" });
  const root = make("div", named("frame"), map, list, news, probe);
  return { root, map, svg, gl, status, message, badge, certificate, list, stops, note, legend: box, corner, controls, attribution, news, zoomIn, zoomOut, whole, probe };
}

/** Writes every word that does not change with the route, in place; the language decides the letters' shapes and the voice too. */
export function writeWords({ root }: Parts, say: Say, lang: string): void {
  root.lang = lang;
  const word = (element: Element, name: string): Word => element.getAttribute(name) as Word;
  for (const element of root.querySelectorAll("[data-word]")) element.textContent = say(word(element, "data-word"));
  for (const element of root.querySelectorAll("[data-aria]")) element.setAttribute("aria-label", say(word(element, "data-aria")));
  for (const element of root.querySelectorAll<HTMLElement>("[data-label]")) {
    element.title = say(word(element, "data-label"));
    element.setAttribute("aria-label", element.title);
  }
}

/** The stop's leading event in words: what, how sure, when, and whether somebody says otherwise. */
export function sentence(stop: StopProperties, say: Say, lang: string): string {
  const leading = stop.events?.find((e) => e.at === stop.at && e.kind === stop.event) ?? stop.events?.at(-1);
  const event = stop.event ? plain(stop.event, lang) : "";
  // A date is read as one thing, so it is not broken over two lines.
  const at = when(stop.at, stop.zone, lang, leading?.precision).replaceAll(" ", "\u00a0");
  return [event, say(stop.certainty), at, leading?.contradicted ? say("contradicted") : ""].filter(Boolean).join(" · ");
}

/** Writes the list of stops in place: the one that has the focus keeps it. */
export function writeStops(parts: Parts, features: MapFeature[], say: Say, lang: string): void {
  const stops = features.filter((f) => f.properties?.["kind"] === "stop");
  const items = stops.map((feature, i) => {
    const p = feature.properties as StopProperties;
    return make("li", { ...named("stop"), "data-key": feature.id }, make("button", { type: "button", "data-stop": feature.id, ...named("stop-button") },
      make("span", { ...named("stop-number", ` ${p.certainty}`), "aria-hidden": "true" }, String(i + 1)),
      make("span", named("stop-name"), p.name ?? p.node),
      make("span", named("stop-text"), `${say(p.role)} · ${sentence(p, say, lang)}`)));
  });
  update(parts.stops, items.length > 0 ? items : [make("li", named("stop-text"), say("no_stops"))]);
}

/** Writes what must be known to read the map rightly; nothing where nothing could be mistaken. */
export function writeNote({ note }: Parts, features: MapFeature[], profile: string | undefined, say: Say): void {
  const computed = features.some((f) => ["leg", "piece"].includes(String(f.properties?.["kind"])) && f.geometry && drawnAs(f) === "computed");
  // The public profile holds no position of a ship, neither at once nor later.
  const hidden = features.length > 0 && profile === "public";
  note.textContent = [computed ? say("lines_computed") : "", hidden ? say("positions_none") : ""].filter(Boolean).join(" ");
  note.classList.toggle("none", note.textContent === "");
}

/** Writes a sentence over the map, or takes it away; after a trouble there is nothing for the legend and the list to tell. */
export function writeMessage({ message, root }: Parts, text: string, trouble = false): void {
  root.classList.toggle("has-trouble", trouble);
  message.replaceChildren(...(text ? [make("span", { part: "message" }, text)] : []));
  message.classList.toggle("none", text === "");
}

/** Writes how the connection is, in words. */
export function writeStatus({ status }: Parts, { state, since }: Connection, say: Say, lang: string): void {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  status.dataset["state"] = state;
  status.textContent = say(state, when(since, zone, lang));
}
