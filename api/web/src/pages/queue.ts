// The operator's queue: contradictions and proposals of bindings, what waits for registries, and what sites did not take.
import { make, update } from "../core/dom";
import { ask, askJson } from "../core/http";
import { when } from "../core/times";
import { door, guarded } from "./key";

interface Entry { certificate: string; party: string; received: string; published: boolean; verification: string; state: string }
interface Line { id: string; waits: "conflict" | "proposal"; kind?: string; entries?: Entry[]; container: string; day?: string; text?: string; score?: number; reasons?: unknown[]; certificate: { id: string; number: string } }
interface Open { key: string; registry: string; verb: string; certificate: string; trigger: string; since: string; until: string; attempts: number; next?: string; why?: string; last_fault?: string }
interface Registry { id: string; name: string; connected: boolean; breaker: unknown; waiting: number; switched_off?: unknown; answered: number; faults: number; last_fault?: string }
interface Status { registries: Registry[]; outbox: Open[] }
interface Hook { id: string; party: string; url: string }
interface Delivery { event: string; type: string; since: string; state: string; attempts?: number; why?: string }

const lang = document.documentElement.lang || "en";
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const $ = (id: string): HTMLElement => document.querySelector<HTMLElement>(`#${id}`)!;
const [count, said, registries, conflicts, outbox, dead] = ["count", "said", "registries", "conflicts", "outbox", "dead"].map($) as [HTMLElement, HTMLElement, HTMLElement, HTMLElement, HTMLElement, HTMLElement];
const send = { method: "POST", headers: { "Content-Type": "application/json" } };

/** Does something and says what came of it; then everything is loaded again. */
async function act(what: string, path: string, body?: unknown): Promise<void> {
  try {
    await guarded(() => ask(door(), path, body === undefined ? { method: "POST" } : { ...send, body: JSON.stringify(body) }));
    said.className = "fine";
    said.textContent = `${what}: kept.`;
  } catch (error) {
    said.className = "error";
    said.textContent = `${what}: ${(error as Error).message}`;
  }
  await load();
}

function button(text: string, what: string, path: string, body: () => unknown): HTMLElement {
  const element = make("button", { type: "button", "data-key": `${path} ${text}` }, text);
  element.addEventListener("click", () => { element.disabled = true; void act(what, path, body()); });
  return element;
}

/** Several parties entered one number: each entry with who did and when, to let stand or set aside. */
function entered(line: Line, entries: Entry[]): HTMLElement {
  const reason = make("input", { type: "text", id: `why-${line.id}`, placeholder: "why, for people", "aria-label": `Why an entry of ${line.certificate.number} stands or does not` });
  const path = `/v1/certificates/conflicts/${line.id}`;
  const settle = (certificate: string, choice: string) => () => ({ certificate, choice, reason: reason.value.trim() });
  return make("section", { class: "group error", "data-key": line.id },
    make("h4", {}, "Several parties entered one number"), make("p", { class: "says" }, line.text ?? ""), make("p", {}, "Certificate ", make("code", {}, line.certificate.number)), make("p", { class: "row" }, reason),
    ...entries.map((e) => make("p", { class: "row" }, make("strong", {}, e.party), make("code", {}, e.certificate), make("small", {}, [when(e.received, zone, lang), e.state.replaceAll("_", " "), e.verification.replaceAll("_", " "), e.published ? "public" : "private"].join("; ")),
      ...(e.state === "stands" ? [] : [button(`${e.party}'s stands`, line.certificate.number, path, settle(e.certificate, "tie"))]),
      ...(e.state === "set_aside" ? [] : [button(`${e.party}'s does not`, line.certificate.number, path, settle(e.certificate, "part"))]))));
}

function conflict(line: Line): HTMLElement {
  if (line.entries) return entered(line, line.entries);
  const reason = make("input", { type: "text", id: `why-${line.id}`, placeholder: "why, for people", "aria-label": `Why ${line.container} belongs or does not` });
  const path = `/v1/certificates/conflicts/${line.id}`;
  const settle = (choice: string) => () => ({ certificate: line.certificate.id, choice, reason: reason.value.trim() });
  const about = line.text ?? (line.reasons ?? []).map((r) => (typeof r === "string" ? r : JSON.stringify(r))).join("; ");
  return make("section", { class: `group ${line.waits === "conflict" ? "error" : "warning"}`, "data-key": line.id },
    make("h4", {}, line.waits === "conflict" ? `Contradiction: ${(line.kind ?? "").replaceAll("_", " ")}` : `May belong together${line.score === undefined ? "" : `, ${Math.round(line.score * 100)} of 100`}`),
    make("p", { class: "says" }, about), make("p", {}, "Certificate ", make("code", {}, line.certificate.number), ", container ", make("code", {}, line.container), line.day ? `, ${line.day}` : ""),
    make("p", { class: "row" }, reason, button("They belong together", line.container, path, settle("tie")), button("They do not", line.container, path, settle("part"))));
}

