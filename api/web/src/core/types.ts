// The shapes the server sends. Only what the pages read is named here.
import type { BBox, Feature, FeatureCollection, Geometry } from "geojson";

/** How sure something is, from surest to least sure. */
export type Certainty = "observed" | "reported" | "planned" | "inferred";
export const CERTAINTIES: readonly Certainty[] = ["observed", "reported", "planned", "inferred"];

/** Plan, estimate or past. */
export type Classifier = "actual" | "estimated" | "planned";

/** A moment of a leg. */
export interface Moment {
  at: string;
  classifier: Classifier;
  certainty: Certainty;
}

/** One believed event at a stop. */
export interface StopEvent {
  kind: string;
  classifier: Classifier;
  at: string | null;
  precision: string;
  certainty: Certainty;
  source?: string;
  told_by?: string;
  witnesses?: number;
  contradicted?: boolean;
}

/** The properties of a stop. */
export interface StopProperties {
  id: string;
  kind: "stop";
  role: "load" | "transshipment" | "discharge" | "inland";
  node: string;
  name: string | null;
  zone: string | null;
  certainty: Certainty;
  at: string | null;
  event: string | null;
  events: StopEvent[];
  containers: string[];
}

/** How far goods are on a leg, by the last that was told of their ship. */
export interface Progress {
  state: "ahead" | "under_way" | "done";
  share: number;
  done_nm: number;
  remaining_nm: number;
  remaining_km: number;
  off_route: boolean;
  off_nm: number;
  node: string | null;
  at: string | null;
  certainty: Certainty | null;
}

/** An arrival as it was last predicted. */
export interface Expected {
  eta: string | null;
  earliest: string | null;
  latest: string | null;
  overdue_since: string | null;
  valid_until: string;
}

/** The properties of a leg. */
export interface LegProperties {
  id: string;
  kind: "leg";
  mode: "sea" | "land";
  from: string;
  to: string;
  ship: { name: string | null; imo: string | null; voyage: string | null } | null;
  departure: Moment | null;
  arrival: Moment | null;
  certainty: Certainty;
  /** Who gave its line: positions of the ship, or the sea network; null without a line. */
  line?: { source: "positions" | "sea_network"; at: string | null } | null;
  progress?: Progress | null;
  expected?: Expected | null;
  /** Since when nothing has been heard of the ship or the nodes. */
  stale_since?: string;
  reason: { code: string; text: string } | null;
  containers: string[];
}

/** The properties of a ship: at sea (a line) or in port (a point). */
export interface VesselProperties {
  id: string;
  kind: "vessel";
  name: string | null;
  imo: string | null;
  from?: string;
  to?: string;
  from_name?: string;
  to_name?: string;
  departure?: string | null;
  arrival?: string | null;
  classifier?: Classifier;
  node?: string;
  since?: string;
}

/** A feature with a top-level id, which the server promises. */
export type MapFeature = Feature<Geometry | null> & { id: string };

/** What the server says of the check with the issuer. */
export interface CheckState {
  state: string;
  /** The registry that answered, or `manual:PAGE` for a person who looked at the issuer's page. */
  gateway?: string;
  /** Which of the registry's systems was asked; anything but `production`, which is meant without it, is a trial. */
  environment?: string | null;
  /** What the answer was, beside a state that does not name it (`reported`). */
  outcome?: string;
  code?: string | null;
  checked_at?: string;
  fresh_until?: string | null;
}

/** What the server says of a route's certificate: three axes, never one flag. */
export interface CertificateMeta {
  id: string;
  number: string;
  regime?: string;
  exporter?: { name?: string };
  verification?: CheckState;
  lifecycle?: { state: string; source: string };
  consistency?: { state: string };
  /** The address of the page on which anybody can check it. */
  verify?: string | null;
}

/** What the server says about a route as a whole. */
export interface RouteMeta {
  profile: string;
  certificate?: CertificateMeta | null;
  seq: number;
  as_of: string | null;
  sources: string[];
  attribution?: string;
}

/** A served route. */
export type RouteDocument = FeatureCollection<Geometry | null> & { bbox?: BBox; sealane?: RouteMeta };

/** The server's clock: the instant it shows and how many seconds of it pass in one of ours. */
export interface ClockReading {
  now: string;
  speed: number;
}

/** A change of a set of features, in the shape of MapLibre's `updateData`. */
export interface Delta {
  removeAll?: boolean;
  remove?: string[];
  add?: MapFeature[];
  update?: {
    id: string;
    newGeometry?: Geometry | null;
    addOrUpdateProperties?: { key: string; value: unknown }[];
    removeProperties?: string[];
  }[];
  as_of_seq?: number;
  clock?: ClockReading;
}

/** A delta with the topic it belongs to, as the WebSocket sends it. */
export interface LiveMessage extends Delta {
  type: string;
  topic?: string;
  id?: string;
  detail?: string;
  sealane?: RouteMeta;
}

/** A certificate as its view shows it. */
export interface CertificateView {
  id: string;
  number: string;
  regime?: string;
  form?: string;
  issuer?: { country?: string; body?: string };
  exporter?: { name?: string; country?: string };
  importing_party?: string | null;
  published?: boolean;
  lifecycle?: { state: string; source: string };
  verification?: CheckState;
  consistency?: { state: string; text?: string };
  bindings?: { kind: string; value: string; bound: boolean }[];
}

/** Something that moves, where it is now. */
export interface Mover {
  id: string;
  lon: number;
  lat: number;
  /** Degrees from north, clockwise. */
  bearing: number;
  name: string;
  /** Whether it is under way. */
  moving: boolean;
}
