// The live map: certificates on the left, the map on the right, one connection for both.
import "../element/index";
import type { SealaneMap } from "../element/map-element";
import type { Connection } from "../core/live";
import { make, update } from "../core/dom";
import { askJson, Problem } from "../core/http";
import { when } from "../core/times";
import type { CertificateView, ClockReading, MapFeature } from "../core/types";
import { words } from "../core/words";
import { askKey, door } from "./key";
import { facts, timeline } from "./panel";

const lang = document.documentElement.lang || "en";
const say = words(lang);
const map = document.querySelector<SealaneMap>("sealane-map")!;
const list = document.querySelector<HTMLElement>("#certificates")!;
const chosen = document.querySelector<HTMLElement>("#chosen")!;
const filter = document.querySelector<HTMLInputElement>("#filter")!;
const pill = document.querySelector<HTMLElement>("#connection")!;
const clock = document.querySelector<HTMLElement>("#clock")!;
const LIST_EVERY = 15_000;

let certificates: CertificateView[] = [];
let wanted: string | null = new URLSearchParams(location.hash.slice(1)).get("certificate");
let waiting = false;
/** The last route the map told of, and whose it is. */
let way: { certificate: string | null; features: MapFeature[] } | null = null;

/** Asks the server, asking for a key when it wants one. */
async function guarded<T>(path: string): Promise<T> {
  for (;;) {
    const asked = door();
    try {
      return await askJson<T>(asked, path);
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 401) throw error;
      await askKey(asked.key !== null);
      map.useKey(door().key);
    }
  }
}

async function refresh(): Promise<void> {
  if (waiting) return;
  waiting = true;
  try {
    const answer = await guarded<CertificateView[] | { certificates: CertificateView[] }>("/v1/certificates?limit=500");
    certificates = Array.isArray(answer) ? answer : answer.certificates;
    writeList();
    if (wanted && !chosen.dataset["id"]) void choose(wanted);
  } catch (error) {
    if (certificates.length === 0) list.replaceChildren(make("li", { class: "quiet" }, `The certificates could not be loaded: ${String((error as Error).message)}`));
  } finally {
    waiting = false;
  }
}

function writeList(): void {
  const text = filter.value.trim().toLowerCase();
  const found = certificates.filter((c) => `${c.number} ${c.exporter?.name ?? ""} ${c.importing_party ?? ""}`.toLowerCase().includes(text));
  const items = found.slice(0, 200).map((c) => make("li", { "data-key": c.id },
    make("button", { type: "button", "data-certificate": c.id, "aria-pressed": String(c.id === wanted) },
      make("strong", {}, c.number), make("span", {}, c.exporter?.name ?? "exporter not told"))));
  const none = certificates.length === 0 ? "No certificate has come in yet." : "No certificate matches.";
  update(list, items.length > 0 ? items : [make("li", { class: "quiet" }, none)]);
  document.querySelector("#count")!.textContent = String(certificates.length);
}

/** The list lives on while its rows change, so it listens for all of them. */
function picked(event: Event): void {
  const id = (event.target as Element).closest("[data-certificate]")?.getAttribute("data-certificate");
  if (id) void choose(id).then(() => chosen.querySelector<HTMLElement>(".back")?.focus({ preventScroll: true }));
}

async function choose(id: string): Promise<void> {
  wanted = id;
  history.replaceState(null, "", `#certificate=${encodeURIComponent(id)}`);
  for (const button of list.querySelectorAll("[data-certificate]")) button.setAttribute("aria-pressed", String(button.getAttribute("data-certificate") === id));
  map.setAttribute("certificate", id);
  document.body.classList.add("has-chosen");
  try {
    const [view, reading] = await Promise.all([guarded<CertificateView>(`/v1/certificates/${encodeURIComponent(id)}`), guarded<ClockReading>("/v1/clock")]);
    writeChosen(view, Date.parse(reading.now));
  } catch (error) {
    chosen.replaceChildren(make("p", { class: "quiet" }, `This certificate could not be loaded: ${String((error as Error).message)}`));
  }
}

function leave(): void {
  wanted = null;
  history.replaceState(null, "", location.pathname);
  map.removeAttribute("certificate");
  delete chosen.dataset["id"];
  chosen.replaceChildren();
  way = null;
  document.body.classList.remove("has-chosen");
  writeList();
  filter.focus();
}

function writeChosen(view: CertificateView, now: number): void {
  if (view.id !== wanted) return;
  const back = make("button", { type: "button", class: "back" }, "← All certificates");
  back.addEventListener("click", leave);
  const share = make("a", { href: `embed/${encodeURIComponent(view.id)}`, class: "quiet" }, "Open as embedded map");
  const place = make("div", { id: "way" }, make("p", { class: "quiet" }, say("loading")));
  place.addEventListener("click", visit);
  chosen.dataset["id"] = view.id;
  chosen.replaceChildren(back, make("h2", {}, make("small", {}, "Certificate of origin"), view.number), facts(view, now), make("h3", {}, say("stops")), place, make("p", {}, share));
  // The route may have come before the certificate it belongs to.
  writeWay();
}

/** Flies to the stop whose name was picked. */
function visit(event: Event): void {
  const id = (event.target as Element).closest("button") ? (event.target as Element).closest("[data-stop]")?.getAttribute("data-stop") : null;
  const geometry = way?.features.find((f) => f.properties?.["id"] === id)?.geometry;
  if (geometry?.type !== "Point") return;
  const [lon, lat] = geometry.coordinates as [number, number];
  map.flyTo(lon, lat, 12.2);
  if (matchMedia("(max-width: 760px)").matches) map.scrollIntoView({ block: "start" });
}

function writeWay(): void {
  const place = chosen.querySelector("#way");
  // What is ahead is told by the server's clock; before that is known, nothing is.
  const now = Date.parse(map.state()?.now ?? "");
  if (place && way && way.certificate === wanted) update(place, [timeline(way.features, now)]);
}

function showConnection({ state, since }: Connection): void {
  pill.dataset["state"] = state;
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  pill.textContent = say(state, when(since, zone, lang));
}

function showClock(): void {
  const shown = map.state();
  if (!shown) return;
  const pace = shown.speed === 1 ? "" : shown.speed === 0 ? " · stopped" : ` · ${Math.round(shown.speed).toLocaleString(lang)}× time-lapse`;
  clock.textContent = when(shown.now, "UTC", lang).replace(/GMT(\+0)?$/, "UTC") + pace;
}

async function start(): Promise<void> {
  map.useKey(door().key);
  document.addEventListener("sealane:update", (event) => {
    way = (event as CustomEvent<NonNullable<typeof way>>).detail;
    writeWay();
  });
  list.addEventListener("click", picked);
  document.addEventListener("sealane:connection", (event) => showConnection((event as CustomEvent<Connection>).detail));
  filter.addEventListener("input", writeList);
  await refresh();
  setInterval(showClock, 1000);
  setInterval(() => {
    if (!document.hidden) void refresh();
  }, LIST_EVERY);
}

// A read-only hook for tests and for the curious: what the page shows, read back from the map itself.
Object.assign(globalThis, { sealane: Object.freeze({ state: () => map.state() }) });
void start();
