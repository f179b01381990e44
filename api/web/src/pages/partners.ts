// The partners: who takes part, what is held, codes that mean no place yet, and reading again.
import { make } from "../core/dom";
import { askJson } from "../core/http";
import { when } from "../core/times";
import { door, guarded } from "./key";

interface Unknown { alias: string; told: string; port?: string | null; count: number }
interface Correction { from: string; until?: string | null; clock?: string | null; locations: Record<string, string>; why: string }
interface Profile {
  edi_ids?: string[]; aliases: Record<string, string>; default_node?: string | null; zone?: string | null; clock?: string | null;
  correction: Correction[]; authority: { nodes: string[]; kinds: string[] }[]; grants: string[]; acknowledge: string;
}
interface Partner {
  id: string; name: string; mode: string; test: boolean; profile?: Profile | null;
  heard?: string | null; held: number; unknown: Unknown[]; drift: Drift[];
}
interface Drift { message: string; what: string; before: number; now: number; since: string; since_at: string; told: string }
interface Done { id: string; at: string; why: string; counts: [number, number, number]; undoes?: string | null; undone: boolean }
interface Status { partners: Partner[]; problems: { file: string; problem: string }[]; rereads: Done[] }
interface Difference { submission: string; message: number; before: string; after: string }
interface Report {
  id?: string | null; applied: boolean; submissions: number; skipped: { submission: string; why: "erased" | "unreadable"; told: string }[]; unchanged: number; replaced: number;
  added: number; gone: number; differences: Difference[]; certificates: string[];
}

const lang = document.documentElement.lang || "en";
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const list = document.querySelector<HTMLElement>("#partners")!;
const shown = document.querySelector<HTMLElement>("#partner")!;
const problems = document.querySelector<HTMLElement>("#problems")!;
const rereads = document.querySelector<HTMLElement>("#rereads")!;

let status: Status = { partners: [], problems: [], rereads: [] };
let chosen: string | null = null;

const post = <T>(path: string, body: unknown): Promise<T> =>
  guarded(() => askJson<T>(door(), path, { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) }));

async function load(): Promise<void> {
  try {
    take(await guarded(() => askJson<Status>(door(), "/v1/partners")));
  } catch (error) {
    list.replaceChildren(make("li", { class: "quiet" }, `The partners could not be loaded: ${(error as Error).message}`));
    rereads.replaceChildren();
  }
}

function take(fresh: Status): void {
  status = fresh;
  writeList();
  writeProblems();
  writeRereads();
  const partner = status.partners.find((p) => p.id === chosen);
  if (partner) show(partner);
}

const modes: Record<string, string> = { live: "takes part", shadow: "read, not shown", held: "kept, not read" };

function attention(p: Partner): string[] {
  const parts = [modes[p.mode] ?? p.mode];
  if (p.test) parts.push("test");
  if (p.drift.length > 0) parts.push(`⚠ ${p.drift.length} changed`);
  if (p.held > 0) parts.push(`${p.held} held`);
  if (p.unknown.length > 0) parts.push(`${p.unknown.length} unknown ${p.unknown.length === 1 ? "code" : "codes"}`);
  return parts;
}

function writeList(): void {
  const items = status.partners.map((p) => {
    const tone = p.held > 0 || p.unknown.length > 0 ? "warning" : "fine";
    const button = make("button", { type: "button", "data-partner": p.id, "aria-pressed": String(p.id === chosen) },
      make("strong", { class: tone }, p.name || p.id),
      make("span", {}, attention(p).join(" · ")),
      make("span", {}, p.heard ? `last heard ${when(p.heard, zone, lang)}` : "never heard"));
    button.addEventListener("click", () => { chosen = p.id; show(p); writeList(); });
    return make("li", {}, button);
  });
  list.replaceChildren(...(items.length > 0 ? items : [make("li", { class: "quiet" }, "No partner has a profile or has been heard.")]));
}

function writeProblems(): void {
  problems.replaceChildren(...status.problems.map((p) =>
    make("p", { class: "error" }, `${p.file} is not in use as it is: ${p.problem}. What it said before still holds.`)));
}

function writeRereads(): void {
  if (status.rereads.length === 0) {
    rereads.replaceChildren(make("p", { class: "quiet" }, "Nothing was read again yet."));
    return;
  }
  rereads.replaceChildren(make("ul", { class: "bare" }, ...status.rereads.map((r) => {
    const [submissions, retracted, standing] = r.counts;
    const line = make("li", {},
      make("strong", {}, r.undoes ? `${r.id} takes back ${r.undoes}` : r.id),
      ` · ${when(r.at, zone, lang)} · ${submissions} submissions, ${retracted} messages set aside, ${standing} now stand${r.why && !r.undoes ? ` · ${r.why}` : ""} `);
    if (r.undone) line.append(make("span", { class: "quiet" }, "(taken back)"));
    else if (!r.undoes) {
      const undo = make("button", { type: "button" }, "Take back");
      undo.addEventListener("click", () => void act(undo, async () => { await post("/v1/rereads/undo", { id: r.id }); await load(); }));
      line.append(undo);
    }
    return line;
  })));
}

/** Runs what a button asks for once, and says beside it what went wrong. */
async function act(button: HTMLButtonElement, work: () => Promise<void>): Promise<void> {
  button.disabled = true;
  try {
    await work();
  } catch (error) {
    button.after(make("span", { class: "error", role: "alert" }, ` ${(error as Error).message}`));
  } finally {
    button.disabled = false;
  }
}

