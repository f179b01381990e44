// Whether a line was sailed or worked out.
import type { LegProperties, MapFeature } from "./types";

/** How the line of a leg is drawn: as the leg itself is known, as a way that was computed, or by its pieces. */
export type Drawn = "told" | "computed" | "pieces";

/**
 * How the line of a leg or of a piece of one is known. The `certainty` of a leg is that of its ends' times, which says nothing of the way
 * between them; a piece that nobody's positions tell is the rest of a plan, or was worked out and says so.
 */
export function drawnAs(line: MapFeature): Drawn {
  const { kind, source: teller, certainty } = line.properties as { kind: string; source?: string | null; certainty: string };
  if (kind === "piece") return teller || certainty !== "planned" ? "told" : "computed";
  const source = (line.properties as LegProperties).line?.source;
  return source === "sea_network" ? "computed" : source === "positions" ? "pieces" : "told";
}
