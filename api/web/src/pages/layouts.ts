// Layouts of a spreadsheet that were guessed: corrected and confirmed once, then the submission is read again.
import { make } from "../core/dom";
import { askJson } from "../core/http";
import { door, guarded } from "./key";

interface Profile { layout: string; name?: string; dates?: string; zone?: string; kind?: string; place?: string; codes?: Record<string, string>; columns: Record<string, string> }
interface Guess { sheet: string; layout: Profile; headings: Record<string, string>; wants: string[] }
interface Guesses { layouts: Guess[]; fields: [string, string][] }
interface Report { id?: string | null; applied: boolean; submissions: number; added: number; differences: { before: string; after: string }[] }

const path = (id: string): string => `/v1/submissions/${encodeURIComponent(id)}/layouts`;

const post = (id: string, sheets: Profile[], apply: boolean): Promise<Report> =>
  guarded(() => askJson<Report>(door(), path(id), { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ sheets, apply }) }));

/** The forms that confirm what waits in a submission; nothing for who may not. `done` is told the outcome. */
export async function layouts(id: string, done: (said: string) => void): Promise<Node[]> {
  let guesses: Guesses;
  try {
    guesses = await askJson<Guesses>(door(), path(id));
  } catch {
    // Only the operator's key may see and confirm layouts; the findings say the guess to everybody.
    return [];
  }
  return guesses.layouts.map((guess) => form(id, guess, guesses.fields, done));
}

function choice(label: string, options: [string, string][], chosen: string): HTMLSelectElement {
  const select = make("select", { "aria-label": label }, make("option", { value: "" }, "not read"));
  for (const [word, about] of options) select.append(make("option", { value: word }, about));
  select.value = chosen;
  return select;
}

function form(id: string, { sheet, layout, headings, wants }: Guess, fields: [string, string][], done: (said: string) => void): HTMLElement {
  const columns = Object.keys(headings).sort((a, b) => a.length - b.length || (a < b ? -1 : 1));
  const selects = new Map(columns.map((c) => [c, choice(`What column ${c} holds`, fields, layout.columns[c] ?? "")]));
  const rows = columns.map((c) => make("tr", {}, make("th", { scope: "row" }, c), make("td", {}, headings[c] ?? ""), make("td", {}, selects.get(c)!)));
  const orders: [string, string][] = [["dmy", "day, month, year"], ["mdy", "month, day, year"], ["ymd", "year, month, day"]];
  const dates = choice("Order of dates", orders, layout.dates ?? "");
  dates.options[0]!.textContent = "as the dates show it";
  const text = (label: string, hint: string, value = ""): HTMLInputElement => {
    const input = make("input", { type: "text", "aria-label": label, placeholder: hint });
    input.value = value;
    return input;
  };
  const place = text("Place, if no column says it", "such as VNVUT", layout.place);
  const kind = text("What happened, if no column says it", "such as gate_in", layout.kind);
  const zone = text("Zone of its times, if not that of the place", "such as Asia/Bangkok", layout.zone);
  const out = make("div", { "aria-live": "polite" });
  const order = (): Profile => {
    const wanted: Profile = { layout: layout.layout, name: layout.name ?? "", codes: layout.codes ?? {}, columns: {} };
    for (const [column, select] of selects) if (select.value) wanted.columns[column] = select.value;
    for (const [key, input] of Object.entries({ dates, place, kind, zone })) {
      const value = input.value.trim();
      if (value) wanted[key as "dates" | "place" | "kind" | "zone"] = value;
    }
    return wanted;
  };
  const run = async (button: HTMLButtonElement, apply: boolean): Promise<void> => {
    button.disabled = true;
    try {
      const report = await post(id, [order()], apply);
      const said = `${report.submissions} submissions read again, ${report.added} rows ${apply ? "taken in" : "would be taken in"}.`;
      if (apply) return done(said);
      out.replaceChildren(make("p", {}, said), make("ul", { class: "bare" }, ...report.differences.slice(0, 20).map((d) => make("li", {}, make("code", {}, d.after || d.before)))));
    } catch (error) {
      out.replaceChildren(make("p", { class: "error", role: "alert" }, (error as Error).message));
    } finally {
      button.disabled = false;
    }
  };
  const look = make("button", { type: "button" }, "Show what it would give");
  const confirm = make("button", { type: "button", class: "primary" }, "Confirm and read again");
  look.addEventListener("click", () => void run(look, false));
  confirm.addEventListener("click", () => void run(confirm, true));
  const name = sheet.replace(/[!:]+$/, "");
  return make("section", { class: "layout", "data-layout": layout.layout },
    make("h3", {}, name ? `Layout of ${name}` : "Layout"),
    make("p", { class: "quiet" }, "What each column holds was guessed from its heading. Correct and confirm it once; lists of this layout are then read at once."),
    ...wants.map((want) => make("p", { class: "help" }, `Please ${want}.`)),
    make("table", {}, make("tbody", {}, ...rows)),
    make("p", { class: "row" }, ...[dates, place, kind, zone].map((i) => make("label", {}, `${i.getAttribute("aria-label")} `, i))), look, " ", confirm, out);
}
