// The Thi Vai above Cai Mep, which the land detail file leaves dry: the same water that the sea ways use. It is ours and
// approximate; its banks are drawn dashed to say so.
import type { Feature, Polygon, Position } from "geojson";
import reference from "reference/thi-vai-river.geojson";

/** What lies below this parallel is the open water before the mouth, which has no banks of its own. */
const MOUTH = 10.52;

const waters = reference.features.filter((f): f is Feature<Polygon> => f.geometry.type === "Polygon");

/** The water of the river. */
export function river(): Feature {
  return { type: "Feature", properties: {}, geometry: { type: "MultiPolygon", coordinates: waters.map((f) => f.geometry.coordinates) } };
}

/** The banks above the mouth: the runs of the outline that stay above it. */
export function banks(): Feature {
  const runs: Position[][] = [];
  for (const ring of waters.flatMap((f) => f.geometry.coordinates)) {
    ring.forEach((p, i) => {
      if (p[1]! < MOUTH) return;
      if (i === 0 || ring[i - 1]![1]! < MOUTH) runs.push([]);
      runs.at(-1)!.push(p);
    });
  }
  return { type: "Feature", properties: {}, geometry: { type: "MultiLineString", coordinates: runs.filter((r) => r.length > 1) } };
}
