// /certificates/new: a certificate typed into the form as it is printed, checked while it is typed, private until published.
import { make } from "../core/dom";
import { ask, askJson, Problem } from "../core/http";
import type { Finding } from "./findings";
import { FORMS, TIES, type Box, type Field, type Form } from "./forms";
import { door, guarded } from "./key";
import { flatten, valueAt, write } from "./tree";

type Input = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;
interface Checked { would_take: boolean; findings: Finding[] }
interface Paper { submission: string; sha256: string; pages: number; text_layer: boolean; document: Record<string, unknown> }

const $ = <T extends HTMLElement>(id: string): T => document.querySelector<T>(`#${id}`)!;
const [kind, form, state, found, keep, kept, pdf, read] = [$<HTMLSelectElement>("kind"), $<HTMLFormElement>("form"), $("state"), $("found"), $<HTMLButtonElement>("keep"), $("kept"), $<HTMLInputElement>("pdf"), $("read")];
const [compared, confirmed] = [$("compared"), $<HTMLInputElement>("confirmed")];

let chosen: Form = FORMS[0]!;
let items = 1;
let ties = 1;
/** The paper that the certificate is typed from. */
let paper: Paper | null = null;

const idOf = (path: string): string => `f-${path.replaceAll(/[^a-zA-Z0-9]+/g, "-")}`;

function control(field: Field, path: string): Input | HTMLElement {
  const attributes = { id: idOf(path), "data-path": path, "data-kind": field.kind ?? "text" };
  switch (field.kind) {
    case "area": return make("textarea", { ...attributes, rows: "2" });
    case "date": return make("input", { ...attributes, type: "date" });
    case "number": return make("input", { ...attributes, type: "number", min: "0", step: "any", inputmode: "decimal" });
    case "tick": return make("input", { ...attributes, type: "checkbox" });
    case "country": case "choice": {
      const options = field.kind === "country" ? chosen.parties : field.options ?? [];
      return make("select", attributes, make("option", { value: "" }, "–"), ...options.map((o) => make("option", { value: o }, o.replaceAll("_", " "))));
    }
    case "ticks": return make("span", { ...attributes, role: "group", "aria-label": field.label, tabindex: "-1" },
      ...(field.options ?? []).map((o) => make("label", { class: "tick" }, make("input", { type: "checkbox", value: o }), ` ${o}`)));
    default: return make("input", { ...attributes, type: "text", spellcheck: "false", ...(field.hint ? { placeholder: field.hint } : {}) });
  }
}

function line(field: Field, path: string): HTMLElement {
  const input = control(field, path);
  const said = make("span", { class: "said", id: `${idOf(path)}-said`, "data-said": path });
  input.setAttribute("aria-describedby", said.id);
  const label = field.kind === "ticks" ? make("span", {}, field.label) : make("label", { for: input.id }, field.label);
  return field.kind === "tick" ? make("p", { class: "tick" }, input, label, said) : make("p", {}, label, input, said);
}

function box(of: Box, prefix = ""): HTMLElement {
  const title = of.no ? [make("b", {}, of.no), ` ${of.title}`] : [of.title];
  const lines = of.fields.map((field) => line(field, prefix + field.path));
  return make("fieldset", { class: "box", "data-box": of.no }, make("legend", {}, ...title), ...(of.note ? [make("p", { class: "quiet" }, of.note)] : []), ...lines);
}

function button(text: string, act: () => void): HTMLElement {
  const element = make("button", { type: "button" }, text);
  element.addEventListener("click", act);
  return element;
}

