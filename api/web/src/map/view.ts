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
  /** Names the map for screen readers. */
  label(text: string): void;
  /** Gives the map the keyboard. */
  focus(): void;
  state(): ViewState;
  destroy(): void;
}

/** What a view tells. */
export interface ViewEvents {
  /** A feature was picked by pointer. */
  pick(id: string): void;
}

/** What the browser computes for a colour mixed with itself: numbers, however the colour was written. */
const COMPUTED = /^color\(srgb (\S+) (\S+) (\S+)(?: \/ (\S+))?\)$/;

/** Reads a colour as `rgba()`, which is all that MapLibre knows; the page may have written any colour of CSS. */
function colour(probe: HTMLElement, name: string): string {
  const written = getComputedStyle(probe).getPropertyValue(name).trim();
  if (!CSS.supports("color", written)) return "#888888";
  probe.style.color = `color-mix(in srgb, var(${name}), var(${name}))`;
  const found = COMPUTED.exec(getComputedStyle(probe).color);
  if (!found) return written;
  const [r, g, b] = found.slice(1, 4).map((v) => Math.round(Math.min(1, Math.max(0, Number(v))) * 255));
  return `rgba(${r}, ${g}, ${b}, ${found[4] ?? 1})`;
}

/** Reads the palette through an element of the shadow root; the names are `--sealane-<colour>`. */
export function paletteOf(probe: HTMLElement): Palette {
  const read = (name: string): string => colour(probe, `--sealane-${name}`);
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
