// The calls: what was planned for one, what was done, what passed the gate, and which boxes do not agree.
import { make } from "../core/dom";
import { ask, askJson } from "../core/http";
import { when } from "../core/times";
import { door, guarded } from "./key";

interface Moment { at: string; classifier: string; certainty: string }
interface Call { id: string; ship: string; name?: string | null; voyage?: string | null; node: string; place: string; arrival?: Moment | null; departure?: Moment | null }
interface Word { account: "planned" | "done" | "gate"; party: string; message: string; submission?: string | null; at?: string | null; size_type?: string | null; gross_kg?: number | null; load: string; port?: string | null }
interface Box { container: string; direction: string; verdict: "missing" | "surplus" | "gate_only" | "differs"; differences: string[]; at_gate: boolean; planned_for?: string | null; words: Word[] }
type Counts = Record<"planned" | "done" | "gate" | "agree" | "missing" | "surplus" | "differ" | "gate_only", number>;
interface Reconciliation { call: Call; counts: Record<string, Counts>; boxes: Box[] }

const lang = document.documentElement.lang || "en";
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const list = document.querySelector<HTMLElement>("#calls")!;
const shown = document.querySelector<HTMLElement>("#call")!;
const form = document.querySelector<HTMLFormElement>("#choose")!;
const verdicts = { missing: "planned, not lifted", surplus: "lifted, not planned", gate_only: "only at the gate", differs: "differs" } as const;

async function load(): Promise<void> {
  const query = new URLSearchParams();
  for (const name of ["node", "from", "to"]) {
    const value = form.querySelector<HTMLInputElement>(`#${name}`)!.value.trim();
    if (value) query.set(name, value);
  }
  try {
    const { calls, more } = await guarded(() => askJson<{ calls: Call[]; more: boolean }>(door(), `/v1/calls?${query}`));
    const items = calls.map((call) => {
      const button = make("button", { type: "button", "data-call": call.id }, make("strong", {}, call.name || call.ship), make("span", {}, `${call.place || call.node} · ${times(call)}`));
      button.addEventListener("click", () => void show(call.id));
      return make("li", {}, button);
    });
    const rest = more ? [make("li", { class: "quiet" }, "There are more: choose a node or fewer days.")] : [];
    list.replaceChildren(...(items.length > 0 ? [...items, ...rest] : [make("li", { class: "quiet" }, "No call is known there in that time.")]));
  } catch (error) {
    list.replaceChildren(make("li", { class: "quiet" }, `The calls could not be loaded: ${(error as Error).message}`));
  }
}

function times(call: Call): string {
  const one = (m: Moment | null | undefined, word: string): string => (m ? `${word} ${when(m.at, zone, lang)}${m.classifier === "actual" ? "" : ` (${m.classifier})`}` : "");
  return [one(call.arrival, "arrives"), one(call.departure, "leaves")].filter(Boolean).join(", ");
}

async function show(id: string): Promise<void> {
  shown.replaceChildren(make("p", { class: "quiet" }, "Loading …"));
  try {
    const path = `/v1/calls/${encodeURIComponent(id)}/reconciliation`;
    write(await guarded(() => askJson<Reconciliation>(door(), path)), path);
  } catch (error) {
    shown.replaceChildren(make("p", { class: "quiet" }, `This call could not be loaded: ${(error as Error).message}`));
  }
}

function write({ call, counts, boxes }: Reconciliation, path: string): void {
  const download = make("button", { type: "button" }, "Download as CSV");
  download.addEventListener("click", () => void save(path));
  const sums = Object.entries(counts).filter(([, c]) => c.planned + c.done + c.gate > 0).map(([direction, c]) =>
    make("p", {}, make("strong", {}, direction), `: ${c.planned} planned, ${c.done} lifted, ${c.gate} at the gate; ${c.agree} agree, ${c.missing} missing, ${c.surplus} surplus, ${c.differ} differ, ${c.gate_only} only at the gate`));
  const rows = boxes.map((b) => make("tr", { class: b.verdict },
    make("th", { scope: "row" }, make("code", {}, b.container)), make("td", {}, b.direction),
    make("td", {}, [verdicts[b.verdict], b.differences.join(", ").replaceAll("_", " "), b.planned_for ? `planned for ${b.planned_for}` : "", b.at_gate ? "seen at the gate" : ""].filter(Boolean).join(" · ")),
    make("td", {}, make("ul", { class: "bare" }, ...b.words.map((w) => make("li", {}, said(w)))))));
  const head = make("tr", {}, ...["Box", "Direction", "What is wrong", "Who said what"].map((t) => make("th", { scope: "col" }, t)));
  const table = rows.length > 0 ? make("table", {}, make("thead", {}, head), make("tbody", {}, ...rows)) : make("p", { class: "fine" }, "Nothing disagrees.");
  shown.replaceChildren(make("h2", {}, [call.name || call.ship, call.voyage].filter(Boolean).join(" · ")),
    make("p", { class: "quiet" }, `${call.place || call.node} · ${times(call)}`), ...sums, ...(rows.length > 0 ? [make("p", {}, download)] : []), table);
}

function said(w: Word): string {
  const facts = [w.size_type, w.gross_kg ? `${w.gross_kg.toLocaleString(lang)} kg` : "", w.load === "unknown" ? "" : w.load, w.port, w.at ? when(w.at, zone, lang) : ""];
  return `${w.account}: ${w.party}, ${w.message}${w.submission ? ` (${w.submission})` : ""} · ${facts.filter(Boolean).join(" · ")}`;
}

async function save(path: string): Promise<void> {
  const answer = await guarded(() => ask(door(), `${path}?format=csv`));
  const url = URL.createObjectURL(await answer.blob());
  make("a", { href: url, download: "reconciliation.csv" }).click();
  URL.revokeObjectURL(url);
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  void load();
});
void load();
