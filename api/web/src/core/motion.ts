// Where a ship is between two known instants: along its line, by the server's clock.
import type { Geometry, Position } from "geojson";
import type { LegProperties, MapFeature, Mover, VesselProperties } from "./types";

const RAD = Math.PI / 180;

/** Great-circle distance in radians; enough for shares of a line. */
function distance(a: Position, b: Position): number {
  const [ax, ay, bx, by] = [a[0]! * RAD, a[1]! * RAD, b[0]! * RAD, b[1]! * RAD];
  const h = Math.sin((by - ay) / 2) ** 2 + Math.cos(ay) * Math.cos(by) * Math.sin((bx - ax) / 2) ** 2;
  return 2 * Math.asin(Math.min(1, Math.sqrt(h)));
}

/** Initial bearing from a to b in degrees from north. */
function bearing(a: Position, b: Position): number {
  const [ay, by, dx] = [a[1]! * RAD, b[1]! * RAD, (b[0]! - a[0]!) * RAD];
  const y = Math.sin(dx) * Math.cos(by);
  const x = Math.cos(ay) * Math.sin(by) - Math.sin(ay) * Math.cos(by) * Math.cos(dx);
  return (Math.atan2(y, x) / RAD + 360) % 360;
}

/** A line measured once: its parts and the distance to the start of every step. */
export interface Track {
  points: Position[];
  /** Distance from the start; a step over the antimeridian has no length. */
  reach: number[];
}

/** Measures a line; returns null for what is no line. */
export function track(geometry: Geometry | null): Track | null {
  const parts = geometry?.type === "LineString" ? [geometry.coordinates]
    : geometry?.type === "MultiLineString" ? geometry.coordinates : [];
  const points: Position[] = [];
  const reach: number[] = [];
  for (const part of parts) {
    part.forEach((point, i) => {
      const last = points.at(-1);
      const before = reach.at(-1) ?? 0;
      reach.push(before + (i > 0 && last ? distance(last, point) : 0));
      points.push(point);
    });
  }
  return points.length >= 2 ? { points, reach } : null;
}

/** Returns the place at a share (0 to 1) of a track. */
export function along({ points, reach }: Track, share: number): { lon: number; lat: number; bearing: number } {
  const goal = (reach.at(-1) ?? 0) * Math.min(1, Math.max(0, share));
  let high = reach.findIndex((r) => r >= goal);
  if (high < 1) high = 1;
  const [a, b] = [points[high - 1]!, points[high]!];
  const [from, to] = [reach[high - 1]!, reach[high]!];
  const t = to > from ? (goal - from) / (to - from) : 1;
  return { lon: a[0]! + t * (b[0]! - a[0]!), lat: a[1]! + t * (b[1]! - a[1]!), bearing: bearing(a, b) };
}

const tracks = new WeakMap<object, Track | null>();

function trackOf(geometry: Geometry | null): Track | null {
  if (!geometry) return null;
  let found = tracks.get(geometry);
  if (found === undefined) {
    found = track(geometry);
    tracks.set(geometry, found);
  }
  return found;
}

function place(feature: MapFeature, id: string, name: string, from: string, to: string, now: number): Mover | null {
  const line = trackOf(feature.geometry);
  const [start, end] = [Date.parse(from), Date.parse(to)];
  if (!line || Number.isNaN(start) || Number.isNaN(end) || end <= start) return null;
  const share = (now - start) / (end - start);
  return { id, name, moving: share > 0 && share < 1, ...along(line, share) };
}

/** Returns where a vessel feature is. */
export function vesselAt(feature: MapFeature, now: number): Mover | null {
  const p = feature.properties as VesselProperties;
  const name = p.name ?? p.imo ?? "";
  if (feature.geometry?.type === "Point") {
    const [lon, lat] = feature.geometry.coordinates as [number, number];
    return { id: feature.id, lon, lat, bearing: 0, name, moving: false };
  }
  if (!p.departure || !p.arrival) return null;
  return place(feature, feature.id, name, p.departure, p.arrival, now);
}

/** Returns where the goods of a leg are while they are under way. */
export function legAt(feature: MapFeature, now: number): Mover | null {
  const p = feature.properties as LegProperties;
  if (!p.departure || !p.arrival || now < Date.parse(p.departure.at)) return null;
  if (p.arrival.classifier === "actual" && now > Date.parse(p.arrival.at)) return null;
  return place(feature, `ship:${feature.id}`, p.ship?.name ?? "", p.departure.at, p.arrival.at, now);
}
