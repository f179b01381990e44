// The map as SVG: the element's own first paint, and the whole map where there is no WebGL.
import type { BBox, Geometry, Position } from "geojson";
import { land, type LandPiece } from "../core/land";
import type { MapFeature, Mover } from "../core/types";
import { drag } from "./drag";
import { river } from "../core/river";
import { fitted, projector, shown, unworld, world, type Viewport } from "./mercator";
import type { MapView, Palette, Room, ViewEvents, ViewState } from "./view";

const NS = "http://www.w3.org/2000/svg";
/** From this zoom on the fine coast is drawn; the same as in the MapLibre map. */
const FINE = 5;
const TERMINALS = 9.5;
const PORTS = 4;

type Layer = "land" | "coast" | "areas" | "lanes" | "legs" | "nodes" | "stops" | "movers";
const LAYERS: readonly Layer[] = ["land", "coast", "areas", "lanes", "legs", "nodes", "stops", "movers"];

function node(name: string, attributes: Record<string, string | number>, text?: string): SVGElement {
  const element = document.createElementNS(NS, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  if (text !== undefined) element.textContent = text;
  return element;
}

type Project = (lon: number, lat: number) => [number, number];

/** Path data of a line; points closer than most of a pixel to the last one are left out. */
function path(points: Position[], project: Project, close: boolean): string {
  let [lastX, lastY, out] = [NaN, NaN, ""];
  points.forEach(([lon, lat], i) => {
    const [x, y] = project(lon!, lat!);
    if (i > 0 && i < points.length - 1 && Math.abs(x - lastX) < 0.8 && Math.abs(y - lastY) < 0.8) return;
    out += `${i === 0 ? "M" : "L"}${x.toFixed(1)} ${y.toFixed(1)}`;
    [lastX, lastY] = [x, y];
  });
  return out === "" ? "" : out + (close ? "Z" : "");
}

function lines(geometry: Geometry | null): Position[][] {
  if (geometry?.type === "LineString") return [geometry.coordinates];
  if (geometry?.type === "MultiLineString" || geometry?.type === "Polygon") return geometry.coordinates;
  if (geometry?.type === "MultiPolygon") return geometry.coordinates.flat();
  return [];
}

function visible(points: Position[], [west, south, east, north]: [number, number, number, number]): boolean {
  let [w, s, e, n] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const p of points) {
    w = Math.min(w, p[0]!);
    s = Math.min(s, p[1]!);
    e = Math.max(e, p[0]!);
    n = Math.max(n, p[1]!);
  }
  return w <= east && e >= west && s <= north && n >= south;
}

/** Draws the map as SVG into a box. */
export class SvgView implements MapView {
  private readonly root = node("svg", { role: "presentation", "aria-hidden": "true", width: "100%", height: "100%" }) as SVGSVGElement;
  private readonly layers = {} as Record<Layer, SVGElement>;
  private view: Viewport = { lon: 110, lat: 18, zoom: 3, width: 1, height: 1 };
  private readonly data: Record<"route" | "nodes" | "lanes", MapFeature[]> = { route: [], nodes: [], lanes: [] };
  private movers: Mover[] = [];
  private pending = 0;
  private landFor = "";
  private drawn = false;
  private readonly stopDragging: () => void;

  constructor(private readonly box: HTMLElement, private readonly on: ViewEvents, private readonly basemap: boolean) {
    for (const name of LAYERS) {
      this.layers[name] = node("g", { class: `layer-${name}` });
      this.root.append(this.layers[name]);
    }
    this.root.classList.add("svg-map");
    box.append(this.root);
    this.stopDragging = drag(box, {
      pan: (dx, dy) => this.pan(dx, dy),
      zoom: (step, x, y) => this.zoomAt(step, x, y),
    });
    this.root.addEventListener("click", (event) => {
      const picked = (event.target as Element).closest("[data-id]")?.getAttribute("data-id");
      if (picked) this.on.pick(picked);
    });
    this.resize();
  }

  setRoute(features: MapFeature[]): void {
    this.data.route = features;
    this.redraw();
  }

  setNodes(features: MapFeature[]): void {
    this.data.nodes = features;
    this.redraw();
  }

  setLanes(features: MapFeature[]): void {
    this.data.lanes = features;
    this.redraw();
  }

  setMovers(movers: Mover[]): void {
    this.movers = movers;
    if (!this.pending) this.drawMovers();
  }

  /** Colours come from CSS classes, so there is nothing to do. */
  setPalette(_palette: Palette): void {}

