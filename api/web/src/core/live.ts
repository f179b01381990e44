// One live connection per page, server and key, shared by everything on the page that wants news.
// WebSocket first; where none gets through, one stream of server-sent events for all topics.
import type { Door } from "./http";
import { socketLink, streamLink, type Link, type LinkEvents, type Loss } from "./links";
import type { LiveMessage } from "./types";

/** How the connection is. `since` is the instant (ms) of the last news while it is not live. */
export type Connection = { state: "connecting" | "live" | "reconnecting" | "stale" | "refused"; since: number | null };

/** What a listener gets. */
export interface Listener {
  message(message: LiveMessage): void;
  connection(connection: Connection): void;
}

/** After this long without a connection what is shown counts as stale. */
const STALE_AFTER = 8_000;
/** So many WebSockets that never said a word are enough. */
const TRIES = 2;

class LiveConnection {
  private readonly topics = new Map<string, Set<Listener>>();
  private link: Link | null = null;
  /** Whether a WebSocket has carried a message. */
  private proven = false;
  private failures = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private staleTimer: ReturnType<typeof setTimeout> | undefined;
  private wishing = false;
  private lastId: string | null = null;
  private heard: number | null = null;
  private current: Connection = { state: "connecting", since: null };
  private readonly watch = new AbortController();

  constructor(private readonly door: Door, private readonly forget: () => void) {
    const { signal } = this.watch;
    addEventListener("offline", () => this.offline(), { signal });
    addEventListener("online", () => this.again(), { signal });
  }

  /** Listens to a topic; returns how to stop. */
  listen(topic: string, listener: Listener): () => void {
    const listeners = this.topics.get(topic) ?? new Set();
    this.topics.set(topic, listeners.add(listener));
    listener.connection(this.current);
    // Whoever comes later needs the whole picture, so the wish is sent again without `after`.
    this.lastId = null;
    this.wish();
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0 && this.topics.get(topic) === listeners) this.topics.delete(topic);
      if (this.topics.size === 0) this.close();
      else if (listeners.size === 0) this.wish();
    };
  }

  private close(): void {
    clearTimeout(this.timer);
    clearTimeout(this.staleTimer);
    this.watch.abort();
    this.link?.close();
    this.link = null;
    this.forget();
  }

  /** Tells the server the topics, once per turn of the event loop. */
  private wish(): void {
    if (this.wishing) return;
    this.wishing = true;
    queueMicrotask(() => {
      this.wishing = false;
      if (this.topics.size === 0 || this.current.state === "refused") return;
      if (this.link) this.follow(this.link);
      else if (this.timer === undefined) this.open();
    });
  }

  private open(): void {
    const streaming = !this.proven && this.failures >= TRIES;
    const events: LinkEvents = {
      open: () => {
        if (this.link !== link) return;
        if (streaming || this.proven) this.set("live");
        if (!streaming) this.follow(link);
      },
      message: (message) => {
        if (this.link !== link) return;
        this.failures = streaming ? TRIES : 0;
        this.proven ||= !streaming;
        this.take(message);
      },
      lost: (why) => this.lost(link, why),
    };
    const link: Link = streaming ? streamLink(this.door, events) : socketLink(this.door, this.proven, events);
    this.link = link;
    if (streaming) this.follow(link);
  }

  private follow(link: Link): void {
    link.follow([...this.topics.keys()], this.lastId);
  }

  private lost(link: Link, why: Loss): void {
    if (this.link !== link) return;
    this.link = null;
    if (why === "refused") return this.set("refused");
    this.failures = why === "mute" ? Math.max(TRIES, this.failures) : this.failures + 1;
    this.retry();
  }

  private retry(): void {
    if (this.topics.size === 0) return;
    this.set(this.heard === null ? "connecting" : "reconnecting");
    const wait = Math.min(15_000, 250 * 2 ** Math.min(this.failures, 6)) * (0.75 + Math.random() / 2);
    this.timer = setTimeout(() => this.again(), wait);
  }

  /** Opens at once if a try is waiting. */
  private again(): void {
    if (this.timer === undefined) return;
    clearTimeout(this.timer);
    this.timer = undefined;
    this.open();
  }

  /** The machine has no network: the link says so only minutes later, so it is given up at once. */
  private offline(): void {
    const link = this.link;
    if (!link) return;
    link.close();
    this.lost(link, "cut");
  }

  private take(message: LiveMessage): void {
    this.heard = Date.now();
    if (message.id) this.lastId = message.id;
    this.set("live");
    const listeners = message.topic ? this.topics.get(message.topic) : undefined;
    for (const listener of [...(listeners ?? [])]) listener.message(message);
  }

  private set(state: Connection["state"]): void {
    if (state === this.current.state) return;
    if (state === "reconnecting" && this.current.state === "stale") return;
    clearTimeout(this.staleTimer);
    if (state === "reconnecting") this.staleTimer = setTimeout(() => this.set("stale"), STALE_AFTER);
    this.current = { state, since: state === "live" || state === "connecting" ? null : this.heard };
    const everyone = new Set([...this.topics.values()].flatMap((l) => [...l]));
    for (const listener of everyone) listener.connection(this.current);
  }
}

const connections = new Map<string, LiveConnection>();

/** Listens to a topic (`certificate:<id>` or `vessels`) over the page's one connection; returns how to stop. */
export function listen(door: Door, topic: string, listener: Listener): () => void {
  const name = `${door.base}\n${door.key ?? ""}\n${door.site ?? ""}`;
  let connection = connections.get(name);
  if (!connection) {
    const made = new LiveConnection(door, () => {
      if (connections.get(name) === made) connections.delete(name);
    });
    connection = made;
    connections.set(name, made);
  }
  return connection.listen(topic, listener);
}
