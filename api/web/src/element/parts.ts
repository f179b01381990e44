// The element's own document: map boxes, buttons, legend, status, list of stops, text for screen readers.
import { make, update } from "../core/dom";
import type { Connection } from "../core/live";
import { CERTAINTIES, type MapFeature, type StopProperties } from "../core/types";
import { when } from "../core/times";
import { plain, words } from "../core/words";

type Say = ReturnType<typeof words>;

/** The pieces of the element that change later. */
export interface Parts {
  root: HTMLElement;
  map: HTMLElement;
  svg: HTMLElement;
  gl: HTMLElement;
  status: HTMLElement;
  message: HTMLElement;
  list: HTMLElement;
  stops: HTMLOListElement;
  legend: HTMLElement;
  /** The corner with the status and the legend, and the buttons: what lies over the map. */
  corner: HTMLElement;
  controls: HTMLElement;
  attribution: HTMLElement;
  news: HTMLElement;
  zoomIn: HTMLButtonElement;
  zoomOut: HTMLButtonElement;
  whole: HTMLButtonElement;
}

function drawing(path: string, attributes: Record<string, string>): SVGSVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
  line.setAttribute("d", path);
  for (const [key, value] of Object.entries(attributes)) (key === "class" ? line : svg).setAttribute(key, value);
  svg.setAttribute("aria-hidden", "true");
  svg.append(line);
  return svg;
}

function button(label: string, path: string, part: string): HTMLButtonElement {
  return make("button", { type: "button", "aria-label": label, title: label, part }, drawing(path, { viewBox: "0 0 16 16" }));
}

/** The legend: every certainty by line style and by words. */
function legend(say: Say, open: boolean): HTMLElement {
  const rows = CERTAINTIES.map((certainty) => make("li", {},
    drawing("M2 6H36", { class: `key ${certainty}`, viewBox: "0 0 38 12" }),
    make("span", {}, make("strong", {}, say(certainty)), " ", make("small", {}, say(`${certainty}_about`)))));
  const ship = make("li", {}, drawing("M19 0 L23 11 L19 8.6 L15 11 Z", { class: "ship", viewBox: "0 0 38 12" }), make("small", {}, say("ship_about")));
  return make("details", { class: "legend", part: "legend", ...(open ? { open: "" } : {}) }, make("summary", {}, say("legend")), make("ul", {}, ...rows, ship));
}

/** Builds everything once; `open` says whether the legend lies open at first. */
export function build(say: Say, open: boolean): Parts {
  const svg = make("div", { class: "box svg", tabindex: "0", role: "group", "aria-label": say("map") });
  const gl = make("div", { class: "box gl" });
  const zoomIn = button(say("zoom_in"), "M8 2V14M2 8H14", "button");
  const zoomOut = button(say("zoom_out"), "M2 8H14", "button");
  const whole = button(say("whole"), "M2 6V2H6M10 2H14V6M14 10V14H10M6 14H2V10", "button");
  const status = make("p", { class: "status", part: "status", "data-state": "connecting" }, say("connecting"));
  const message = make("p", { class: "message none" });
  const attribution = make("div", { class: "attribution", part: "attribution" });
  const box = legend(say, open);
  const controls = make("div", { class: "controls", part: "controls" }, zoomIn, zoomOut, whole);
  const corner = make("div", { class: "corner" }, status, box);
  const map = make("div", { class: "map", part: "map" }, make("slot"), svg, gl,
    controls, corner, message, attribution);
  const stops = make("ol");
  const list = make("section", { class: "list", part: "list", "aria-label": say("stops") }, make("h2", {}, say("stops")), stops);
  const news = make("div", { class: "sr", role: "status", "aria-live": "polite" });
  const root = make("div", { class: "frame", part: "frame" }, map, list, news);
  return { root, map, svg, gl, status, message, list, stops, legend: box, corner, controls, attribution, news, zoomIn, zoomOut, whole };
}

/** The stop's leading event in words: what, how sure, when. */
export function sentence(stop: StopProperties, say: Say, lang: string): string {
  const leading = stop.events?.find((e) => e.at === stop.at && e.kind === stop.event) ?? stop.events?.at(-1);
  const event = stop.event ? plain(stop.event) : plain(stop.role);
  const at = when(stop.at, stop.zone, lang, leading?.precision);
  return [event, say(stop.certainty), at].filter(Boolean).join(" · ");
}

/** Writes the list of stops in place: the one that has the focus keeps it. */
export function writeStops(parts: Parts, features: MapFeature[], say: Say, lang: string): void {
  const stops = features.filter((f) => f.properties?.["kind"] === "stop");
  const items = stops.map((feature, i) => {
    const p = feature.properties as StopProperties;
    return make("li", { part: "stop", "data-key": feature.id }, make("button", { type: "button", "data-stop": feature.id },
      make("span", { class: `number ${p.certainty}`, "aria-hidden": "true" }, String(i + 1)),
      make("span", { class: "name" }, p.name ?? p.node),
      make("span", { class: "what" }, `${say(p.role)} · ${sentence(p, say, lang)}`)));
  });
  update(parts.stops, items.length > 0 ? items : [make("li", { class: "what" }, say("no_stops"))]);
}

/** Writes a sentence over the map, or takes it away. */
export function writeMessage({ message }: Parts, text: string): void {
  message.replaceChildren(...(text ? [make("span", {}, text)] : []));
  message.classList.toggle("none", text === "");
}

/** Writes how the connection is, in words. */
export function writeStatus({ status }: Parts, { state, since }: Connection, say: Say, lang: string): void {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  status.dataset["state"] = state;
  status.textContent = say(state, when(since, zone, lang));
}
