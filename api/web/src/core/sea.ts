// Ways by sea as the server answers them. Only what the page reads is named here.
import type { FeatureCollection, Geometry } from "geojson";

/** A canal, a strait, or a line that ice shuts. */
export interface Passage {
  id: string;
  name: string;
  canal: boolean;
  /** Whether it is used only when it is opened. */
  shut: boolean;
  /** What ships rather avoid, in nautical miles of detour. */
  cost_nm: number;
}

/** One way. */
export interface Way {
  id: string;
  distance_nm: number;
  distance_km: number;
  river_nm: number;
  land_nm: number;
  duration_hours: number;
  passages: { id: string; name: string }[];
  emission: { kg_co2e_per_teu: number; factor: string };
}

/** One end of a way. */
export interface End {
  asked: string;
  node: string | null;
  name: string | null;
}

/** What the server says about the ways as a whole. */
export interface SeaRoute {
  from: End;
  to: End;
  speed_knots: number;
  routes: Way[];
  factors: { id: string; grams_co2e_per_teu_km: number; distance_adjustment_percent: number; source: string }[];
}

/** A served way. */
export type SeaRouteDocument = FeatureCollection<Geometry | null> & { sealane: SeaRoute };

/** What is asked for. */
export interface Asked {
  from: string;
  to: string;
  speed: string;
  draft: string;
  avoid: string[];
  open: string[];
}

/** The address of a way; `closed` says whether what the reader closed and opened counts. */
export function pathOf(asked: Asked, closed: boolean): string {
  const query = new URLSearchParams({ from: asked.from, to: asked.to, zoom: "6" });
  if (asked.speed) query.set("speed", asked.speed);
  if (asked.draft) query.set("draft", asked.draft);
  if (closed && asked.avoid.length > 0) query.set("avoid", asked.avoid.join(","));
  if (closed && asked.open.length > 0) query.set("open", asked.open.join(","));
  return `/v1/sea-routes?${query.toString()}`;
}
