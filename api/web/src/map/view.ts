// What a map can do, whether it is drawn by MapLibre or as SVG.
import type { BBox } from "geojson";
import type { MapFeature, Mover } from "../core/types";

/** The colours of the map, taken from CSS custom properties. */
export interface Palette {
  water: string;
  land: string;
  coast: string;
  ink: string;
  halo: string;
  quay: string;
  observed: string;
  reported: string;
  planned: string;
  inferred: string;
  ship: string;
  lane: string;
}

/** What is on the map now, read back from the map itself. */
export interface ViewState {
  kind: "svg" | "gl";
  center: [number, number];
  zoom: number;
  /** Whether everything asked for has been drawn. */
  settled: boolean;
  /** Ids of the route features, nodes and ships that are drawn in the viewport now. */
  route: string[];
  nodes: string[];
  ships: { id: string; lon: number; lat: number }[];
}

/** Pixels to leave free at each side when a box is fitted. */
export interface Room {
  top: number;
  bottom: number;
  left: number;
  right: number;
}

/** A map. */
export interface MapView {
  setRoute(features: MapFeature[]): void;
  setNodes(features: MapFeature[]): void;
  setLanes(features: MapFeature[]): void;
  setMovers(movers: Mover[]): void;
  setPalette(palette: Palette): void;
  /** Shows a box whole; `animate` is honoured only if the reader allows motion. */
  fit(box: BBox, animate: boolean, room: Room): void;
  flyTo(center: [number, number], zoom: number): void;
  zoomBy(step: number): void;
  resize(): void;
  state(): ViewState;
  destroy(): void;
}

/** What a view tells. */
export interface ViewEvents {
  /** A feature was picked by pointer. */
  pick(id: string): void;
}

/** Reads the palette from computed style; the names are `--sealane-<colour>`. */
export function paletteOf(element: Element): Palette {
  const style = getComputedStyle(element);
  const read = (name: string): string => style.getPropertyValue(`--sealane-${name}`).trim() || "#888888";
  return {
    water: read("water"), land: read("land"), coast: read("coast"), ink: read("ink"), halo: read("halo"),
    quay: read("quay"), observed: read("observed"), reported: read("reported"), planned: read("planned"),
    inferred: read("inferred"), ship: read("ship"), lane: read("lane"),
  };
}

/** Whether the reader asks for less motion. */
export function calm(): boolean {
  return matchMedia("(prefers-reduced-motion: reduce)").matches;
}
