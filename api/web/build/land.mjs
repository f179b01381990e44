// Makes the land of the basemap from Natural Earth (npm `world-atlas`): three TopoJSON files whose rings are planar.
//
// world-atlas stitches polygons across 180 degrees, so six rings (Antarctica, Chukotka, Wrangel, Fiji) jump by 360 degrees
// and would paint bands around the world. Here every ring is unwrapped, cut again at 180 and closed along the pole.
import { feature } from "topojson-client";

/** Where the coast matters at high zoom: [west, south, east, north]. */
export const REGION = [95, -12, 145, 45];
/** Boxes whose land comes from the detail files instead. */
export const DETAIL_BOXES = {
  yangshan: [121.95, 30.53, 122.22, 30.72],
  caimep: [106.9, 10.4, 107.1, 10.7],
  klang: [101.2, 2.85, 101.5, 3.1],
};
/** Web Mercator ends here; what lies beyond would only be clamped by the map. */
const WORLD = [-180, -85.05, 180, 85.05];
/** Neighbouring pieces overlap by this much, so that no hairline of water shows between them. */
const OVERLAP = 0.0006;

/** Returns the polygons (arrays of closed rings) of a world-atlas land file. */
function polygons(topology) {
  const land = feature(topology, topology.objects.land);
  const features = land.type === "FeatureCollection" ? land.features : [land];
  return features.flatMap(({ geometry }) =>
    geometry.type === "Polygon" ? [geometry.coordinates] : geometry.coordinates);
}

/** Unwraps a ring so that no step is longer than 180 degrees; closes a ring around the south pole along -90. */
function unwrap(ring) {
  const out = [ring[0]];
  let shift = 0;
  for (let i = 1; i < ring.length; i++) {
    const step = ring[i][0] - ring[i - 1][0];
    if (step > 180) shift -= 360;
    if (step < -180) shift += 360;
    out.push([ring[i][0] + shift, ring[i][1]]);
  }
  if (shift !== 0) out.push([out.at(-1)[0], -90], [out[0][0], -90], out[0]);
  return out;
}

/** Clips a ring to one side of a line (Sutherland-Hodgman). */
function clipSide(ring, axis, limit, keepBelow) {
  const inside = (p) => (keepBelow ? p[axis] <= limit : p[axis] >= limit);
  const out = [];
  for (let i = 0; i < ring.length; i++) {
    const a = ring[(i + ring.length - 1) % ring.length];
    const b = ring[i];
    if (inside(a) !== inside(b)) {
      const t = (limit - a[axis]) / (b[axis] - a[axis]);
      const cut = [a[0] + t * (b[0] - a[0]), a[1] + t * (b[1] - a[1])];
      cut[axis] = limit;
      out.push(cut);
    }
    if (inside(b)) out.push(b);
  }
  return out;
}

/** Clips a closed ring to a box; returns a closed ring or null. */
function clipRing(ring, [west, south, east, north]) {
  let open = ring.slice(0, -1);
  for (const [axis, limit, below] of [[0, west, false], [0, east, true], [1, south, false], [1, north, true]]) {
    open = clipSide(open, axis, limit, below);
    if (open.length < 3) return null;
  }
  return [...open, open[0]];
}

/** Clips a polygon to a box; returns a polygon or null. */
function clip(polygon, box) {
  const outer = clipRing(polygon[0], box);
  if (!outer) return null;
  return [outer, ...polygon.slice(1).map((hole) => clipRing(hole, box)).filter(Boolean)];
}

/** Cuts a polygon of unwrapped rings into the pieces that lie between -180 and 180. */
function planar(polygon) {
  const outer = unwrap(polygon[0]);
  const [west, , east] = extent(outer);
  // A hole may have been unwrapped on another turn of the world than the ring around it.
  const holes = polygon.slice(1).map(unwrap).map((hole) => {
    const [w, , e] = extent(hole);
    const turn = [0, -360, 360].find((t) => w + t >= west && e + t <= east) ?? 0;
    return hole.map(([x, y]) => [x + turn, y]);
  });
  const rings = [outer, ...holes];
  return [-360, 0, 360].map((turn) => {
    const turned = rings.map((ring) => ring.map(([x, y]) => [x + turn, y]));
    return clip(turned, WORLD);
  }).filter(Boolean);
}

