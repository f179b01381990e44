// A set of features that follows deltas exactly as MapLibre's `updateData` does: removeAll, remove, add, update.
import type { BBox, Position } from "geojson";
import type { Delta, MapFeature } from "./types";

/** Features by id, in the order they came. */
export class FeatureStore {
  private readonly byId = new Map<string, MapFeature>();

  /** Applies a delta. Unknown ids are ignored, as MapLibre ignores them. */
  apply(delta: Delta): void {
    if (delta.removeAll) this.byId.clear();
    for (const id of delta.remove ?? []) this.byId.delete(id);
    for (const feature of delta.add ?? []) this.byId.set(String(feature.id), feature);
    for (const change of delta.update ?? []) {
      const old = this.byId.get(change.id);
      if (!old) continue;
      const properties: Record<string, unknown> = { ...old.properties };
      for (const key of change.removeProperties ?? []) delete properties[key];
      for (const { key, value } of change.addOrUpdateProperties ?? []) properties[key] = value;
      const geometry = change.newGeometry === undefined ? old.geometry : change.newGeometry;
      this.byId.set(change.id, { ...old, geometry, properties });
    }
  }

  /** Replaces everything. */
  reset(features: MapFeature[]): void {
    this.apply({ removeAll: true, add: features });
  }

  /** All features in the order of the numbers at the end of their ids (`stop-2` before `stop-10`), else as they came. */
  all(): MapFeature[] {
    const number = (f: MapFeature): number => Number(/(\d+)$/.exec(f.id)?.[1] ?? 0);
    return [...this.byId.values()].sort((a, b) => number(a) - number(b));
  }
}

/** Calls back with every position of a feature. */
function positions(coordinates: unknown, found: (p: Position) => void): void {
  if (!Array.isArray(coordinates)) return;
  if (typeof coordinates[0] === "number") found(coordinates as Position);
  else for (const part of coordinates) positions(part, found);
}

/**
 * Returns the box of some features, or null if they have no place.
 * Its east may exceed 180: the smaller way around the world is taken.
 */
export function boxOf(features: MapFeature[]): BBox | null {
  const lons: number[] = [];
  let [south, north] = [Infinity, -Infinity];
  for (const feature of features) {
    const geometry = feature.geometry;
    if (!geometry || geometry.type === "GeometryCollection") continue;
    positions(geometry.coordinates, ([lon, lat]) => {
      lons.push(lon!);
      south = Math.min(south, lat!);
      north = Math.max(north, lat!);
    });
  }
  if (lons.length === 0) return null;
  const [west, east] = [lons.reduce((a, b) => Math.min(a, b)), lons.reduce((a, b) => Math.max(a, b))];
  const turned = lons.map((l) => (l < 0 ? l + 360 : l));
  const [west2, east2] = [turned.reduce((a, b) => Math.min(a, b)), turned.reduce((a, b) => Math.max(a, b))];
  return east - west <= east2 - west2 ? [west, south, east, north] : [west2, south, east2, north];
}
