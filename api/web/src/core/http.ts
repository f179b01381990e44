// Requests to the server; errors are the server's own problem documents.

/** A server's answer that is no success; `code` is the server's own, such as `API-004`. */
export class Problem extends Error {
  constructor(readonly status: number, message: string, readonly code: string | null = null) {
    super(message);
  }
}

/** A server and the key it is asked with. */
export interface Door {
  base: string;
  key: string | null;
  /** The site that frames our own page: keys and passes of another are refused. */
  site?: string | null;
}

/** The address of a path at a server; `path` starts with a slash. */
export function address(door: Door, path: string): string {
  return door.base.replace(/\/+$/, "") + path;
}

/** Whether a key may stand in an address and in a page. */
export function publishable(key: string | null): key is string {
  return key?.startsWith("sl_pk_") ?? false;
}

/**
 * Sends a request and returns the answer; throws a `Problem` for any status that is no success. A publishable key goes in the
 * address, for a header of ours would make browsers ask for leave first on every page of another site; other keys never do.
 */
export async function ask(door: Door, path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  let target = address(door, path);
  if (publishable(door.key)) target += `${path.includes("?") ? "&" : "?"}key=${encodeURIComponent(door.key)}`;
  else if (door.key) headers.set("Authorization", `Bearer ${door.key}`);
  if (door.site) headers.set("Sealane-Site", door.site);
  const answer = await fetch(target, { ...init, headers });
  if (answer.ok || answer.status === 304) return answer;
  throw await problem(answer);
}

/** Asks for JSON. */
export async function askJson<T>(door: Door, path: string, init: RequestInit = {}): Promise<T> {
  const answer = await ask(door, path, { ...init, headers: { Accept: "application/json, application/geo+json", ...init.headers } });
  return (await answer.json()) as T;
}

async function problem(answer: Response): Promise<Problem> {
  const body: unknown = await answer.json().catch(() => null);
  const { detail, title, code } = (body ?? {}) as { detail?: string; title?: string; code?: string };
  return new Problem(answer.status, detail ?? title ?? `the server answered ${answer.status}`, code ?? null);
}
