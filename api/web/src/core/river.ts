// The Thi Vai above Cai Mep, which the land detail file leaves dry. Drawn by us from the terminals' own positions along its
// banks and therefore approximate; its banks are drawn dashed to say so.
import type { Feature, Position } from "geojson";

/** Middle of the river from its mouth at Cai Mep upstream, with half its width in degrees. */
const COURSE: [lon: number, lat: number, half: number][] = [
  [107.0082, 10.5132, 0.0036], [107.0108, 10.5176, 0.0035], [107.0148, 10.5222, 0.0035], [107.0198, 10.5272, 0.0034], [107.0236, 10.5322, 0.0034],
  [107.0254, 10.5382, 0.0034], [107.0256, 10.5442, 0.0032], [107.0246, 10.5512, 0.003], [107.0222, 10.5592, 0.0029],
  [107.0198, 10.5682, 0.0028], [107.0187, 10.5782, 0.0027], [107.0193, 10.5882, 0.0027], [107.0209, 10.5989, 0.0026],
  [107.0208, 10.6092, 0.0024], [107.0188, 10.6202, 0.0022], [107.0172, 10.6322, 0.002], [107.018, 10.6442, 0.0016],
];

function side(sign: 1 | -1): Position[] {
  return COURSE.map(([lon, lat, half], i) => {
    const [before, after] = [COURSE[Math.max(0, i - 1)]!, COURSE[Math.min(COURSE.length - 1, i + 1)]!];
    const [dx, dy] = [after[0] - before[0], after[1] - before[1]];
    const length = Math.hypot(dx, dy) || 1;
    return [lon + (sign * half * dy) / length, lat - (sign * half * dx) / length];
  });
}

/** The water of the river. */
export function river(): Feature {
  const [east, west] = [side(1), side(-1).reverse()];
  return { type: "Feature", properties: {}, geometry: { type: "Polygon", coordinates: [[...east, ...west, east[0]!]] } };
}

/** The banks above the mouth. */
export function banks(): Feature {
  return { type: "Feature", properties: {}, geometry: { type: "MultiLineString", coordinates: [side(1).slice(2), side(-1).slice(2)] } };
}
