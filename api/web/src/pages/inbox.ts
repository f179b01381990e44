// The inbox: what came in, what was understood, what was wrong and where.
import { make } from "../core/dom";
import { ask, askJson } from "../core/http";
import { when } from "../core/times";
import { door, guarded } from "./key";
import { languageOf } from "../core/words";
import { findings, raw, type Finding, type Group } from "./findings";
import { layouts } from "./layouts";

interface AnswerState { status: string; way: string; due: string; written?: string; overdue?: string; fetched?: string }
interface Receipt { messages: number; events: number; duplicates: number; tests?: number; findings: Finding[]; groups: Group[]; acknowledgement?: string | null; replay?: boolean; held?: boolean; reread?: string | null }
interface Summary { id: string; party: string; source: { transport: string; name: string }; received: string; bytes: number; sha256: string; receipt: Receipt; answer?: AnswerState | null; erased?: { at: string; by: string; reason: string } | null }
interface Page { submissions: Summary[]; next?: string | null }

const lang = document.documentElement.lang || "en";
/** The language of what findings say: the reader's, where there is one. */
const tongue = languageOf(navigator.languages).split("-")[0]!;
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const list = document.querySelector<HTMLElement>("#submissions")!;
const shown = document.querySelector<HTMLElement>("#submission")!;
const more = document.querySelector<HTMLButtonElement>("#more")!;
const form = document.querySelector<HTMLFormElement>("#upload")!;
const files = document.querySelector<HTMLInputElement>("#files")!;
const sent = document.querySelector<HTMLElement>("#sent")!;
/** Raw text is shown up to this length; the whole is a download away. */
const SHOWN_BYTES = 512 * 1024;

let summaries: Summary[] = [];
let next: string | null = null;

async function load(older: boolean): Promise<void> {
  const path = `/v1/submissions?limit=50&lang=${tongue}${older && next ? `&before=${encodeURIComponent(next)}` : ""}`;
  try {
    const page = await guarded(() => askJson<Page>(door(), path));
    summaries = older ? [...summaries, ...page.submissions] : page.submissions;
    next = page.next ?? null;
    write();
  } catch (error) {
    list.replaceChildren(make("li", { class: "quiet" }, `The inbox could not be loaded: ${(error as Error).message}`));
  }
}

function counts({ receipt }: Summary): string {
  const number = (n: number, one: string, many: string): string => `${n.toLocaleString(lang)} ${n === 1 ? one : many}`;
  const parts = [number(receipt.messages, "message", "messages"), number(receipt.events, "event", "events")];
  if (receipt.duplicates > 0) parts.push(number(receipt.duplicates, "repeat", "repeats"));
  if (receipt.tests) parts.push(number(receipt.tests, "test", "tests"));
  parts.push(number(receipt.groups.reduce((sum, g) => sum + g.count, 0), "finding", "findings"));
  return receipt.held ? "held: kept, not read yet" : parts.join(" · ");
}

/** Says in the list that nobody has an answer yet. */
function lying({ answer }: Summary): string {
  return !answer || answer.status === "fetched" ? "" : answer.status === "overdue" ? " · answer not fetched" : ` · answer ${answer.status}`;
}

/** What became of an answer, in one sentence. */
function became(answer: AnswerState | null | undefined): string {
  if (!answer) return "Nobody waited for it.";
  if (answer.way === "reply") return `In the reply, ${when(answer.due, zone, lang)}.`;
  const steps = [answer.written ? `in the partner's folder since ${when(answer.written, zone, lang)}` : "to be written to the partner's folder"];
  if (answer.overdue) steps.push(`overdue since ${when(answer.overdue, zone, lang)}`);
  steps.push(answer.fetched ? `fetched ${when(answer.fetched, zone, lang)}` : "not fetched yet");
  const text = steps.join(", ");
  return `${text[0]?.toUpperCase()}${text.slice(1)}.`;
}

function worst(receipt: Receipt): string {
  const all = receipt.groups.map((g) => g.severity);
  return all.includes("error") ? "error" : all.includes("warning") ? "warning" : "fine";
}

function write(): void {
  const items = summaries.map((s) => {
    const button = make("button", { type: "button", "data-submission": s.id, "aria-pressed": String(s.id === shown.dataset["id"]) },
      make("strong", { class: worst(s.receipt) }, s.source.name || s.id),
      make("span", {}, counts(s)),
      make("span", {}, `${when(s.received, zone, lang)} · ${s.party} · ${s.source.transport}${s.erased ? " · erased" : ""}${s.receipt.reread ? " · read again" : ""}${lying(s)}`));
    button.addEventListener("click", () => void show(s.id));
    return make("li", {}, button);
  });
  list.replaceChildren(...(items.length > 0 ? items : [make("li", { class: "quiet" }, "Nothing has come in yet.")]));
  more.hidden = next === null;
}

async function show(id: string): Promise<void> {
  shown.dataset["id"] = id;
  for (const b of list.querySelectorAll("[data-submission]")) b.setAttribute("aria-pressed", String(b.getAttribute("data-submission") === id));
  shown.replaceChildren(make("p", { class: "quiet" }, "Loading …"));
  try {
    const path = `/v1/submissions/${encodeURIComponent(id)}`;
    const summary = await guarded(() => askJson<Summary>(door(), `${path}?lang=${tongue}`));
    const bytes = summary.erased ? new Uint8Array() : new Uint8Array(await (await guarded(() => ask(door(), `${path}/raw`))).arrayBuffer());
    const waits = !summary.erased && summary.receipt.findings.some((f) => f.code === "SHT-005");
    const confirm = waits ? await layouts(id, () => void load(false).then(() => show(id))) : [];
    if (shown.dataset["id"] === id) shown.replaceChildren(...page(summary, bytes, confirm));
  } catch (error) {
    shown.replaceChildren(make("p", { class: "quiet" }, `This submission could not be loaded: ${(error as Error).message}`));
  }
}