function show(p: Partner): void {
  shown.replaceChildren(
    make("h2", {}, p.name || p.id), make("p", { class: "quiet" }, `${p.id} · mode ${p.mode}: ${modes[p.mode] ?? ""}`),
    ...(p.profile ? [profile(p.profile)] : [make("p", { class: "quiet" }, `It has no file: DATA/partners/${p.id}.toml would say where it is believed and what its codes mean.`)]),
    ...drift(p),
    make("h3", {}, "Codes that mean no place yet, or only a port"), ...unknown(p),
    make("h3", {}, "Read again"), ...again(p));
}

/** What its file says: where it is believed, what it may read, what its codes mean, what it got wrong. */
function profile(p: Profile): HTMLElement {
  const believed = p.authority.map((a) => `${a.nodes.join(", ")} (${a.kinds.length > 0 ? a.kinds.join(", ") : "everything"})`);
  const aliases = Object.entries(p.aliases).map(([code, node]) => `${code} = ${node}`);
  const rows: [string, string[]][] = [
    ["Believed at", believed.length > 0 ? believed : ["nowhere: all it says is `reported`"]],
    ["May read", p.grants.length > 0 ? p.grants : ["what it sent, and consignments that name it"]],
    ["Sends as", p.edi_ids ?? []],
    ["Times", [p.clock ? `all in ${p.clock}` : "", p.zone ? `${p.zone} where no node gives one` : ""].filter((t) => t !== "")],
    ["No place means", p.default_node ? [p.default_node] : []],
    ["Codes", aliases],
    ["Answers", [{ on_request: "when it asks", always: "always", never: "never" }[p.acknowledge] ?? p.acknowledge]],
    ["Corrections", p.correction.map(corrected)],
  ];
  return make("dl", { class: "facts" }, ...rows.filter(([, values]) => values.length > 0).flatMap(([name, values]) =>
    [make("dt", {}, name), ...values.slice(0, 40).map((v) => make("dd", {}, v))]));
}

function corrected(c: Correction): string {
  const until = c.until ? ` until ${when(c.until, zone, lang)}` : " and still";
  const turned = Object.entries(c.locations).map(([told, meant]) => `LOC+${told} meant LOC+${meant}`);
  return [`from ${when(c.from, zone, lang)}${until}`, c.clock ? `times in ${c.clock}` : "", ...turned, c.why].filter((t) => t !== "").join(" · ");
}

/** In what it no longer sends what it used to, and since when. */
function drift(p: Partner): Node[] {
  if (p.drift.length === 0) return [];
  const lines = p.drift.map((d) => make("li", {}, `${d.told}, since ${when(d.since_at, zone, lang)} `, make("code", {}, d.since)));
  return [make("div", { class: "group error", role: "alert" }, make("h3", {}, "It no longer sends what it used to"), make("ul", {}, ...lines),
    make("p", { class: "help" }, "Ask it what changed. A wrong clock is a correction in its file; then read its submissions again, and this ends."))];
}

function unknown(p: Partner): Node[] {
  if (p.unknown.length === 0) return [make("p", { class: "quiet" }, "Every place it named is known.")];
  return [
    make("p", { class: "quiet" }, "Name the node that a code means, such as CN-YANGSHAN-3; everything said there is on the map at once."),
    make("ul", { class: "bare" }, ...p.unknown.slice(0, 50).map((u) => {
      const node = make("input", { type: "text", "aria-label": `Node that ${u.alias} means`, placeholder: "node id", required: "" });
      const button = make("button", { type: "submit" }, "Map it");
      const form = make("form", { class: "row" }, make("code", {}, u.told), ` told ${u.count} × ${u.port ? `(only its port is known: ${u.port}) ` : ""}`, node, " ", button);
      form.addEventListener("submit", (event) => {
        event.preventDefault();
        void act(button, async () => take(await post<Status>(`/v1/partners/${encodeURIComponent(p.id)}/aliases`, { alias: u.alias, node: node.value.trim() })));
      });
      return make("li", {}, form);
    })),
  ];
}

function again(p: Partner): Node[] {
  const out = make("div", { "aria-live": "polite" });
  const order = (apply: boolean): unknown => ({ party: p.id, apply, why: apply ? "from the page about partners" : "" });
  const look = make("button", { type: "button" }, "Show what would change");
  const apply = make("button", { type: "button", class: "primary", hidden: "" }, "Apply");
  look.addEventListener("click", () => void act(look, async () => {
    const report = await post<Report>("/v1/rereads", order(false));
    out.replaceChildren(...tell(report));
    apply.hidden = report.replaced + report.added + report.gone === 0;
  }));
  apply.addEventListener("click", () => void act(apply, async () => {
    const report = await post<Report>("/v1/rereads", order(true));
    await load();
    chosen = p.id;
    document.querySelector("#reread-result")?.replaceChildren(...tell(report));
  }));
  out.id = "reread-result";
  return [make("p", { class: "quiet" }, "Reads all its submissions with its profile as it is now. Nothing changes before you apply it, and it can be taken back."), look, " ", apply, out].map((n) => (typeof n === "string" ? document.createTextNode(n) : n));
}

function tell(report: Report): Node[] {
  const would = report.applied ? "" : " would be";
  const lines = report.differences.slice(0, 20).map((d) =>
    make("li", {}, make("code", {}, d.before || "not read"), " → ", make("code", {}, d.after || "not read any more")));
  return [
    make("p", {}, `${report.submissions} submissions: ${report.replaced} messages${would} replaced, ${report.added} added, ${report.gone} gone; ${report.unchanged} say the same. ${report.certificates.length} certificates are touched.`),
    ...report.skipped.map((s) => make("p", { class: "error" }, `${s.submission} cannot be read again: ${s.told}`)),
    make("ul", { class: "bare" }, ...lines),
  ];
}

void load();
