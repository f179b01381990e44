// Whether a line was sailed or worked out.
import type { LegProperties, MapFeature } from "./types";

/** How the line of a leg is drawn: as the leg itself is known, as a way that was computed, or by its pieces. */
export type Drawn = "told" | "computed" | "pieces";

/** How the line of a leg is known. Its `certainty` is that of its ends' times, which says nothing of the way between them. */
export function drawnAs(leg: MapFeature): Drawn {
  const source = (leg.properties as LegProperties).line?.source;
  return source === "sea_network" ? "computed" : source === "positions" ? "pieces" : "told";
}