/** Whether bytes are a workbook (ZIP or compound file), which is no text to show. */
const isWorkbook = (b: Uint8Array): boolean => (b[0] === 0x50 && b[1] === 0x4b) || (b[0] === 0xd0 && b[1] === 0xcf);

function page(summary: Summary, bytes: Uint8Array, confirm: Node[]): Node[] {
  const { receipt } = summary;
  const text = raw(bytes.subarray(0, SHOWN_BYTES), receipt.findings);
  const download = make("button", { type: "button" }, "Download the bytes");
  download.addEventListener("click", () => save(summary.source.name || summary.id, bytes));
  const marked = make("button", { type: "button" }, "Download it with its bad cells marked");
  marked.addEventListener("click", () => void saveMarked(summary, marked));
  const sheets = receipt.findings.some((f) => f.code.startsWith("SHT-"));
  const facts = make("p", { class: "quiet" }, `${counts(summary)} · ${summary.bytes.toLocaleString(lang)} bytes · received ${when(summary.received, zone, lang)} from ${summary.party} by ${summary.source.transport}${receipt.reread ? ` · read again (${receipt.reread})` : ""}`);
  const cut = bytes.length > SHOWN_BYTES ? [make("p", { class: "quiet" }, `Only the first ${SHOWN_BYTES / 1024} KiB are shown.`)] : [];
  const answer = receipt.acknowledgement ? [make("h3", {}, "What was answered"), make("p", { class: "quiet" }, became(summary.answer)), make("pre", { class: "raw", tabindex: "0" }, receipt.acknowledgement.replaceAll("'", "'\n"))] : [];
  const { erased } = summary;
  if (erased) {
    const told = `Its bytes were erased on ${when(erased.at, zone, lang)} by ${erased.by} because: ${erased.reason}`;
    return [make("h2", {}, summary.source.name || summary.id), facts, make("p", { class: "erased" }, told), make("h3", {}, "Findings"), findings(receipt.findings, receipt.groups, () => undefined), ...answer];
  }
  return [
    make("h2", {}, summary.source.name || summary.id), facts,
    ...confirm,
    make("h3", {}, "Findings"), findings(receipt.findings, receipt.groups, (at) => text.go(at)), ...(sheets ? [make("p", {}, marked)] : []),
    ...answer,
    make("h3", {}, "As received"), make("p", { class: "quiet" }, "SHA-256 ", make("code", {}, summary.sha256), " ", download), ...(isWorkbook(bytes) ? [] : [...cut, text.element]),
  ];
}

function save(name: string, bytes: Uint8Array): void {
  const url = URL.createObjectURL(new Blob([bytes as BlobPart], { type: "application/octet-stream" }));
  make("a", { href: url, download: name }).click();
  URL.revokeObjectURL(url);
}

async function saveMarked(summary: Summary, button: HTMLButtonElement): Promise<void> {
  try {
    const answer = await guarded(() => ask(door(), `/v1/submissions/${encodeURIComponent(summary.id)}/marked`));
    const ending = answer.headers.get("content-type")?.includes("sheet") ? "xlsx" : "csv";
    save(`${(summary.source.name || summary.id).replace(/\.[a-z]+$/i, "")}-marked.${ending}`, new Uint8Array(await answer.arrayBuffer()));
  } catch (error) {
    button.after(make("span", { class: "error", role: "alert" }, ` ${(error as Error).message}`));
  }
}

async function send(chosen: Iterable<File>): Promise<void> {
  let last: string | null = null;
  const lines: string[] = [];
  for (const file of chosen) {
    try {
      const headers = { "X-Filename": encodeURIComponent(file.name), "Content-Type": file.type || "application/octet-stream" };
      const answer = await guarded(() => ask(door(), "/v1/submissions", { method: "POST", body: file, headers }));
      const receipt = (await answer.json()) as Receipt & { id: string };
      last = receipt.id;
      lines.push(`${file.name}: ${receipt.events} events, ${receipt.findings.length} findings${receipt.replay ? ", was here before" : ""}`);
    } catch (error) {
      lines.push(`${file.name}: ${(error as Error).message}`);
    }
    sent.textContent = lines.join("\n");
  }
  await load(false);
  if (last) await show(last);
}

function wireUpload(): void {
  files.addEventListener("change", () => {
    void send([...(files.files ?? [])]).then(() => (files.value = ""));
  });
  for (const name of ["dragenter", "dragover"]) {
    form.addEventListener(name, (event) => {
      event.preventDefault();
      form.classList.add("over");
    });
  }
  for (const name of ["dragleave", "drop"]) form.addEventListener(name, () => form.classList.remove("over"));
  form.addEventListener("drop", (event) => {
    event.preventDefault();
    void send([...(event.dataTransfer?.files ?? [])]);
  });
}

wireUpload();
more.addEventListener("click", () => void load(true));
void load(false);
