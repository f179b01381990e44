// One live connection per page, server and key, shared by everything on the page that wants news.
// WebSocket first; where it cannot be opened, server-sent events per certificate.
import type { Door } from "./http";
import { address, ask } from "./http";
import { sse } from "./sse";
import type { LiveMessage } from "./types";

/** How the connection is. `since` is the instant (ms) of the last news while it is not live. */
export type Connection = { state: "connecting" | "live" | "reconnecting" | "stale"; since: number | null };

/** What a listener gets. */
export interface Listener {
  message(message: LiveMessage): void;
  connection(connection: Connection): void;
}

const PROTOCOL = "sealane.live.v1+json";
/** After this long without a connection what is shown counts as stale. */
const STALE_AFTER = 8_000;

class LiveConnection {
  private readonly topics = new Map<string, Set<Listener>>();
  private socket: WebSocket | null = null;
  private opened = false;
  private failures = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private staleTimer: ReturnType<typeof setTimeout> | undefined;
  private sending = false;
  private lastId: string | null = null;
  private heard: number | null = null;
  private readonly streams = new Map<string, AbortController>();
  current: Connection = { state: "connecting", since: null };

  constructor(private readonly door: Door, private readonly forget: () => void) {}

  /** Listens to a topic; returns how to stop. */
  listen(topic: string, listener: Listener): () => void {
    const listeners = this.topics.get(topic) ?? new Set();
    this.topics.set(topic, listeners.add(listener));
    listener.connection(this.current);
    // A second listener of a topic needs the whole picture, so the wish is sent again without `after`.
    this.lastId = null;
    this.wish();
    return () => {
      listeners.delete(listener);
      if (listeners.size === 0) this.topics.delete(topic);
      if (this.topics.size === 0) this.close();
      else this.wish();
    };
  }

  private close(): void {
    clearTimeout(this.timer);
    clearTimeout(this.staleTimer);
    this.socket?.close(1000);
    this.socket = null;
    for (const stream of this.streams.values()) stream.abort();
    this.streams.clear();
    this.forget();
  }

  /** Tells the server the topics, once per turn of the event loop. */
  private wish(): void {
    if (this.sending) return;
    this.sending = true;
    queueMicrotask(() => {
      this.sending = false;
      if (this.topics.size === 0) return;
      if (this.streaming) this.stream();
      else if (this.socket?.readyState === WebSocket.OPEN) this.subscribe(this.socket);
      else if (!this.socket && !this.timer) this.open();
    });
  }

  private get streaming(): boolean {
    return !this.opened && this.failures >= 2;
  }

  private open(): void {
    this.timer = undefined;
    const url = new URL(address(this.door, "/v1/live"), location.href);
    url.protocol = url.protocol === "https:" ? "wss:" : "ws:";
    const protocols = [PROTOCOL];
    // Publishable keys may stand in an address; secret keys never do.
    if (this.door.key?.startsWith("sl_pk_")) url.searchParams.set("key", this.door.key);
    else if (this.door.key) protocols.push(`sealane.key.${this.door.key}`);
    const socket = new WebSocket(url, protocols);
    this.socket = socket;
    socket.onopen = () => {
      this.opened = true;
      this.failures = 0;
      this.subscribe(socket);
    };
    socket.onmessage = (event) => this.take(JSON.parse(String(event.data)) as LiveMessage);
    socket.onclose = () => this.lost(socket);
  }

  private subscribe(socket: WebSocket): void {
    const names = [...this.topics.keys()];
    const certificates = names.filter((t) => t.startsWith("certificate:")).map((t) => t.slice("certificate:".length));
    const wish: Record<string, unknown> = { subscribe: { certificates, vessels: names.includes("vessels") } };
    if (this.lastId) wish["after"] = this.lastId;
    socket.send(JSON.stringify(wish));
    this.set("live");
  }

  private lost(socket: WebSocket): void {
    if (this.socket !== socket) return;
    this.socket = null;
    this.failures += 1;
    this.retry(this.streaming ? () => this.stream() : () => this.open());
  }

  private retry(again: () => void): void {
    if (this.topics.size === 0) return;
    this.set(this.heard === null ? "connecting" : "reconnecting");
    const wait = Math.min(15_000, 250 * 2 ** Math.min(this.failures, 6)) * (0.75 + Math.random() / 2);
    this.timer = setTimeout(() => {
      this.timer = undefined;
      again();
    }, wait);
  }

  /** Server-sent events: one stream per certificate that has none yet. */
  private stream(): void {
    const wanted = [...this.topics.keys()].filter((t) => t.startsWith("certificate:"));
    for (const [topic, stream] of this.streams) {
      if (!wanted.includes(topic)) {
        stream.abort();
        this.streams.delete(topic);
      }
    }
    for (const topic of wanted) if (!this.streams.has(topic)) this.read(topic);
  }

  private read(topic: string): void {
    const stop = new AbortController();
    this.streams.set(topic, stop);
    const path = `/v1/certificates/${encodeURIComponent(topic.slice("certificate:".length))}/stream`;
    const headers = { Accept: "text/event-stream", ...(this.lastId ? { "Last-Event-ID": this.lastId } : {}) };
    ask(this.door, path, { headers, signal: stop.signal })
      .then(async (answer) => {
        this.set("live");
        this.failures = 2;
        await sse(answer, ({ event, id, data }) =>
          this.take({ ...(JSON.parse(data) as LiveMessage), type: event, topic, ...(id ? { id } : {}) }));
      })
      .catch(() => undefined)
      .finally(() => {
        if (stop.signal.aborted) return;
        this.streams.delete(topic);
        this.failures += 1;
        if (!this.timer) this.retry(() => this.stream());
      });
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
  const name = `${door.base}\n${door.key ?? ""}`;
  let connection = connections.get(name);
  if (!connection) {
    connection = new LiveConnection(door, () => connections.delete(name));
    connections.set(name, connection);
  }
  return connection.listen(topic, listener);
}
