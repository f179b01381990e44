// The feeds: which is alive, silent or wrong, since when, and what it brought.
import { make } from "../core/dom";
import { askJson } from "../core/http";
import { when } from "../core/times";
import { door, guarded } from "./key";

type State = "connecting" | "live" | "silent" | "wrong" | "ended";
type Counts = Record<string, number>;
interface Feed {
  id: string; party: string; name: string; transport: string; state: State; started: string; connected?: string; last_frame?: string; last_event?: string;
  due?: string; stale_since?: string; nodes: string[]; frames: number; bytes: number; events: number; duplicates: number; errors: number;
  refused: Counts; superseded: number; reconnects: Counts; waiting: number; spilled: number; trouble?: string;
}
interface Status { feeds: Feed[]; problems: { file: string; problem: string }[] }

const lang = document.documentElement.lang || "en";
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const list = document.querySelector<HTMLElement>("#feeds")!;
const count = document.querySelector<HTMLElement>("#count")!;
const shown = document.querySelector<HTMLElement>("#feed")!;
const problems = document.querySelector<HTMLElement>("#problems")!;
const states: Record<State, string> = {
  live: "alive", silent: "silent", wrong: "wrong: what comes cannot be used", connecting: "not connected yet", ended: "came to its end",
};
const marks: Record<State, string> = { live: "fine", silent: "error", wrong: "error", connecting: "warning", ended: "fine" };

let chosen: string | null = decodeURIComponent(location.hash.slice(1)) || null;
/** What is shown: a page that nothing changed is not written again, so that a reader keeps the place. */
let written = "";

async function load(): Promise<void> {
  try {
    const status = await guarded(() => askJson<Status>(door(), "/v1/feeds"));
    const text = JSON.stringify([status, chosen]);
    if (text !== written) write(status);
    written = text;
  } catch (error) {
    written = "";
    list.replaceChildren(make("li", { class: "quiet" }, `The feeds could not be loaded: ${(error as Error).message}`));
  }
}

function write(status: Status): void {
  const focused = document.activeElement?.getAttribute("data-feed");
  const bad = status.feeds.filter((f) => marks[f.state] !== "fine").length;
  count.textContent = status.feeds.length > 0 ? `${status.feeds.length - bad} of ${status.feeds.length} well` : "";
  const items = status.feeds.map((feed) => {
    const button = make("button", { type: "button", "data-feed": feed.id, "aria-pressed": String(feed.id === chosen) },
      make("strong", { class: marks[feed.state] }, feed.name || feed.id), make("span", {}, `${states[feed.state]} · ${heard(feed)}`));
    button.addEventListener("click", () => {
      chosen = feed.id;
      history.replaceState(null, "", `#${encodeURIComponent(feed.id)}`);
      write(status);
    });
    return make("li", {}, button);
  });
  const none = make("li", { class: "quiet" }, "No feed is configured: a file in DATA/feeds/ makes one (docs/feeds.md).");
  list.replaceChildren(...(items.length > 0 ? items : [none]));
  if (focused) list.querySelector<HTMLElement>(`[data-feed="${CSS.escape(focused)}"]`)?.focus();
  problems.replaceChildren(...status.problems.map((p) => make("p", { class: "problem" }, make("code", {}, p.file), ` ${p.problem}`)));
  const feed = status.feeds.find((f) => f.id === chosen);
  if (feed) show(feed);
}

const heard = (feed: Feed): string => (feed.last_frame ? `heard ${when(feed.last_frame, zone, lang)}` : "not heard yet");

function show(feed: Feed): void {
  const instant = (at?: string): string => (at ? when(at, zone, lang) : "");
  const counts = (all: Counts): string => Object.entries(all).map(([word, n]) => `${word.replaceAll("_", " ")} ${n.toLocaleString(lang)}`).join(", ");
  const rows: [string, string][] = [
    ["State", states[feed.state]], ["Silent since", instant(feed.stale_since)], ["Trouble", feed.trouble ?? ""],
    ["Party", feed.party], ["Transport", feed.transport], ["Covers", feed.nodes.join(", ")],
    ["Connected since", instant(feed.connected)], ["Last data", instant(feed.last_frame)], ["Last event", instant(feed.last_event)],
    ["Missed from", feed.stale_since ? "" : instant(feed.due)],
    ["Came", `${feed.frames.toLocaleString(lang)} frames or files, ${bytes(feed.bytes)}`],
    ["Gave", `${feed.events.toLocaleString(lang)} new events, ${feed.duplicates.toLocaleString(lang)} known ones, ${feed.errors.toLocaleString(lang)} errors`],
    ["Refused", counts(feed.refused)], ["Reconnects", counts(feed.reconnects)],
    ["Superseded positions", feed.superseded > 0 ? feed.superseded.toLocaleString(lang) : ""],
    ["Waiting", feed.waiting + feed.spilled > 0 ? `${feed.waiting.toLocaleString(lang)} in memory, ${bytes(feed.spilled)} on the disk` : ""],
  ];
  const facts = rows.filter(([, value]) => value).flatMap(([name, value]) => [make("dt", {}, name), make("dd", {}, value)]);
  shown.replaceChildren(make("h2", {}, feed.name || feed.id, ...(feed.name ? [make("small", {}, feed.id)] : [])), make("dl", { class: "facts" }, ...facts));
}

function bytes(n: number): string {
  const units = ["bytes", "kB", "MB", "GB", "TB"];
  const step = n < 1000 ? 0 : Math.min(units.length - 1, Math.floor(Math.log10(n) / 3));
  return `${(n / 1000 ** step).toLocaleString(lang, { maximumFractionDigits: 1 })} ${units[step]}`;
}

void load();
// What an operator watches follows what happens; a page that nobody sees does not ask.
setInterval(() => document.visibilityState === "visible" && void load(), 5000);
