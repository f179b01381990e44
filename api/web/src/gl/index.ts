// The map drawn by MapLibre GL JS. This file is its own bundle, loaded after the first paint.
import * as maplibregl from "maplibre-gl";
import css from "maplibre-gl/dist/maplibre-gl.css";
import type { BBox, Feature } from "geojson";
import { land, type LandPiece } from "../core/land";
import { banks, river } from "../core/river";
import type { MapFeature, Mover } from "../core/types";
import { calm, type MapView, type Palette, type Room, type ViewEvents, type ViewState } from "../map/view";
import { FINE, overlay, OVERLAY_SOURCES, style } from "./style";

const collection = (features: Feature[]): GeoJSON.FeatureCollection => ({ type: "FeatureCollection", features });

/** The ship's outline as an image whose colour the style sets. */
function shipImage(): { width: number; height: number; data: Uint8Array } {
  const size = 48;
  const data = new Uint8Array(size * size * 4);
  // A signed distance would be finer; a soft-edged dart is enough at this size.
  const inside = (x: number, y: number): boolean => {
    const half = y < 3 || y > 44 ? -1 : y < 22 ? 9.5 * Math.sin(((y - 3) / 19) * (Math.PI / 2)) : 9.5 - Math.max(0, y - 39) * 0.7;
    return Math.abs(x - size / 2 + 0.5) <= half;
  };
  for (let y = 0; y < size; y++) {
    for (let x = 0; x < size; x++) {
      let near = 9;
      const self = inside(x, y);
      for (let dy = -8; dy <= 8; dy++) {
        for (let dx = -8; dx <= 8; dx++) if (inside(x + dx, y + dy) !== self) near = Math.min(near, Math.hypot(dx, dy));
      }
      const signed = self ? near : -near;
      data[(y * size + x) * 4 + 3] = Math.max(0, Math.min(255, 192 + signed * 8));
    }
  }
  return { width: size, height: size, data };
}

/** How a MapLibre map is made. */
export interface GlOptions {
  box: HTMLElement;
  palette: Palette;
  /** `natural-earth`, `none`, or the address of a style. */
  basemap: string;
  center: [number, number];
  zoom: number;
  worker: string;
  /** The map's name for screen readers. */
  label: string;
  on: ViewEvents;
}

/** The style sheet MapLibre needs, for the shadow root. */
export const sheet = css;

/** Makes the map; resolves when its first frame with the land is drawn, rejects when WebGL fails. */
export async function open(options: GlOptions): Promise<GlView> {
  maplibregl.setWorkerUrl(options.worker);
  const ours = options.basemap === "natural-earth" || options.basemap === "none";
  const withLand = options.basemap === "natural-earth";
  const map = new maplibregl.Map({
    container: options.box,
    style: ours ? style(options.palette, withLand) : options.basemap,
    center: options.center,
    zoom: options.zoom,
    minZoom: 0.5,
    maxZoom: 16,
    attributionControl: false,
    dragRotate: false,
    pitchWithRotate: false,
    fadeDuration: calm() ? 0 : 150,
    locale: { "Map.Title": options.label },
  });
  map.touchZoomRotate.disableRotation();
  map.keyboard.disableRotation();
  await new Promise<void>((resolve, reject) => {
    map.once("load", () => resolve());
    map.once("error", (event) => reject(event.error));
  });
  if (!ours) addOverlay(map, options.palette);
  map.addImage("ship", shipImage(), { sdf: true, pixelRatio: 2 });
  const view = new GlView(map, options.on, withLand);
  view.setPalette(options.palette);
  if (withLand) await view.loadLand();
  return view;
}

function addOverlay(map: maplibregl.Map, palette: Palette): void {
  for (const name of OVERLAY_SOURCES) map.addSource(name, { type: "geojson", data: collection([]) });
  for (const layer of overlay(palette)) map.addLayer(layer);
}

/** A MapLibre map as a view. */
export class GlView implements MapView {
  private fineAsked = false;
  private lastShips = "";

  constructor(private readonly map: maplibregl.Map, on: ViewEvents, private readonly withLand: boolean) {
    for (const layer of ["stop", "ship", "terminal", "port", "moored"]) {
      map.on("click", layer, (event) => {
        const id = event.features?.[0]?.properties["id"] as string | undefined;
        if (id) on.pick(id);
      });
      map.on("mouseenter", layer, () => (map.getCanvas().style.cursor = "pointer"));
      map.on("mouseleave", layer, () => (map.getCanvas().style.cursor = ""));
    }
    if (withLand) map.on("zoom", () => void this.loadFine());
  }

  /** Loads the land for the zoom at hand; the fine coast follows when it is first needed. */
  async loadLand(): Promise<void> {
    await Promise.all((["far", "near"] as const).map((name) => this.piece(name)));
    await this.loadFine();
    await new Promise<void>((resolve) => {
      this.map.once("idle", () => resolve());
      this.map.triggerRepaint();
    });
  }

