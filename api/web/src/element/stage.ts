// The map of one element: SVG at once, MapLibre in its place after the first paint where there is WebGL.
import type { BBox } from "geojson";
import { boxOf } from "../core/store";
import { drawnAs } from "../core/drawn";
import type { MapFeature } from "../core/types";
import { calm, type MapView, type Palette, type Room } from "../map/view";
import { SvgView } from "../map/svg";
import { afterPaint, loadGl, sheetOf, webgl, WORKER } from "./gl-loader";
import type { Parts } from "./parts";
import type { Session } from "./session";
import css from "./style.css";

/** Shown while nothing is known: the seas between Port Klang and Yokohama. */
const START: BBox = [98, -2, 142, 38];
/** Below this width names at the eastern end would lie under the buttons. */
const NARROW = 600;
const FRAME = 80;
const CALM_FRAME = 5_000;

/** What a stage is told about its element. */
export interface StageWish {
  basemap: string;
  /** Whether the server's own first paint lies in the element until there is something to show. */
  painted: boolean;
  label: string;
  palette(): Palette;
  pick(id: string): void;
}

/** Draws what a session knows. */
export class Stage {
  private view: MapView;
  private session: Session | null = null;
  private fleet = false;
  private frame = 0;
  private lastFrame = -Infinity;
  private over = false;
  private fitted = false;
  private narrow = false;
  /** Whether the reader moved the map; until then it keeps showing the whole. */
  private touched = false;
  private readonly observer = new ResizeObserver(() => this.resized());

  constructor(private readonly shadow: ShadowRoot, private readonly parts: Parts, private readonly wish: StageWish) {
    shadow.adoptedStyleSheets = [sheetOf(css)];
    const svg = new SvgView(parts.svg, wish, wish.basemap === "natural-earth");
    this.view = svg;
    svg.fit(START, false, this.room());
    if (!wish.painted) parts.map.classList.add("is-own");
    for (const name of ["pointerdown", "wheel", "keydown"]) parts.map.addEventListener(name, () => (this.touched = true), { passive: true });
    this.observer.observe(parts.map);
    this.frame = requestAnimationFrame((t) => this.tick(t));
    if (webgl()) afterPaint(() => void this.openGl(svg));
  }

  /** Shows another session from now on. */
  show(session: Session | null, fleet: boolean): void {
    [this.session, this.fleet, this.fitted] = [session, fleet, false];
    this.view.setRoute([]);
  }

  close(): void {
    this.over = true;
    cancelAnimationFrame(this.frame);
    this.observer.disconnect();
    this.view.destroy();
  }

  state(): ReturnType<MapView["state"]> {
    return this.view.state();
  }

  setPalette(palette: Palette): void {
    this.view.setPalette(palette);
  }

  label(text: string): void {
    this.wish.label = text;
    this.view.label(text);
  }

  zoomBy(step: number): void {
    this.view.zoomBy(step);
  }

  flyTo(lon: number, lat: number, zoom: number): void {
    this.touched = true;
    this.view.flyTo([lon, lat], zoom);
  }

  /** Draws the route as it is now and, the first time, shows the whole of it. */
  drawRoute(): void {
    this.view.setRoute(this.drawable());
    this.lastFrame = -Infinity;
    this.parts.map.classList.add("is-own");
    if (!this.fitted) this.fit(false);
  }

  drawNodes(): void {
    this.view.setNodes(this.session?.nodes ?? []);
  }

  /** Draws the ships' ways; they are shown whole only where there is no route to show. */
  drawShips(alone: boolean): void {
    this.view.setLanes(this.session?.vessels.all() ?? []);
    this.lastFrame = -Infinity;
    if (!this.fitted && alone) this.fit(false);
  }

  /** Shows the whole of what there is. */
  fit(animate: boolean): void {
    const route = this.session?.route.all() ?? [];
    const box = boxOf(route.length > 0 ? route : this.session?.vessels.all() ?? []);
    this.fitted ||= box !== null;
    this.touched = false;
    this.view.fit(box ?? START, animate, this.room());
  }