function table(head: string[], rows: HTMLElement[]): HTMLElement {
  return make("table", {}, make("thead", {}, make("tr", {}, ...head.map((h) => make("th", { scope: "col" }, h)))), make("tbody", {}, ...rows));
}

function open(line: Open): HTMLElement {
  const waits = [line.why?.replaceAll("_", " "), line.last_fault, line.next ? `again ${when(line.next, zone, lang)}` : ""].filter(Boolean).join("; ");
  return make("tr", { "data-key": line.key }, make("td", {}, line.registry), make("td", {}, line.verb), make("td", {}, make("code", {}, line.certificate)),
    make("td", {}, `${when(line.since, zone, lang)}, ${line.trigger}`), make("td", {}, String(line.attempts)), make("td", {}, waits || "under way"));
}

function registry(one: Registry): HTMLElement {
  const state = one.switched_off ? "switched off" : one.connected ? `${one.answered} answered, ${one.faults} faults, ${one.waiting} waiting` : "not connected";
  return make("li", { "data-key": one.id }, make("strong", {}, one.name || one.id), make("small", {}, ` ${state}${one.last_fault ? `; last: ${one.last_fault}` : ""}`));
}

/** What each webhook did not take; a house without webhooks has none. */
async function undelivered(): Promise<HTMLElement[]> {
  const { webhooks } = await askJson<{ webhooks: Hook[] }>(door(), "/v1/webhooks").catch(() => ({ webhooks: [] as Hook[] }));
  const rows = await Promise.all(webhooks.map(async (hook) => {
    const { deliveries } = await askJson<{ deliveries: Delivery[] }>(door(), `/v1/webhooks/${hook.id}/deliveries`);
    return deliveries.map((d) => make("tr", { "data-key": `${hook.id} ${d.event}` }, make("td", {}, hook.party), make("td", {}, make("code", {}, hook.url)), make("td", {}, d.type), make("td", {}, when(d.since, zone, lang)),
      make("td", {}, [d.state, d.attempts ? `${d.attempts} times` : "", d.why].filter(Boolean).join("; ")),
      make("td", {}, ...(d.state === "dead" ? [button("Send again", d.event, `/v1/webhooks/${hook.id}/deliveries/${d.event}/again`, () => undefined)] : []))));
  }));
  return rows.flat();
}

async function load(): Promise<void> {
  try {
    const [{ waiting, more }, status] = await guarded(() => Promise.all([
      askJson<{ waiting: Line[]; more: boolean }>(door(), "/v1/certificates/conflicts"), askJson<Status>(door(), "/v1/registries").catch((): Status => ({ registries: [], outbox: [] })),
    ]));
    const missed = await undelivered();
    count.textContent = String(waiting.length + status.outbox.length + missed.length) + (more ? "+" : "");
    const none = (text: string): HTMLElement => make("p", { class: "fine" }, text);
    // What somebody is typing into stays as it is.
    if (!(document.activeElement instanceof HTMLInputElement && conflicts.contains(document.activeElement))) conflicts.replaceChildren(...(waiting.length ? waiting.map(conflict) : [none("Nothing contradicts, and nothing is proposed.")]));
    update(registries, status.registries.length ? status.registries.map(registry) : [make("li", { class: "quiet" }, "None is connected.")]);
    update(outbox, [status.outbox.length ? table(["Registry", "Asked to", "Certificate", "Since", "Tries", "Waits"], status.outbox.map(open)) : none("Nothing waits.")]);
    dead.replaceChildren(missed.length ? table(["Party", "Address", "Event", "Since", "State", ""], missed) : none("Every site has what it should."));
  } catch (error) {
    conflicts.replaceChildren(make("p", { class: "error" }, `The queue could not be loaded: ${(error as Error).message}`));
  }
}

void load();
setInterval(() => { if (!document.hidden) void load(); }, 10_000);
