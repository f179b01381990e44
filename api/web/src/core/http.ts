// Requests to the server: the key goes in a header; errors are the server's own problem documents.

/** A server's answer that is no success. */
export class Problem extends Error {
  constructor(readonly status: number, message: string, readonly body: unknown = null) {
    super(message);
  }
}

/** A server and the key it is asked with. */
export interface Door {
  base: string;
  key: string | null;
}

/** The address of a path at a server; `path` starts with a slash. */
export function address(door: Door, path: string): string {
  return door.base.replace(/\/+$/, "") + path;
}

/** Sends a request and returns the answer; throws a `Problem` for any status that is no success. */
export async function ask(door: Door, path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers);
  if (door.key) headers.set("Authorization", `Bearer ${door.key}`);
  const answer = await fetch(address(door, path), { ...init, headers });
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
  const { detail, title } = (body ?? {}) as { detail?: string; title?: string };
  return new Problem(answer.status, detail ?? title ?? `the server answered ${answer.status}`, body);
}