  fit(box: BBox, _animate: boolean, room: Room): void {
    this.view = fitted(box, this.view.width, this.view.height, room);
    this.redraw();
  }

  flyTo([lon, lat]: [number, number], zoom: number): void {
    this.view = { ...this.view, lon, lat, zoom };
    this.redraw();
  }

  zoomBy(step: number): void {
    this.zoomAt(step, this.view.width / 2, this.view.height / 2);
  }

  resize(): void {
    const { width, height } = this.box.getBoundingClientRect();
    this.view = { ...this.view, width: Math.max(1, width), height: Math.max(1, height) };
    this.redraw();
  }

  label(text: string): void {
    this.box.setAttribute("aria-label", text);
  }

  focus(): void {
    this.box.focus({ preventScroll: true });
  }

  state(): ViewState {
    const ids = (layer: Layer): string[] =>
      [...this.layers[layer].querySelectorAll("[data-id]")].map((e) => e.getAttribute("data-id")!);
    const [west, south, east, north] = shown(this.view);
    const inside = this.movers.filter((m) => m.lon >= west && m.lon <= east && m.lat >= south && m.lat <= north);
    return {
      kind: "svg",
      center: [this.view.lon, this.view.lat],
      zoom: this.view.zoom,
      settled: this.drawn && !this.pending,
      route: [...ids("legs"), ...ids("stops")],
      nodes: ids("nodes"),
      ships: inside.map(({ id, lon, lat }) => ({ id, lon, lat })),
    };
  }

  destroy(): void {
    cancelAnimationFrame(this.pending);
    this.stopDragging();
    this.root.remove();
  }

  private pan(dx: number, dy: number): void {
    const scale = 2 ** this.view.zoom;
    const [x, y] = world(this.view.lon, this.view.lat);
    const [lon, lat] = unworld(x - dx / scale, y - dy / scale);
    this.view = { ...this.view, lon, lat };
    this.redraw();
  }

  private zoomAt(step: number, px: number, py: number): void {
    const zoom = Math.max(0, Math.min(16, this.view.zoom + step));
    const [before, after] = [2 ** this.view.zoom, 2 ** zoom];
    const [cx, cy] = world(this.view.lon, this.view.lat);
    const [dx, dy] = [px - this.view.width / 2, py - this.view.height / 2];
    const [lon, lat] = unworld(cx + dx / before - dx / after, cy + dy / before - dy / after);
    this.view = { ...this.view, lon, lat, zoom };
    this.redraw();
  }

  private redraw(): void {
    if (this.pending) return;
    this.pending = requestAnimationFrame(() => {
      this.pending = 0;
      this.draw();
    });
  }

  private draw(): void {
    const { width, height } = this.view;
    this.root.setAttribute("viewBox", `0 0 ${width.toFixed(0)} ${height.toFixed(0)}`);
    const project = projector(this.view);
    const box = shown(this.view);
    void this.drawLand();
    this.drawLines("lanes", this.data.lanes, project, box, (f) => ({ class: "lane", "data-id": f.id }));
    this.drawAreas(project, box);
    // Where pieces of the way are known they are drawn in place of the whole.
    const of = (kind: string): MapFeature[] => this.data.route.filter((f) => f.properties?.["kind"] === kind && f.geometry);
    this.drawLines("legs", [...of("leg"), ...of("piece")], project, box, (f) => ({ class: `leg ${String(f.properties?.["certainty"])} by-${String(f.properties?.["drawn"])}`, "data-id": f.id }));
    this.drawNodes(project);
    this.drawStops(project);
    this.drawMovers();
    this.drawn = true;
  }

  private async drawLand(): Promise<void> {
    if (!this.basemap) return;
    const names: LandPiece[] = this.view.zoom < FINE ? ["far", "near"] : ["far", "fine", "detail"];
    const wanted = JSON.stringify([names, this.view]);
    this.landFor = wanted;
    const loaded = await Promise.all(names.map(land)).catch(() => []);
    if (this.landFor !== wanted) return;
    const project = projector(this.view);
    const box = shown(this.view);
    let [fill, coast] = ["", ""];
    for (const piece of loaded) {
      for (const polygon of piece.fill.coordinates) {
        if (polygon[0] && visible(polygon[0], box)) for (const ring of polygon) fill += path(ring, project, true);
      }
      for (const line of piece.coast.coordinates) if (visible(line, box)) coast += path(line, project, false);
    }
    this.layers.land.replaceChildren(node("path", { d: fill, class: "land", "fill-rule": "nonzero" }));
    const water = names.includes("detail") ? river().geometry : null;
    const stream = lines(water).filter((l) => visible(l, box)).map((l) => path(l, project, true)).join("");
    this.layers.coast.replaceChildren(node("path", { d: coast, class: "coast" }), node("path", { d: stream, class: "river" }));
  }