/** Draws the chosen form with what was typed so far. */
function draw(values: Record<string, unknown>): void {
  const many = Math.max(items, ...Object.keys(values).map((path) => Number(/^items\[(\d+)\]/.exec(path)?.[1] ?? -1) + 1));
  items = Math.min(many, 50);
  ties = Math.min(Math.max(ties, ...Object.keys(values).map((path) => Number(/^bindings\[(\d+)\]/.exec(path)?.[1] ?? -1) + 1)), 50);
  const item = (n: number): HTMLElement => make("section", { class: "item", "aria-label": `Item ${n + 1}` },
    make("h3", {}, chosen.regime === "RCEP" ? make("b", {}, "6 ") : "", `Item ${n + 1}`), make("div", { class: "boxes" }, ...chosen.items.map((b) => box(b, `items[${n}].`))));
  const tie = (n: number): HTMLElement => make("div", { class: "pair" },
    line({ path: `bindings[${n}].type`, label: "Kind", kind: "choice", options: TIES.map(([type]) => type) }, `bindings[${n}].type`),
    line({ path: `bindings[${n}].value`, label: "Number" }, `bindings[${n}].value`));
  form.replaceChildren(
    make("div", { class: "boxes" }, ...chosen.head.map((b) => box(b))),
    ...Array.from({ length: items }, (_, n) => item(n)),
    button("Another item", () => { items += 1; draw(typed()); }),
    make("div", { class: "boxes" }, ...chosen.tail.map((b) => box(b))),
    make("fieldset", { class: "box" }, make("legend", {}, "What ties it to the shipment (on no form)"),
      make("p", { class: "quiet" }, `A booking or bill of lading; a container alone is weak. ${TIES.map(([type, name]) => `${type} ${name.toLowerCase()}`).join(", ")}.`),
      ...Array.from({ length: ties }, (_, n) => tie(n)), button("Another number", () => { ties += 1; draw(typed()); })));
  for (const [path, value] of Object.entries(values)) fill(path, value);
}

const controls = (): HTMLElement[] => [...form.querySelectorAll<HTMLElement>("[data-path]")];
const at = (path: string): HTMLElement | null => form.querySelector(`[data-path="${CSS.escape(path)}"]`);

function fill(path: string, value: unknown): void {
  const list = /^(.*criterion\.modifiers)\[\d+\]$/.exec(path);
  const input = at(list?.[1] ?? path);
  if (!input) return;
  if (list) input.querySelector<HTMLInputElement>(`input[value="${CSS.escape(String(value))}"]`)?.setAttribute("checked", "");
  else if (input instanceof HTMLInputElement && input.type === "checkbox") input.checked = value === true;
  else (input as Input).value = String(value ?? "");
}

/** What was typed, by path; what is empty is left out. */
function typed(): Record<string, unknown> {
  const values: Record<string, unknown> = {};
  for (const input of controls()) {
    const path = input.dataset.path!;
    if (input.dataset.kind === "ticks") [...input.querySelectorAll<HTMLInputElement>("input:checked")].forEach((tick, n) => { values[`${path}[${n}]`] = tick.value; });
    else if (input instanceof HTMLInputElement && input.type === "checkbox") { if (input.checked) values[path] = true; }
    else {
      const text = (input as Input).value.trim();
      if (text) values[path] = input.dataset.kind === "number" ? Number(text) : text;
    }
  }
  return values;
}

/** The document as it is sent. */
function certificate(): Record<string, unknown> {
  const whole: Record<string, unknown> = { regime: chosen.regime, form: chosen.form };
  for (const [path, value] of Object.entries(typed())) write(whole, path, value);
  ((whole.items ?? []) as Record<string, unknown>[]).forEach((item, n) => { item.no = n + 1; });
  if (chosen.regime === "RCEP") for (const item of (whole.items ?? []) as { criterion?: { modifiers?: unknown } }[]) if (item.criterion) item.criterion.modifiers ??= [];
  if (whole.lifecycle) (whole.lifecycle as Record<string, unknown>).state = "issued";
  if (paper) whole.paper = { submission: paper.submission, sha256: paper.sha256 };
  return whole;
}

/** Shows each finding at the box that it is about, and all of them in a list. */
function show(findings: Finding[]): void {
  for (const said of form.querySelectorAll<HTMLElement>("[data-said]")) { said.replaceChildren(); said.className = "said"; }
  for (const input of controls()) input.removeAttribute("aria-invalid");
  const rank = { error: 0, warning: 1, info: 2 } as const;
  const lines = [...findings].sort((a, b) => rank[a.severity] - rank[b.severity]).map((finding) => {
    const path = (finding.place.tag ?? "").replace(/^\$\.?/, "");
    const input = controls().find((c) => c.dataset.path === path) ?? controls().find((c) => path && (c.dataset.path!.startsWith(`${path}.`) || c.dataset.path!.startsWith(`${path}[`) || path.startsWith(`${c.dataset.path!}[`)));
    const told = input ? document.getElementById(`${input.id}-said`) : null;
    if (finding.severity === "error") input?.setAttribute("aria-invalid", "true");
    if (told && finding.severity !== "info") {
      told.append(make("span", { class: finding.severity }, `${finding.message} ${finding.help ?? ""} `));
    }
    const go = make("button", { type: "button", class: "place" }, `${finding.code} · ${finding.message}`);
    go.disabled = !input;
    go.addEventListener("click", () => { input?.scrollIntoView({ block: "center" }); input?.focus(); });
    return make("li", { class: finding.severity }, go);
  });
  found.replaceChildren(...lines);
}