/** Splits boxes so that they cover the same area without the hole. */
function without(boxes, [hw, hs, he, hn]) {
  return boxes.flatMap(([w, s, e, n]) => {
    if (he <= w || hw >= e || hn <= s || hs >= n) return [[w, s, e, n]];
    const left = Math.max(w, hw);
    const right = Math.min(e, he);
    return [[w, s, left, n], [right, s, e, n], [left, s, right, hs], [left, hn, right, n]]
      .filter((b) => b[0] < b[2] && b[1] < b[3]);
  });
}

const grow = ([w, s, e, n]) => [w - OVERLAP, s - OVERLAP, e + OVERLAP, n + OVERLAP];

/** Returns the box of a ring. */
function extent(ring) {
  const box = [Infinity, Infinity, -Infinity, -Infinity];
  for (const [x, y] of ring) {
    box[0] = Math.min(box[0], x);
    box[1] = Math.min(box[1], y);
    box[2] = Math.max(box[2], x);
    box[3] = Math.max(box[3], y);
  }
  return box;
}

const touches = (a, b) => a[0] < b[2] && a[2] > b[0] && a[1] < b[3] && a[3] > b[1];

/** Returns the pieces of the polygons inside the boxes. */
function pieces(all, boxes) {
  const grown = boxes.map(grow);
  return all.flatMap((polygon) => {
    const box = extent(polygon[0]);
    return grown.filter((b) => touches(box, b)).map((b) => clip(polygon, b)).filter(Boolean);
  });
}

/** Encodes polygons as TopoJSON: one delta-coded arc per ring on a grid of `step` degrees. */
function encode(all, step, boxes) {
  const arcs = [];
  const arc = (ring) => {
    const grid = ring.map(([x, y]) => [Math.round((x + 180) / step), Math.round((y + 90) / step)]);
    const kept = grid.filter((p, i) => i === 0 || p[0] !== grid[i - 1][0] || p[1] !== grid[i - 1][1]);
    if (kept.length < 4) return null;
    arcs.push(kept.map((p, i) => (i === 0 ? p : [p[0] - kept[i - 1][0], p[1] - kept[i - 1][1]])));
    return [arcs.length - 1];
  };
  const coordinates = all.map((polygon) => {
    const outer = arc(polygon[0]);
    return outer && [outer, ...polygon.slice(1).map(arc).filter(Boolean)];
  }).filter(Boolean);
  return {
    type: "Topology",
    attribution: "Made with Natural Earth",
    transform: { scale: [step, step], translate: [-180, -90] },
    // Edges on these lines are cuts, not coast: the map draws no coastline there.
    cuts: cuts(boxes),
    objects: { land: { type: "MultiPolygon", arcs: coordinates } },
    arcs,
  };
}

/** Returns the meridians and parallels along which pieces were cut. */
function cuts(boxes) {
  const grown = boxes.map(grow);
  const unique = (values) => [...new Set(values)].sort((a, b) => a - b);
  return {
    x: unique([WORLD[0], WORLD[2], ...grown.flatMap((b) => [b[0], b[2]])]),
    y: unique([WORLD[1], ...grown.flatMap((b) => [b[1], b[3]])]),
  };
}

/** Returns the three land files: the world without the region, the region coarse, the region fine. */
export function landFiles(land50, land10) {
  const coarse = polygons(land50).flatMap(planar);
  const fine = polygons(land10).flatMap(planar);
  const outside = without([WORLD], REGION);
  const inside = Object.values(DETAIL_BOXES).reduce(without, [REGION]);
  return {
    far: encode(pieces(coarse, outside), 0.002, outside),
    near: encode(pieces(coarse, [REGION]), 0.002, [REGION]),
    fine: encode(pieces(fine, inside), 0.0005, inside),
  };
}
