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

/** The findings by code; a click on a place shows it in the text. */
export function findings(all: Finding[], go: (index: number) => void): HTMLElement {
  if (all.length === 0) return make("p", { class: "fine" }, "Everything was understood.");
  const codes = new Map<string, { finding: Finding; index: number }[]>();
  all.forEach((finding, index) => codes.set(finding.code, [...(codes.get(finding.code) ?? []), { finding, index }]));
  return make("div", { class: "groups" }, ...[...codes].map(([code, members]) => group(code, members, go)));
}

function group(code: string, members: { finding: Finding; index: number }[], go: (index: number) => void): HTMLElement {
  const { severity, help } = members[0]!.finding;
  const items = members.slice(0, 100).map(({ finding, index }) => {
    const place = make("button", { type: "button", class: "place" }, placeOf(finding));
    place.addEventListener("click", () => go(index));
    return make("li", {}, finding.message, " ", place);
  });
  const rest = members.length > 100 ? [make("li", { class: "quiet" }, `and ${members.length - 100} more`)] : [];
  return make("section", { class: `group ${severity}` },
    make("h4", {}, make("span", { class: "sign", "aria-hidden": "true" }, SIGNS[severity]), make("code", {}, code), ` ${severity} · ${members.length}`),
    make("ul", {}, ...items, ...rest), ...(help ? [make("p", { class: "help" }, help)] : []));
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
