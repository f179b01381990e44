// What one map shows: the route of a certificate or of an address, nodes and ships, kept current by the live connection.
import { clockOf, ServerClock } from "../core/clock";
import { askJson, type Door } from "../core/http";
import { listen, type Connection } from "../core/live";
import { legAt, vesselAt } from "../core/motion";
import { FeatureStore } from "../core/store";
import type { LegProperties, LiveMessage, MapFeature, Mover, RouteDocument, RouteMeta, VesselProperties } from "../core/types";
import { troubleOf, type Trouble } from "./trouble";
import type { Wish } from "./wish";

/** What a session tells. */
export interface SessionEvents {
  route(changed: "first" | "live"): void;
  nodes(): void;
  vessels(): void;
  connection(connection: Connection): void;
  error(trouble: Trouble): void;
}

/** Loads and follows what a map shows. */
export class Session {
  readonly clock: ServerClock;
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
    if (wish.certificate || wish.fleet) {
      const { clock, leave } = clockOf(wish.door);
      this.clock = clock;
      this.stops.push(leave);
    } else {
      // A file has no server behind it: the visitor's clock must do.
      this.clock = new ServerClock();
      this.clock.set({ now: new Date().toISOString(), speed: 1 });
    }
    void (wish.features ? this.give(wish.features) : this.loadRoute());
    if (wish.fleet) void this.loadFleet();
    if (wish.certificate) this.follow(`certificate:${wish.certificate}`, (m) => this.takeRoute(m));
    if (wish.fleet) this.follow("vessels", (m) => this.takeVessels(m));
  }

  /** The server that is asked. */
  get door(): Door {
    return this.wish.door;
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
    const { wish } = this;
    this.stops.push(listen(wish.door, topic, {
      message: (message) => {
        if (message.type === "error" || message.type === "refusal") this.on.error({ status: 404, code: wish.certificate && topic !== "vessels" ? "API-007" : null, message: message.detail ?? "not found" });
        else take(message);
      },
      connection: (connection) => {
        this.connection = connection;
        this.on.connection(connection);
      },
    }));
  }

  /** Shows what the page gave, once whoever made this session holds it. */
  private async give(features: MapFeature[]): Promise<void> {
    await Promise.resolve();
    if (this.closed) return;
    this.route.reset(features);
    this.routed = true;
    this.on.route("first");
  }

  private async loadRoute(): Promise<void> {
    const { door, certificate, source } = this.wish;
    if (!certificate && !source) return;
    await this.guard(async () => {
      const document = certificate
        ? await askJson<RouteDocument>(door, `/v1/certificates/${encodeURIComponent(certificate)}/route`)
        : await askJson<RouteDocument>({ base: "", key: door.key }, source!);
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
      if (!this.closed) this.on.error(troubleOf(error));
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