  private drawLines(layer: Layer, features: MapFeature[], project: Project, box: [number, number, number, number],
    attributes: (f: MapFeature) => Record<string, string>): void {
    const drawn = features.flatMap((feature) => {
      const d = lines(feature.geometry).filter((l) => visible(l, box)).map((l) => path(l, project, false)).join("");
      return d ? [node("path", { d, ...attributes(feature) })] : [];
    });
    this.layers[layer].replaceChildren(...drawn);
  }

  private drawAreas(project: Project, box: [number, number, number, number]): void {
    const outline = (f: MapFeature): boolean => f.geometry?.type !== "Point" && f.properties?.["node_kind"] !== "port";
    const shapes = this.view.zoom < TERMINALS ? [] : this.data.nodes.filter(outline);
    this.drawLines("areas", shapes, project, box, (f) => ({
      class: f.geometry?.type === "Polygon" || f.geometry?.type === "MultiPolygon" ? "area" : "quay",
    }));
  }

  private points(features: MapFeature[], project: Project): { feature: MapFeature; x: number; y: number }[] {
    return features.flatMap((feature) => {
      if (feature.geometry?.type !== "Point") return [];
      const [lon, lat] = feature.geometry.coordinates as [number, number];
      const [x, y] = project(lon, lat);
      return x > -40 && y > -40 && x < this.view.width + 40 && y < this.view.height + 40 ? [{ feature, x, y }] : [];
    });
  }

  /** A name beside its point: on the left where there is no room on the right. */
  private name(x: number, y: number, gap: number, text: string, strong = false): SVGElement {
    const room = this.view.width - x > text.length * (strong ? 8 : 7);
    const place = room ? { x: (x + gap).toFixed(1) } : { x: (x - gap).toFixed(1), "text-anchor": "end" };
    return node("text", { ...place, y: (y + 4).toFixed(1), class: strong ? "label strong" : "label" }, text);
  }

  private drawNodes(project: Project): void {
    const close = this.view.zoom >= TERMINALS;
    const rank = (f: MapFeature): number => Number(f.properties?.["rank"] ?? 1);
    const wanted = this.data.nodes.filter((f) => (f.properties?.["node_kind"] === "port" ? this.view.zoom < 11 && (rank(f) === 0 || this.view.zoom >= PORTS) : close)).sort((a, b) => rank(a) - rank(b));
    const taken: [number, number][] = [];
    const drawn = this.points(wanted, project).flatMap(({ feature, x, y }) => {
      const dot = node("circle", { cx: x.toFixed(1), cy: y.toFixed(1), r: 3.5, class: "node", "data-id": feature.id });
      if (taken.some(([tx, ty]) => Math.abs(tx - x) < 90 && Math.abs(ty - y) < 14)) return [dot];
      taken.push([x, y]);
      const name = String(feature.properties?.["name"] ?? feature.id);
      return [dot, this.name(x, y, 7, name)];
    });
    this.layers.nodes.replaceChildren(...drawn);
  }

  private drawStops(project: Project): void {
    const stops = this.data.route.filter((f) => f.properties?.["kind"] === "stop");
    const labelled = this.data.nodes.length === 0;
    const drawn = this.points(stops, project).flatMap(({ feature, x, y }, i) => {
      const certainty = String(feature.properties?.["certainty"]);
      const dot = node("circle", { cx: x.toFixed(1), cy: y.toFixed(1), r: 6, class: `stop ${certainty}`, "data-id": feature.id });
      if (!labelled) return [dot];
      const name = String(feature.properties?.["name"] ?? feature.id);
      return [dot, this.name(x, y, 10, `${i + 1} ${name}`, true)];
    });
    this.layers.stops.replaceChildren(...drawn);
  }

  private drawMovers(): void {
    const project = projector(this.view);
    const drawn = this.movers.map((m) => {
      const [x, y] = project(m.lon, m.lat);
      const place = `translate(${x.toFixed(1)} ${y.toFixed(1)})`;
      return m.moving
        ? node("path", { d: "M0 -9 L5 6 L0 3 L-5 6 Z", class: "ship", "data-id": m.id, transform: `${place} rotate(${m.bearing.toFixed(0)})` })
        : node("circle", { r: 3, class: "ship moored", "data-id": m.id, transform: place });
    });
    this.layers.movers.replaceChildren(...drawn);
  }
}
