// What is said of the check with the issuer: one table, for the map element and for every page. Green only while an answer of the
// issuer's own system, not one for trying out, is fresh.
import type { CheckState } from "./types";
import type { Word } from "./words";

/** How a certificate stands, worst first. `trial` is what a system for trying out said, `seen` what a person saw on the issuer's page. */
export type Standing = "bad" | "trial" | "doubtful" | "open" | "seen" | "good";

/** What is said of one state, and how a certificate stands by it. */
export interface Check {
  word: Word;
  standing: Standing;
}

/** Who the answer is from: the issuer's system, a person who looked at the issuer's page, or somebody with the exporter's link. */
type From = "issuer" | "person" | "link";

const row = (word: Word, standing: Standing): Check => ({ word, standing });

/** Every state that the server tells (`origin/src/axes.rs`), by who the answer is from. */
export const CHECKS: Readonly<Record<string, Readonly<Partial<Record<From, Check>> & { issuer: Check }>>> = {
  not_checked: { issuer: row("checked_not_checked", "open") },
  pending: { issuer: row("checked_pending", "open") },
  confirmed: { issuer: row("checked_confirmed", "good"), person: row("seen_confirmed", "seen") },
  refuted: { issuer: row("checked_refuted", "bad"), person: row("seen_refuted", "bad") },
  inconclusive: { issuer: row("checked_inconclusive", "doubtful"), person: row("seen_inconclusive", "doubtful") },
  unavailable: { issuer: row("checked_unavailable", "doubtful") },
  reported: { issuer: row("link_told", "doubtful") },
  stale: { issuer: row("checked_stale", "doubtful"), person: row("seen_stale", "doubtful"), link: row("link_stale", "doubtful") },
};

/** What a report says the issuer's page says; it is nobody's verdict. */
const REPORTS: Readonly<Record<string, Check>> = {
  confirmed: row("link_confirmed", "open"),
  refuted: row("link_refuted", "doubtful"),
  inconclusive: row("link_inconclusive", "doubtful"),
};

/** Whatever a system for trying out said, the issuer said nothing. */
const TRIAL = row("checked_trial", "trial");

/** A state of a newer server: what it means is not guessed. */
const UNKNOWN = row("checked_unknown", "doubtful");

/** Who an answer is from; the server names a person's page `manual:PAGE`, and `manual:PAGE:link` where a link was used. */
export function from(said: CheckState): From {
  if (!said.gateway?.startsWith("manual:")) return "issuer";
  return said.gateway.endsWith(":link") ? "link" : "person";
}

/** Until when what is shown holds (milliseconds); null where time alone changes nothing. */
export function holdsUntil(said: CheckState | undefined): number | null {
  if (said?.state !== "confirmed" && said?.state !== "reported") return null;
  const until = Date.parse(said.fresh_until ?? "");
  // An end that nobody told is over.
  return Number.isFinite(until) ? until : -Infinity;
}

/** What is to be said of a check at an instant (milliseconds). */
export function checkOf(said: CheckState | undefined, now: number): Check {
  const told = said ?? { state: "not_checked" };
  if ((told.environment ?? "production") !== "production") return TRIAL;
  const until = holdsUntil(told);
  const state = until !== null && !(now <= until) ? "stale" : told.state;
  if (state === "reported" && told.outcome && Object.hasOwn(REPORTS, told.outcome)) return REPORTS[told.outcome]!;
  const [rows, who] = [Object.hasOwn(CHECKS, state) ? CHECKS[state]! : null, from(told)];
  const check = rows?.[who] ?? rows?.issuer ?? UNKNOWN;
  // What somebody else says is never shown as the issuer's own word.
  return check.standing === "good" && who !== "issuer" ? UNKNOWN : check;
}
