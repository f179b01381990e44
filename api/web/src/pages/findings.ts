// Findings grouped by code, and the raw text with their places marked.
import { make } from "../core/dom";

/** A finding as the server sends it. */
export interface Finding {
  code: string;
  severity: "info" | "warning" | "error";
  place: { byte: number; len?: number; line?: number; segment?: number; tag?: string; element?: number; component?: number };
  message: string;
  help?: string;
}

/** Findings of one code, message type and cause, as the server groups them. */
export interface Group {
  code: string; severity: Finding["severity"]; message_type: string; count: number;
  says: string; message: string; help: string; first: Finding["place"][];
}

const SIGNS = { error: "✕", warning: "!", info: "i" } as const;

function placeOf({ code, place }: Finding): string {
  // A spreadsheet has cells, no bytes.
  if (code.startsWith("SHT-")) return place.tag || "the whole file";
  const parts = [
    place.line ? `line ${place.line}` : "",
    place.segment ? `segment ${place.segment}` : "",
    place.tag ? place.tag : "",
    place.element !== undefined && place.element !== null ? `element ${place.element}` : "",
    place.component ? `component ${place.component}` : "",
    `byte ${place.byte}`,
  ];
  return parts.filter(Boolean).join(", ");
}

/** One line a group: what it says, how often, and its first places; a click on a place shows it in the text. */
export function findings(all: Finding[], groups: Group[], go: (index: number) => void): HTMLElement {
  if (groups.length === 0) return make("p", { class: "fine" }, "Everything was understood.");
  return make("div", { class: "groups" }, ...groups.map((g) => group(g, all, go)));
}

/** The index of a group's place among the findings that are listed one by one; -1 where it is not listed. */
const indexOf = (code: string, byte: number, tag: string | undefined, all: Finding[]): number =>
  all.findIndex((f) => f.code === code && f.place.byte === byte && (f.place.tag ?? "") === (tag ?? ""));

function group(g: Group, all: Finding[], go: (index: number) => void): HTMLElement {
  const items = g.first.map((place) => {
    const index = indexOf(g.code, place.byte, place.tag, all);
    const button = make("button", { type: "button", class: "place" }, placeOf({ code: g.code, place } as Finding));
    button.disabled = index < 0;
    button.addEventListener("click", () => go(index));
    return make("li", {}, ...(index >= 0 ? [all[index]!.message, " "] : []), button);
  });
  const rest = g.count > g.first.length ? [make("li", { class: "quiet" }, `and ${(g.count - g.first.length).toLocaleString()} more`)] : [];
  // The sentence in the reader's language stands above the English ones of the places.
  const own = g.says === g.message ? [] : [make("p", { class: "says" }, g.says)];
  const about = [g.severity, g.message_type, g.count.toLocaleString()].filter(Boolean).join(" · ");
  return make("section", { class: `group ${g.severity}` },
    make("h4", {}, make("span", { class: "sign", "aria-hidden": "true" }, SIGNS[g.severity]), make("code", {}, g.code), ` ${about}`),
    ...own, make("ul", {}, ...items, ...rest), ...(g.help ? [make("p", { class: "help" }, g.help)] : []));
}

/** The raw text as received, with marks; `go` scrolls to the mark of a finding. */
export function raw(bytes: Uint8Array, all: Finding[]): { element: HTMLElement; go(index: number): void } {
  const element = make("pre", { class: "raw", tabindex: "0", "aria-label": "The text as received" });
  const marks = new Map<number, HTMLElement>();
  const order = all.map((finding, index) => ({ finding, index })).filter(({ finding }) => finding.place.byte < bytes.length)
    .sort((a, b) => a.finding.place.byte - b.finding.place.byte);
  // One decoder by bytes keeps places exact; every byte is shown, whatever the charset.
  const decoder = new TextDecoder("windows-1252");
  const text = (from: number, to: number): string => decoder.decode(bytes.subarray(from, to)).replaceAll(/'(?![\r\n])/g, "'\n");
  let at = 0;
  for (const { finding, index } of order) {
    const start = Math.max(at, finding.place.byte);
    const end = Math.min(bytes.length, Math.max(start, finding.place.byte + Math.max(1, finding.place.len ?? 1)));
    if (end <= start) {
      const last = element.lastElementChild as HTMLElement | null;
      if (last) marks.set(index, last);
      continue;
    }
    const mark = make("mark", { class: finding.severity, title: `${finding.code}: ${finding.message}`, tabindex: "-1" }, text(start, end));
    element.append(text(at, start), mark);
    marks.set(index, mark);
    at = end;
  }
  element.append(text(at, bytes.length));
  return {
    element,
    go(index) {
      for (const mark of marks.values()) mark.classList.remove("here");
      const mark = marks.get(index);
      mark?.classList.add("here");
      mark?.scrollIntoView({ block: "center" });
      mark?.focus();
    },
  };
}