  private async loadFine(): Promise<void> {
    if (this.fineAsked || this.map.getZoom() < FINE - 1) return;
    this.fineAsked = true;
    this.data("river", river());
    this.data("banks", banks());
    await Promise.all((["fine", "detail"] as const).map((name) => this.piece(name))).catch(() => {
      this.fineAsked = false;
    });
  }

  private async piece(name: LandPiece): Promise<void> {
    const { fill, coast } = await land(name);
    this.data(`land-${name}`, collection(fill.coordinates.map((coordinates) => ({
      type: "Feature", properties: {}, geometry: { type: "Polygon", coordinates },
    }))));
    this.data(`coast-${name}`, { type: "Feature", properties: {}, geometry: coast });
  }

  private data(source: string, data: GeoJSON.GeoJSON): void {
    this.map.getSource<maplibregl.GeoJSONSource>(source)?.setData(data);
  }

  setRoute(features: MapFeature[]): void {
    let number = 0;
    this.data("route", collection(features.filter((f) => f.geometry).map((feature) => {
      const properties = { ...feature.properties } as Record<string, unknown>;
      if (properties["kind"] === "stop") properties["number"] = ++number;
      return { ...feature, properties } as Feature;
    })));
  }

  setNodes(features: MapFeature[]): void {
    this.data("nodes", collection(features as Feature[]));
  }

  setLanes(features: MapFeature[]): void {
    this.data("lanes", collection(features.filter((f) => f.geometry) as Feature[]));
  }

  setMovers(movers: Mover[]): void {
    // A slow machine gets fewer frames, not a queue of them.
    if (!this.map.isSourceLoaded("ships")) return;
    // A ship that has not moved by a third of a pixel needs no new frame.
    const grain = 3 * 2 ** this.map.getZoom() * (512 / 360);
    const seen = movers.map((m) => `${m.id} ${Math.round(m.lon * grain)} ${Math.round(m.lat * grain)} ${m.moving}`).join();
    if (seen === this.lastShips) return;
    this.lastShips = seen;
    this.data("ships", collection(movers.map(({ id, lon, lat, bearing, name, moving }) => ({
      type: "Feature", id, properties: { id, bearing, name, moving }, geometry: { type: "Point", coordinates: [lon, lat] },
    }))));
  }

  setPalette(palette: Palette): void {
    const wanted = this.withLand ? style(palette, true).layers : overlay(palette);
    for (const layer of wanted) {
      if (!this.map.getLayer(layer.id)) continue;
      for (const [name, value] of Object.entries(layer.paint ?? {})) this.map.setPaintProperty(layer.id, name as "fill-color", value as string);
    }
    if (this.map.getLayer("water")) this.map.setPaintProperty("water", "background-color", palette.water);
  }

  fit([west, south, east, north]: BBox, animate: boolean, padding: Room): void {
    this.map.fitBounds([[west, south], [east!, north!]], { padding, maxZoom: 11, duration: animate && !calm() ? 700 : 0 });
  }

  flyTo(center: [number, number], zoom: number): void {
    if (calm()) this.map.jumpTo({ center, zoom });
    else this.map.flyTo({ center, zoom, duration: 1200 });
  }

  zoomBy(step: number): void {
    this.map.zoomTo(this.map.getZoom() + step, { duration: calm() ? 0 : 250 });
  }

  resize(): void {
    this.map.resize();
  }

  label(text: string): void {
    this.map.getCanvas().setAttribute("aria-label", text);
  }

  focus(): void {
    this.map.getCanvas().focus({ preventScroll: true });
  }

  state(): ViewState {
    const ids = (layers: string[]): string[] => {
      const there = layers.filter((id) => this.map.getLayer(id));
      return [...new Set(this.map.queryRenderedFeatures({ layers: there }).map((f) => String(f.properties["id"])))];
    };
    const ships = this.map.queryRenderedFeatures({ layers: ["ship", "moored"] }).map((f) => {
      const [lon, lat] = (f.geometry as GeoJSON.Point).coordinates as [number, number];
      return { id: String(f.properties["id"]), lon, lat };
    });
    const { lng, lat } = this.map.getCenter();
    return {
      kind: "gl",
      center: [lng, lat],
      zoom: this.map.getZoom(),
      settled: this.settled(),
      route: ids(["leg-case", "stop"]),
      nodes: ids(["port", "terminal"]),
      ships,
    };
  }

  /** Ships never rest, so they do not count. */
  private settled(): boolean {
    const rest = Object.keys(this.map.getStyle().sources).filter((name) => name !== "ships");
    return !this.map.isMoving() && rest.every((name) => this.map.isSourceLoaded(name));
  }

  destroy(): void {
    this.map.remove();
  }
}