  private async openGl(svg: SvgView): Promise<void> {
    if (this.over) return;
    const { parts, wish } = this;
    const { center, zoom } = svg.state();
    try {
      const gl = await loadGl();
      if (this.over) return;
      this.shadow.adoptedStyleSheets = [sheetOf(gl.sheet), sheetOf(css)];
      const view = await gl.open({
        box: parts.gl, palette: wish.palette(), basemap: wish.basemap, center, zoom: Math.max(0.5, zoom), worker: WORKER, on: wish, label: wish.label,
      });
      if (this.over) view.destroy();
      else this.swap(view, svg);
    } catch (error) {
      // Without MapLibre the SVG map goes on; that is worth a line for whoever looks.
      console.info("sealane-map: going on without WebGL:", error);
      parts.gl.replaceChildren();
    }
  }

  private swap(view: MapView, svg: SvgView): void {
    const { center, zoom } = svg.state();
    const focused = this.shadow.activeElement === this.parts.svg;
    this.view = view;
    view.label(this.wish.label);
    view.setPalette(this.wish.palette());
    view.flyTo(center, Math.max(0.5, zoom));
    this.fill();
    if (!this.touched) this.fit(false);
    this.parts.map.classList.add("is-gl", "is-own");
    // The box with the keyboard goes away now, so the map that takes its place gets it.
    if (focused) view.focus();
    svg.destroy();
  }

  private fill(): void {
    if (!this.session) return;
    this.view.setNodes(this.session.nodes);
    this.view.setLanes(this.session.vessels.all());
    this.view.setRoute(this.drawable());
    this.view.setMovers(this.session.movers());
  }

  /** The route's features; stops carry their names only where no node layer does, on the side where a narrow map has room. */
  private drawable(): MapFeature[] {
    const named = !this.fleet;
    const features = this.session?.route.all() ?? [];
    const [west, , east] = boxOf(features) ?? START;
    this.narrow = this.parts.map.clientWidth < NARROW;
    return features.map((f) => {
      const lon = f.geometry?.type === "Point" ? f.geometry.coordinates[0]! : west;
      const share = ((lon < west ? lon + 360 : lon) - west) / (east! - west || 1);
      // The buttons leave room for nine letters or so at the eastern end of a wide map.
      const long = String(f.properties?.["name"] ?? "").length > 9;
      const eastern = this.narrow ? share > 1 / 2 : long && share > 15 / 16;
      // The new way of a ship off its route is worked out, told by nobody.
      const kind = f.properties?.["kind"] as unknown;
      const drawn = kind === "onward" ? { kind: "leg", certainty: "inferred", drawn: "told" } : kind === "leg" || kind === "piece" ? { drawn: drawnAs(f) } : {};
      return { ...f, properties: { ...f.properties, ...drawn, named, side: eastern ? "right" : "left" } };
    });
  }

  private resized(): void {
    this.view.resize();
    if (this.narrow !== this.parts.map.clientWidth < NARROW) this.view.setRoute(this.drawable());
    if (!this.touched) this.fit(false);
  }

  /** What the legend and the buttons leave free of the map. */
  private room(): Room {
    const { map, corner, controls, legend } = this.parts;
    const whole = map.getBoundingClientRect();
    const margin = Math.min(56, whole.width / 8, whole.height / 8);
    const [lies, buttons] = [corner.getBoundingClientRect(), controls.getBoundingClientRect()];
    // The legend lies in the top left corner: room is left on the side where that costs less of the map.
    const [wide, tall] = [(lies.right - whole.left) / (whole.width || 1), (lies.bottom - whole.top) / (whole.height || 1)];
    const closed = !legend.hasAttribute("open");
    const left = !closed && wide <= tall && wide < 0.45 ? lies.right - whole.left + margin / 2 : margin;
    const top = !closed && tall < wide && tall < 0.45 ? lies.bottom - whole.top + margin / 2 : margin;
    return { top, bottom: margin, left, right: whole.right - buttons.left + margin / 2 };
  }

  private tick(time: number): void {
    this.frame = requestAnimationFrame((t) => this.tick(t));
    if (time - this.lastFrame < (calm() ? CALM_FRAME : FRAME) || !this.session?.clock.known) return;
    this.lastFrame = time;
    this.view.setMovers(this.session.movers());
  }
}
