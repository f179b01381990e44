// What a map shows, read back for tests and screen readers.
import type { Connection } from "../core/live";
import type { MapFeature, StopProperties } from "../core/types";
import type { Say } from "../core/words";
import type { ViewState } from "../map/view";
import { sentence } from "./parts";
import type { Session } from "./session";

/** What `state()` returns: what is shown, read back from the map. */
export interface MapState extends ViewState {
  certificate: string | null;
  connection: Connection;
  seq: number | null;
  /** The instant the server shows now, and how many seconds of it pass in one of ours. */
  now: string;
  speed: number;
  features: { id: string; kind: string; node: string | null; certainty: string; event: string | null; points: number }[];
}

/** Returns what a map shows now. */
export function stateOf(certificate: string | null, view: { state(): ViewState }, session: Session): MapState {
  const features = session.route.all().map((f) => ({
    id: f.id, kind: String(f.properties?.["kind"]), node: (f.properties?.["node"] as string | undefined) ?? null, certainty: String(f.properties?.["certainty"]),
    event: (f.properties?.["event"] as string | null | undefined) ?? null,
    points: f.geometry && "coordinates" in f.geometry ? JSON.stringify(f.geometry.coordinates).split("],").length : 0,
  }));
  return { ...view.state(), certificate, connection: session.connection, seq: session.seq, now: new Date(session.clock.now()).toISOString(), speed: session.clock.speed, features };
}

/** The latest thing that happened, in words. */
export function latest(features: MapFeature[], say: Say, lang: string): string {
  const stops = features.map((f) => f.properties as StopProperties).filter((p) => p.kind === "stop" && p.at);
  const past = stops.filter((p) => p.certainty === "observed" || p.certainty === "reported");
  const last = past.sort((a, b) => Date.parse(a.at!) - Date.parse(b.at!)).at(-1);
  return last ? `${last.name ?? last.node}: ${sentence(last, say, lang)}` : "";
}
