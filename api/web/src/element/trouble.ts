// What went wrong, in words for whoever looks at the page.
import { Problem } from "../core/http";
import type { Say, Word } from "../core/words";

/** Something that went wrong; the status is 0 where no server answered. */
export interface Trouble {
  status: number;
  /** The server's own code, such as `API-004`. */
  code: string | null;
  /** In the server's or the browser's words. */
  message: string;
}

/** Codes of the server that have words of their own here. */
const WORDS: Readonly<Record<string, Word>> = {
  "API-001": "key_refused", "API-002": "key_refused", "API-004": "site_refused", "API-006": "site_refused", "API-007": "not_found",
  "API-014": "busy", "API-015": "busy", "API-018": "busy", "API-019": "busy",
};

/** Turns what was thrown into a trouble. */
export function troubleOf(error: unknown): Trouble {
  if (error instanceof Problem) return { status: error.status, code: error.code, message: error.message };
  return { status: 0, code: null, message: error instanceof Error ? error.message : String(error) };
}

/** Says a trouble in one sentence; `site` is the one that frames the page, if one does. */
export function sentenceOf({ status, code, message }: Trouble, say: Say, site: string | null): string {
  const word = code ? WORDS[code] : undefined;
  if (word) return say(word, site ?? location.origin);
  return status === 0 ? say("unreachable") : say("failed", message);
}