let round = 0;
async function check(): Promise<void> {
  const mine = ++round;
  try {
    const told = await guarded(() => askJson<Checked>(door(), "/v1/certificates/check", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(certificate()) }));
    if (mine !== round) return;
    show(told.findings);
    const errors = told.findings.filter((f) => f.severity === "error").length;
    state.textContent = told.would_take ? "It can be kept." : `${errors} ${errors === 1 ? "thing is" : "things are"} missing or wrong.`;
    keep.dataset.fits = String(told.would_take);
  } catch (error) {
    if (mine === round) state.textContent = `It could not be checked: ${(error as Error).message}`;
  }
  gate();
}

/** What was read from a paper is kept only after a person has compared it. */
function gate(): void {
  compared.hidden = paper === null;
  keep.disabled = keep.dataset.fits !== "true" || (paper !== null && !confirmed.checked);
}

let timer = 0;
const soon = (): void => { clearTimeout(timer); timer = window.setTimeout(() => void check(), 400); };

async function submit(): Promise<void> {
  keep.disabled = true;
  try {
    const answer = await guarded(() => ask(door(), "/v1/certificates", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(certificate()) }));
    const told = (await answer.json()) as { id: string; number: string; check_code?: string; published: boolean };
    const publish = make("button", { type: "button", id: "publish" }, "Publish it");
    publish.addEventListener("click", () => void published(told.id, publish));
    kept.replaceChildren(make("h2", {}, told.number), make("p", {}, "Kept as ", make("code", {}, told.id), told.published ? ", published." : ", private."),
      ...(told.check_code ? [make("p", {}, "Check code, to be printed beside the number: ", make("code", {}, told.check_code))] : []), ...(told.published ? [] : [publish]));
  } catch (error) {
    const text = error instanceof Problem && error.code === "API-012" ? "A certificate of this number is here with other content: a change is a new certificate." : (error as Error).message;
    kept.replaceChildren(make("p", { class: "error" }, text));
  }
  gate();
}

async function published(id: string, button: HTMLButtonElement): Promise<void> {
  button.disabled = true;
  try {
    await guarded(() => ask(door(), `/v1/certificates/${id}/publish`, { method: "POST" }));
    button.replaceWith(make("p", { class: "fine" }, "Published: pages with your publishable key may show it."));
  } catch (error) {
    button.disabled = false;
    kept.append(make("p", { class: "error" }, (error as Error).message));
  }
}

async function intake(file: File): Promise<void> {
  read.textContent = "Reading …";
  try {
    const headers = { "Content-Type": "application/pdf", "X-Filename": encodeURIComponent(file.name) };
    paper = await guarded(() => askJson<Paper>(door(), "/v1/papers", { method: "POST", headers, body: file }));
    confirmed.checked = false;
    chosen = FORMS.find((f) => f.regime === valueAt(paper!.document, "regime")) ?? chosen;
    kind.value = chosen.id;
    const filled = flatten(paper.document);
    draw({ ...typed(), ...filled });
    for (const path of Object.keys(filled)) at(path)?.closest("p")?.classList.add("from-paper");
    read.textContent = paper.text_layer ? `Kept as ${paper.submission}, SHA-256 ${paper.sha256.slice(0, 12)}…. ${Object.keys(filled).length} values come from its text and are marked: compare them.`
      : `Kept as ${paper.submission}, SHA-256 ${paper.sha256.slice(0, 12)}…. It has no text (a scan): type what it prints.`;
  } catch (error) {
    read.textContent = `The PDF could not be taken: ${(error as Error).message}`;
  }
  void check();
}

for (const one of FORMS) kind.append(make("option", { value: one.id }, one.name));
kind.addEventListener("change", () => {
  const values = typed();
  chosen = FORMS.find((f) => f.id === kind.value) ?? chosen;
  draw(values);
  void check();
});
form.addEventListener("input", (event) => {
  // Whoever typed over a value has looked at it.
  (event.target as HTMLElement).closest(".from-paper")?.classList.remove("from-paper");
  soon();
});
form.addEventListener("submit", (event) => event.preventDefault());
keep.addEventListener("click", () => void submit());
confirmed.addEventListener("change", gate);
pdf.addEventListener("change", () => { if (pdf.files?.[0]) void intake(pdf.files[0]); });
draw({});
gate();
