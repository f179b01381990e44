// The page of ways by sea: two places, passages that are closed, both ways on the map and what they differ by.
import "../element/index";
import type { SealaneMap } from "../element/map-element";
import { make } from "../core/dom";
import { askJson } from "../core/http";
import { pathOf, type Asked, type Passage, type SeaRouteDocument } from "../core/sea";
import type { Certainty, MapFeature } from "../core/types";
import { door, guarded } from "./key";
import { comparison } from "./ways";

const field = (id: string): HTMLInputElement => document.querySelector<HTMLInputElement>(`#${id}`)!;
const map = document.querySelector<SealaneMap>("sealane-map")!;
const form = document.querySelector<HTMLFormElement>("#ask")!;
const result = document.querySelector<HTMLElement>("#result")!;
const ask = <T>(path: string): Promise<T> => guarded(() => askJson<T>(door(), path));

/** How many questions were asked: only the last one's answer is shown. */
let latest = 0;

/** The node's id in what the list offers, `Westports (MY-WESTPORTS)`; else the text itself, which the server knows what to do with. */
function meant(text: string): string {
  return /\(([A-Z0-9-]+)\)\s*$/.exec(text)?.[1] ?? text.trim();
}

function ticked(id: string): string[] {
  return [...document.querySelectorAll<HTMLInputElement>(`#${id} input:checked`)].map((box) => box.value);
}

function asked(): Asked {
  return { from: meant(field("from").value), to: meant(field("to").value), speed: field("speed").value, draft: field("draft").value, avoid: ticked("closed"), open: ticked("opened") };
}

/** Features of a way under ids of its own, drawn in the manner of a certainty; the last mile ashore is dotted. */
function drawn(document: SeaRouteDocument, name: string, certainty: Certainty): MapFeature[] {
  return (document.features as MapFeature[]).map((feature) => {
    const p = feature.properties ?? {};
    const id = `${name}/${feature.id}`;
    return { ...feature, id, properties: { ...p, id, certainty: p["mode"] === "land" ? "inferred" : certainty } };
  });
}

function remember(what: Asked): void {
  const kept = Object.entries({ ...what, from: field("from").value, to: field("to").value }).map(([k, v]) => [k, Array.isArray(v) ? v.join(",") : v]).filter(([, v]) => v !== "");
  history.replaceState(null, "", `#${new URLSearchParams(kept as [string, string][]).toString()}`);
}

async function show(): Promise<void> {
  const what = asked();
  if (!what.from || !what.to) return;
  const number = ++latest;
  remember(what);
  result.setAttribute("aria-busy", "true");
  const other = what.avoid.length + what.open.length > 0;
  try {
    const usual = await ask<SeaRouteDocument>(pathOf(what, false));
    const chosen = other ? await ask<SeaRouteDocument>(pathOf(what, true)).catch((error: unknown) => error as Error) : null;
    if (number !== latest) return;
    const second = chosen && !(chosen instanceof Error) ? chosen : null;
    const lines = second ? [...drawn(usual, "usual", "inferred").filter((f) => f.properties?.["kind"] === "leg"), ...drawn(second, "chosen", "observed")] : drawn(usual, "usual", other ? "inferred" : "observed");
    map.show(lines);
    result.replaceChildren(...comparison(usual.sealane, second?.sealane ?? null, chosen instanceof Error ? chosen.message : null));
  } catch (error) {
    if (number !== latest) return;
    map.show([]);
    result.replaceChildren(make("p", { class: "error", role: "alert" }, String((error as Error).message)));
  } finally {
    if (number === latest) result.removeAttribute("aria-busy");
  }
}

function tick(name: string, passage: Passage, on: boolean): HTMLElement {
  const box = make("input", { type: "checkbox", value: passage.id, name });
  box.checked = on;
  return make("label", {}, box, make("span", {}, passage.name));
}

/** The canals of the world's trade, then straits, then canals that big ships do not use. */
const rank = (p: Passage): number => (p.canal ? (p.cost_nm === 0 ? 0 : 2) : 1);

/** The passages, by name within their rank. */
function writePassages(passages: Passage[], closed: string[], opened: string[]): void {
  const sorted = [...passages].sort((a, b) => rank(a) - rank(b) || a.name.localeCompare(b.name, "en"));
  const boxes = (name: string, shut: boolean, on: string[]): HTMLElement[] => sorted.filter((p) => p.shut === shut).map((p) => tick(name, p, on.includes(p.id)));
  document.querySelector("#closed")!.replaceChildren(...boxes("closed", false, closed));
  document.querySelector("#opened")!.replaceChildren(...boxes("opened", true, opened));
}

async function start(): Promise<void> {
  const kept = new URLSearchParams(location.hash.slice(1));
  const parts = (name: string): string[] => (kept.get(name) ?? "").split(",").filter(Boolean);
  // Until the reader asks: the example that everybody knows.
  const first = !kept.has("from");
  for (const [id, example] of [["from", "Westports (MY-WESTPORTS)"], ["to", "Rotterdam (NL-RTM)"], ["speed", "16"], ["draft", ""]] as const) field(id).value = kept.get(id) ?? (first ? example : field(id).value);
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    void show();
  });
  for (const id of ["closed", "opened"]) document.querySelector(`#${id}`)!.addEventListener("change", () => void show());
  try {
    const { passages } = await ask<{ passages: Passage[] }>("/v1/passages");
    writePassages(passages, first ? ["suez"] : parts("avoid"), parts("open"));
    await show();
    const nodes = await ask<{ features: MapFeature[] }>("/v1/nodes");
    const options = nodes.features.map((f) => make("option", { value: `${String(f.properties?.["name"])} (${f.id})` }, String(f.properties?.["country"] ?? "")));
    document.querySelector("#nodes")!.replaceChildren(...options);
  } catch (error) {
    result.replaceChildren(make("p", { class: "error", role: "alert" }, `The page could not be loaded: ${String((error as Error).message)}`));
  }
}

// A read-only hook for tests and for the curious: what the page shows, read back from the map itself.
Object.assign(globalThis, { sealane: Object.freeze({ state: () => map.state() }) });
void start();
