// The land of the basemap: our own TopoJSON files (one arc per ring) and the ODbL detail file.
import type { FeatureCollection, MultiLineString, MultiPolygon, Position } from "geojson";

interface LandTopology {
  transform: { scale: [number, number]; translate: [number, number] };
  cuts: { x: number[]; y: number[] };
  objects: { land: { arcs: number[][][] } };
  arcs: [number, number][][];
}

/** Land to fill and coast to draw. Edges where a file was cut are land's end, not coast. */
export interface Land {
  fill: MultiPolygon;
  coast: MultiLineString;
}

const assets = new URL(__ASSETS__, import.meta.url);
const cache = new Map<string, Promise<unknown>>();

async function load<T>(name: string): Promise<T> {
  let pending = cache.get(name);
  if (!pending) {
    pending = fetch(new URL(name, assets)).then((answer) => {
      if (!answer.ok) throw new Error(`${name}: ${answer.status}`);
      return answer.json() as Promise<unknown>;
    });
    cache.set(name, pending);
    pending.catch(() => cache.delete(name));
  }
  return pending as Promise<T>;
}

function ring(arc: [number, number][], { scale, translate }: LandTopology["transform"]): Position[] {
  let [x, y] = [0, 0];
  return arc.map(([dx, dy]) => {
    x += dx;
    y += dy;
    return [x * scale[0] + translate[0], y * scale[1] + translate[1]];
  });
}

/** Splits rings into coast lines, leaving out edges for which `cut` answers true. */
function coast(rings: Position[][], cut: (a: Position, b: Position) => boolean): Position[][] {
  const lines: Position[][] = [];
  for (const points of rings) {
    let line: Position[] = [];
    points.forEach((point, i) => {
      if (i > 0 && cut(points[i - 1]!, point)) {
        if (line.length > 1) lines.push(line);
        line = [];
      }
      line.push(point);
    });
    if (line.length > 1) lines.push(line);
  }
  return lines;
}

function onCuts(cuts: { x: number[]; y: number[] }, slack: number): (a: Position, b: Position) => boolean {
  const on = (values: number[], a: number, b: number): boolean =>
    Math.abs(a - b) < slack && values.some((v) => Math.abs(v - a) < slack);
  return (a, b) => on(cuts.x, a[0]!, b[0]!) || on(cuts.y, a[1]!, b[1]!);
}

function decode(topology: LandTopology): Land {
  const coordinates = topology.objects.land.arcs.map((polygon) =>
    polygon.map(([arc]) => ring(topology.arcs[arc!]!, topology.transform)));
  const cut = onCuts(topology.cuts, topology.transform.scale[0] * 1.5);
  return {
    fill: { type: "MultiPolygon", coordinates },
    coast: { type: "MultiLineString", coordinates: coast(coordinates.flat(), cut) },
  };
}

const pieces = new Map<string, Promise<Land>>();

function piece(name: string, make: () => Promise<Land>): Promise<Land> {
  let found = pieces.get(name);
  if (!found) {
    found = make();
    pieces.set(name, found);
    found.catch(() => pieces.delete(name));
  }
  return found;
}

/** The pieces of the basemap: `far` always, `near` below zoom 5, `fine` and `detail` from there. */
export type LandPiece = "far" | "near" | "fine" | "detail";

/** Loads a piece once. */
export function land(name: LandPiece): Promise<Land> {
  return piece(name, async () => {
    if (name === "detail") return detail();
    return decode(await load<LandTopology>(__LAND__[name]));
  });
}

async function detail(): Promise<Land> {
  const file = await load<FeatureCollection & { boxes: number[][] }>("land-detail.geojson");
  const polygons = file.features.flatMap(({ geometry }) =>
    geometry.type === "Polygon" ? [geometry.coordinates]
      : geometry.type === "MultiPolygon" ? geometry.coordinates : []);
  const cuts = { x: file.boxes.flatMap((b) => [b[0]!, b[2]!]), y: file.boxes.flatMap((b) => [b[1]!, b[3]!]) };
  return {
    fill: { type: "MultiPolygon", coordinates: polygons },
    coast: { type: "MultiLineString", coordinates: coast(shores(polygons), onCuts(cuts, 1e-3)) },
  };
}

/** The rings that are shores: pieces that lie on larger land of the file are none. */
function shores(polygons: Position[][][]): Position[][] {
  const sizes = polygons.map(([outer]) => size(outer!));
  return polygons.filter(([outer], i) => {
    const middle = [0, 1].map((axis) => outer!.reduce((sum, p) => sum + p[axis]!, 0) / outer!.length);
    return !polygons.some((other, j) => sizes[j]! > sizes[i]! && other.reduce((odd, r) => odd !== inside(r, middle), false));
  }).flat();
}

/** Twice the area of a ring, in square degrees. */
function size(points: Position[]): number {
  return Math.abs(points.reduce((sum, [x, y], i) => {
    const [bx, by] = points[(i + 1) % points.length]!;
    return sum + x! * by! - bx! * y!;
  }, 0));
}

function inside(points: Position[], [x, y]: Position): boolean {
  return points.reduce((odd, [ax, ay], i) => {
    const [bx, by] = points[(i + points.length - 1) % points.length]!;
    return odd !== ((ay! > y!) !== (by! > y!) && x! < ax! + ((y! - ay!) / (by! - ay!)) * (bx! - ax!));
  }, false);
}
