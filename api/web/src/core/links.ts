// The two ways news come over: a WebSocket, or one stream of server-sent events for all topics.
import { address, ask, Problem, publishable, type Door } from "./http";
import { sse } from "./sse";
import type { LiveMessage } from "./types";

/** Why a link is gone: it was cut, something in between keeps it silent, or asking again is no use. */
export type Loss = "cut" | "mute" | "refused";

/** What a link tells. */
export interface LinkEvents {
  /** It is open and waits to be told what to follow. */
  open(): void;
  message(message: LiveMessage): void;
  /** It is gone for good. */
  lost(why: Loss): void;
}

/** A way to the server. */
export interface Link {
  /** Follows exactly these topics, going on after an event if it is still known. */
  follow(topics: string[], after: string | null): void;
  close(): void;
}

const PROTOCOL = "sealane.live.v1+json";
/** A WebSocket that says nothing for so long after it was asked is held up by something in between. */
const SILENCE = 6_000;
/** The close code for a key that was revoked. */
const POLICY = 1008;

/** What to follow, as both ways say it. */
function wishOf(topics: string[]): { certificates: string[]; vessels: boolean } {
  const certificates = topics.filter((t) => t.startsWith("certificate:")).map((t) => t.slice("certificate:".length));
  return { certificates, vessels: topics.includes("vessels") };
}

/** A WebSocket; `proven` says that one has carried messages before, so that silence means nothing new. */
export function socketLink(door: Door, proven: boolean, on: LinkEvents): Link {
  const url = new URL(address(door, "/v1/live"), location.href);
  url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
  const protocols = [PROTOCOL];
  // Publishable keys may stand in an address; secret keys never do.
  if (publishable(door.key)) url.searchParams.set("key", door.key);
  else if (door.key) protocols.push(`sealane.key.${door.key}`);
  if (door.site) protocols.push(`sealane.site.${btoa(door.site).replace(/=+$/, "").replaceAll("+", "-").replaceAll("/", "_")}`);
  const socket = new WebSocket(url, protocols);
  let silence: ReturnType<typeof setTimeout> | undefined;
  let over = false;
  const end = (why: Loss): void => {
    if (over) return;
    over = true;
    clearTimeout(silence);
    socket.close();
    on.lost(why);
  };
  socket.onopen = () => on.open();
  socket.onmessage = (event) => {
    clearTimeout(silence);
    if (!over) on.message(JSON.parse(String(event.data)) as LiveMessage);
  };
  socket.onclose = (event) => end(event.code === POLICY ? "refused" : "cut");
  return {
    follow(topics, after) {
      if (socket.readyState !== WebSocket.OPEN) return;
      socket.send(JSON.stringify({ subscribe: wishOf(topics), ...(after ? { after } : {}) }));
      if (!proven && silence === undefined) silence = setTimeout(() => end("mute"), SILENCE);
    },
    close() {
      over = true;
      clearTimeout(silence);
      socket.close(1000);
    },
  };
}

/** One stream of server-sent events; what is followed stands in its address, so another wish is another request. */
export function streamLink(door: Door, on: LinkEvents): Link {
  let current: AbortController | null = null;
  const read = async (path: string, after: string | null, stop: AbortController): Promise<void> => {
    const headers = { Accept: "text/event-stream", ...(after ? { "Last-Event-ID": after } : {}) };
    let why: Loss = "cut";
    try {
      const answer = await ask(door, path, { headers, signal: stop.signal });
      on.open();
      await sse(answer, ({ event, id, data }) => {
        if (!stop.signal.aborted) on.message({ ...(JSON.parse(data) as LiveMessage), type: event, ...(id ? { id } : {}) });
      });
    } catch (error) {
      if (error instanceof Problem && (error.status === 401 || error.status === 403)) why = "refused";
    }
    if (!stop.signal.aborted) on.lost(why);
  };
  return {
    follow(topics, after) {
      current?.abort();
      current = new AbortController();
      const { certificates, vessels } = wishOf(topics);
      const wish = new URLSearchParams({ certificates: certificates.join(",") });
      if (vessels) wish.set("vessels", "true");
      void read(`/v1/live?${wish}`, after, current);
    },
    close() {
      current?.abort();
    },
  };
}
