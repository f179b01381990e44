// What one map shows: the route of a certificate or of an address, nodes and ships, kept current by the live connection.
import { ServerClock } from "../core/clock";
import { askJson, Problem, type Door } from "../core/http";
import { listen, type Connection } from "../core/live";
import { legAt, vesselAt } from "../core/motion";
import { FeatureStore } from "../core/store";
import type { ClockReading, LegProperties, LiveMessage, MapFeature, Mover, RouteDocument, RouteMeta, VesselProperties } from "../core/types";

/** What a session is asked for. */
export interface Wish {
  door: Door;
  certificate: string | null;
  /** Address of a plain GeoJSON route, when there is no certificate. */
  source: string | null;
  /** Whether nodes and all ships are shown too. */
  fleet: boolean;
}

/** Works out what is asked for: `src` is a server beside a certificate or a fleet, and a GeoJSON route alone. */
export function sourceOf(certificate: string | null, src: string | null, fleet: boolean, key: string | null): Wish {
  const own = new URL(__ASSETS__ === "./" ? ".." : ".", import.meta.url).href;
  const server = certificate !== null || fleet;
  const base = server && src ? new URL(src, document.baseURI).href : own;
  return { door: { base, key }, certificate, source: server ? null : src, fleet };
}

/** What a session tells. */
export interface SessionEvents {
  route(changed: "first" | "live"): void;
  nodes(): void;
  vessels(): void;
  connection(connection: Connection): void;
  error(status: number, message: string): void;
}

/** The clock is asked again this often, so that the demo's pace is followed. */
const CLOCK_EVERY = 20_000;

/** Loads and follows what a map shows. */
export class Session {
  readonly clock = new ServerClock();
  readonly route = new FeatureStore();
  readonly vessels = new FeatureStore();
  nodes: MapFeature[] = [];
  meta: RouteMeta | null = null;
  seq: number | null = null;
  connection: Connection = { state: "connecting", since: null };
  private readonly stops: (() => void)[] = [];
  private closed = false;
  private routed = false;

  constructor(private readonly wish: Wish, private readonly on: SessionEvents) {
    void this.readClock();
    const timer = setInterval(() => void this.readClock(), CLOCK_EVERY);
    this.stops.push(() => clearInterval(timer));
    void this.loadRoute();
    if (wish.fleet) void this.loadFleet();
    if (wish.certificate) this.follow(`certificate:${wish.certificate}`, (m) => this.takeRoute(m));
    if (wish.fleet) this.follow("vessels", (m) => this.takeVessels(m));
  }

  /** Stops following. */
  close(): void {
    this.closed = true;
    for (const stop of this.stops) stop();
  }

  /** Where ships and goods under way are now. */
  movers(): Mover[] {
    const now = this.clock.now();
    const ships = this.vessels.all().map((f) => vesselAt(f, now)).filter((m) => m !== null);
    const known = new Set(this.vessels.all().map((f) => (f.properties as VesselProperties).imo));
    const legs = this.route.all().filter((f) => f.properties?.["kind"] === "leg" && f.geometry);
    const goods = legs.filter((f) => !known.has((f.properties as LegProperties).ship?.imo ?? "no ship"))
      .map((f) => legAt(f, now)).filter((m) => m !== null);
    return [...ships, ...goods];
  }

  private follow(topic: string, take: (message: LiveMessage) => void): void {
    this.stops.push(listen(this.wish.door, topic, {
      message: (message) => {
        if (message.type === "error") this.on.error(0, message.detail ?? "the live connection reported an error");
        else take(message);
      },
      connection: (connection) => {
        this.connection = connection;
        this.on.connection(connection);
      },
    }));
  }

  private async readClock(): Promise<void> {
    const reading = await askJson<ClockReading>(this.wish.door, "/v1/clock").catch(() => undefined);
    this.clock.set(reading);
  }

  private async loadRoute(): Promise<void> {
    const { door, certificate, source } = this.wish;
    if (!certificate && !source) return;
    const path = certificate ? `/v1/certificates/${encodeURIComponent(certificate)}/route` : null;
    const target = path ? { door, path } : { door: { base: "", key: door.key }, path: source! };
    await this.guard(async () => {
      const document = await askJson<RouteDocument>(target.door, target.path);
      // The live connection may have been quicker, and then it knows better.
      if (this.routed || this.closed) return;
      this.route.reset(document.features as MapFeature[]);
      this.meta = document.sealane ?? null;
      this.seq = document.sealane?.seq ?? null;
      this.routed = true;
      this.on.route("first");
    });
  }

  private async loadFleet(): Promise<void> {
    await this.guard(async () => {
      const found = await askJson<RouteDocument>(this.wish.door, "/v1/nodes?areas=true");
      this.nodes = ranked(found.features as MapFeature[]);
      if (!this.closed) this.on.nodes();
    });
    await this.guard(async () => {
      const found = await askJson<RouteDocument>(this.wish.door, "/v1/vessels");
      if (this.closed || this.vessels.all().length > 0) return;
      this.vessels.reset(found.features as MapFeature[]);
      this.on.vessels();
    });
  }

  private takeRoute(message: LiveMessage): void {
    const first = !this.routed;
    const before = this.seq;
    this.clock.set(message.clock);
    this.route.apply(message);
    this.seq = message.as_of_seq ?? this.seq;
    this.meta = message.sealane ?? this.meta;
    this.routed = true;
    if (first || message.type !== "snapshot" || before !== this.seq) this.on.route(first ? "first" : "live");
  }

  private takeVessels(message: LiveMessage): void {
    this.clock.set(message.clock);
    this.vessels.apply(message);
    this.on.vessels();
  }

  private async guard(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      if (this.closed) return;
      if (error instanceof Problem) this.on.error(error.status, error.message);
      else this.on.error(0, error instanceof Error ? error.message : String(error));
    }
  }
}

/** Writes what the map's layers look for: the kind of the node (also on its area and berth), and which names come first. */
function ranked(features: MapFeature[]): MapFeature[] {
  const kinds = new Map(features.map((f) => [f.id, String(f.properties?.["kind"] ?? "")]));
  const parents = new Set(features.map((f) => f.properties?.["parent"] as unknown));
  return features.map((feature) => {
    const p = feature.properties ?? {};
    const owner = String(p["node"] ?? feature.id);
    return { ...feature, properties: { ...p, id: feature.id, node_kind: kinds.get(owner) ?? "", rank: parents.has(owner) || p["hub"] === true ? 0 : 1 } };
  });
}
