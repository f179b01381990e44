// Web Mercator, as MapLibre draws it, so that the SVG map and the MapLibre map show the same picture.
import type { BBox } from "geojson";
import type { Room } from "./view";

const TILE = 512;

/** A viewport: where its middle is, how far it is zoomed in, and its size in pixels. */
export interface Viewport {
  lon: number;
  lat: number;
  zoom: number;
  width: number;
  height: number;
}

const clampLat = (lat: number): number => Math.max(-85.0511, Math.min(85.0511, lat));

/** World pixels at zoom 0. */
export function world(lon: number, lat: number): [number, number] {
  const y = Math.log(Math.tan(Math.PI / 4 + (clampLat(lat) * Math.PI) / 360));
  return [((lon + 180) / 360) * TILE, (0.5 - y / (2 * Math.PI)) * TILE];
}

/** The position of world pixels at zoom 0. */
export function unworld(x: number, y: number): [number, number] {
  const lat = (Math.atan(Math.sinh((0.5 - y / TILE) * 2 * Math.PI)) * 180) / Math.PI;
  return [(x / TILE) * 360 - 180, lat];
}

/** Returns a function from position to pixels of a viewport. */
export function projector(v: Viewport): (lon: number, lat: number) => [number, number] {
  const scale = 2 ** v.zoom;
  const [cx, cy] = world(v.lon, v.lat);
  return (lon, lat) => {
    const [x, y] = world(lon, lat);
    return [(x - cx) * scale + v.width / 2, (y - cy) * scale + v.height / 2];
  };
}

/** Returns the viewport that shows a box whole, in the room that is left free. */
export function fitted([west, south, east, north]: BBox, width: number, height: number, room: Room): Viewport {
  const [x1, y1] = world(west, north as number);
  const [x2, y2] = world(east as number, south);
  const [free, tall] = [Math.max(1, width - room.left - room.right), Math.max(1, height - room.top - room.bottom)];
  const fits = Math.min(free / Math.max(x2 - x1, 1e-6), tall / Math.max(y2 - y1, 1e-6));
  const zoom = Math.max(0, Math.min(11, Math.log2(Math.max(fits, 0.2))));
  const scale = 2 ** zoom;
  const [lon, lat] = unworld((x1 + x2) / 2 + (room.right - room.left) / 2 / scale, (y1 + y2) / 2 + (room.bottom - room.top) / 2 / scale);
  return { lon, lat, zoom, width, height };
}

/** Returns the box a viewport shows. */
export function shown(v: Viewport): [number, number, number, number] {
  const scale = 2 ** v.zoom;
  const [cx, cy] = world(v.lon, v.lat);
  const [west, north] = unworld(cx - v.width / 2 / scale, cy - v.height / 2 / scale);
  const [east, south] = unworld(cx + v.width / 2 / scale, cy + v.height / 2 / scale);
  return [west, south, east, north];
}
