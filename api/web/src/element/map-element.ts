// <sealane-map>: a delivery map with one line of HTML.
//   certificate  our id of a certificate of origin
//   src          the server's address (default: where this script came from), or a GeoJSON route if there is no certificate
//   key          a publishable key
//   lang, theme (light | dark | auto), basemap (natural-earth | none | address of a MapLibre style), panel (below | none), fleet
import type { BBox } from "geojson";
import type { Connection } from "../core/live";
import { boxOf } from "../core/store";
import type { MapFeature } from "../core/types";
import { words } from "../core/words";
import { calm, paletteOf, type MapView, type Room } from "../map/view";
import { SvgView } from "../map/svg";
import { build, writeMessage, writeStatus, writeStops, type Parts } from "./parts";
import { afterPaint, loadGl, sheetOf, webgl, WORKER } from "./gl-loader";
import { Session, sourceOf } from "./session";
import { latest, stateOf, type MapState } from "./state";
import css from "./style.css";

const ATTRIBUTION = "Made with Natural Earth · © OpenStreetMap contributors, ODbL";
/** Shown while nothing is known: the seas between Port Klang and Yokohama. */
const START: BBox = [98, -2, 142, 38];
const COMFORTABLE = 380;
const FRAME = 80;
const CALM_FRAME = 5_000;

/** The custom element. */
export class SealaneMap extends HTMLElement {
  static readonly observedAttributes = ["certificate", "src", "key", "lang", "theme", "basemap", "panel", "fleet"];
  private parts: Parts | null = null;
  private view: MapView | null = null;
  private session: Session | null = null;
  private readonly shadow = this.attachShadow({ mode: "open" });
  private readonly dark = matchMedia("(prefers-color-scheme: dark)");
  private readonly observer = new ResizeObserver(() => this.resized());
  private frame = 0;
  private lastFrame = -Infinity;
  private restarting = false;
  private generation = 0;
  private fitted = false;
  /** Whether the reader moved the map; until then it keeps showing the whole. */
  private touched = false;
  private secret: string | null = null;
  private readonly themed = (): void => this.applyTheme();

  connectedCallback(): void {
    this.shadow.adoptedStyleSheets = [sheetOf(css)];
    this.parts = build(this.say, this.clientWidth >= 900);
    this.shadow.replaceChildren(this.parts.root);
    this.dark.addEventListener("change", this.themed);
    this.applyTheme();
    this.applyPanel();
    this.wire(this.parts);
    this.openView();
    this.start();
    this.observer.observe(this.parts.map);
    this.frame = requestAnimationFrame((t) => this.tick(t));
  }

  disconnectedCallback(): void {
    this.generation += 1;
    cancelAnimationFrame(this.frame);
    this.observer.disconnect();
    this.dark.removeEventListener("change", this.themed);
    this.session?.close();
    this.view?.destroy();
    this.view = null;
    this.session = null;
  }

  attributeChangedCallback(name: string, before: string | null, after: string | null): void {
    if (!this.parts || !this.isConnected || before === after) return;
    if (name === "theme") this.applyTheme();
    else if (name === "panel") this.applyPanel();
    else if (name === "lang" || name === "basemap") this.rebuild();
    else this.restart();
  }

  /** What is shown now, read back from the map itself. For tests and for the curious; it changes nothing. */
  state(): MapState | null {
    return this.view && this.session ? stateOf(this.getAttribute("certificate"), this.view, this.session) : null;
  }

  /** Sets a key that must not stand in the document; it goes before the attribute. */
  useKey(key: string | null): void {
    if (this.secret === key) return;
    this.secret = key;
    if (this.session) this.restart();
  }

  /** The height in pixels at which the map is comfortable and the whole list of stops is seen. */
  wantedHeight(): number {
    return COMFORTABLE + (this.parts?.list.scrollHeight ?? 0);
  }

  /** Shows a place. */
  flyTo(lon: number, lat: number, zoom: number): void {
    this.touched = true;
    this.view?.flyTo([lon, lat], zoom);
  }

  private get locale(): string {
    return this.getAttribute("lang") || document.documentElement.lang || navigator.language || "en";
  }

  private get say(): ReturnType<typeof words> {
    return words(this.locale);
  }

  private get basemap(): string {
    return this.getAttribute("basemap") || "natural-earth";
  }

  private wire(parts: Parts): void {
    parts.zoomIn.addEventListener("click", () => this.view?.zoomBy(1));
    parts.zoomOut.addEventListener("click", () => this.view?.zoomBy(-1));
    for (const name of ["pointerdown", "wheel", "keydown"]) parts.map.addEventListener(name, () => (this.touched = true), { passive: true });
    parts.whole.addEventListener("click", () => this.fit(true));
    parts.stops.addEventListener("click", (event) => this.visit((event.target as Element).closest("[data-stop]")?.getAttribute("data-stop")));
    this.writeAttribution();
  }

  private writeAttribution(): void {
    const texts = [this.basemap === "natural-earth" ? ATTRIBUTION : "", this.session?.meta?.attribution ?? ""].filter(Boolean);
    this.parts!.attribution.textContent = texts.join(" · ");
  }

  private resized(): void {
    this.view?.resize();
    if (!this.touched) this.fit(false);
  }

  private rebuild(): void {
    this.disconnectedCallback();
    this.connectedCallback();
  }

  private restart(): void {
    if (this.restarting) return;
    this.restarting = true;
    queueMicrotask(() => {
      this.restarting = false;
      if (!this.isConnected) return;
      this.session?.close();
      this.start();
    });
  }

  private start(): void {
    const certificate = this.getAttribute("certificate");
    this.fitted = false;
    this.applyPanel();
    writeMessage(this.parts!, certificate ? this.say("loading") : "");
    this.session = new Session({
      ...sourceOf(certificate, this.getAttribute("src"), this.hasAttribute("fleet"), this.secret ?? this.getAttribute("key")),
    }, {
      route: (how) => this.showRoute(how),
      nodes: () => this.showNodes(),
      vessels: () => this.showVessels(),
      connection: (connection) => this.showConnection(connection),
      error: (status, message) => this.fail(status, message),
    });
    this.view?.setRoute([]);
    const follows = certificate !== null || this.hasAttribute("fleet");
    this.parts?.status.classList.toggle("none", !follows);
  }

  private openView(): void {
    const { svg, map } = this.parts!;
    const pick = (id: string): void => this.pick(id);
    const view = new SvgView(svg, { pick }, this.basemap === "natural-earth");
    this.view = view;
    view.fit(START, false, this.room());
    const generation = ++this.generation;
    // The server's own first paint stays until ours has something to show.
    if (!this.querySelector("svg")) map.classList.add("is-own");
    if (!webgl()) return;
    afterPaint(() => {
      if (generation === this.generation) void this.openGl(view, pick, generation);
    });
  }

  private async openGl(svg: SvgView, pick: (id: string) => void, generation: number): Promise<void> {
    const parts = this.parts!;
    const { center, zoom } = svg.state();
    try {
      const gl = await loadGl();
      this.shadow.adoptedStyleSheets = [sheetOf(gl.sheet), sheetOf(css)];
      const view = await gl.open({
        box: parts.gl, palette: paletteOf(this), basemap: this.basemap, center, zoom: Math.max(0.5, zoom), worker: WORKER, on: { pick },
        words: { zoomIn: this.say("zoom_in"), zoomOut: this.say("zoom_out"), map: this.say("map") },
      });
      if (generation === this.generation) this.swap(view, svg);
      else view.destroy();
    } catch (error) {
      // Without MapLibre the SVG map goes on; that is worth a line for whoever looks.
      console.info("sealane-map: going on without WebGL:", error);
      parts.gl.replaceChildren();
    }
  }

  private swap(view: MapView, svg: SvgView): void {
    const { center, zoom } = svg.state();
    this.view = view;
    view.setPalette(paletteOf(this));
    view.flyTo(center, Math.max(0.5, zoom));
    this.fillView();
    if (!this.touched) this.fit(false);
    this.parts!.map.classList.add("is-gl", "is-own");
    svg.destroy();
  }

  private fillView(): void {
    if (!this.session || !this.view) return;
    this.view.setNodes(this.session.nodes);
    this.view.setLanes(this.session.vessels.all());
    this.view.setRoute(this.drawable());
    this.view.setMovers(this.session.movers());
  }

  /** The route's features; stops carry their names only where no node layer does. */
  private drawable(): MapFeature[] {
    const named = !this.hasAttribute("fleet");
    return (this.session?.route.all() ?? []).map((f) => ({ ...f, properties: { ...f.properties, named } }));
  }

  private showNodes(): void {
    this.view?.setNodes(this.session?.nodes ?? []);
  }

  private showVessels(): void {
    this.view?.setLanes(this.session?.vessels.all() ?? []);
    this.lastFrame = -Infinity;
    if (!this.fitted && !this.getAttribute("certificate")) this.fit(false);
  }

  private showRoute(how: "first" | "live"): void {
    const { parts, session } = this;
    if (!parts || !session) return;
    writeMessage(parts, "");
    this.writeAttribution();
    this.view?.setRoute(this.drawable());
    this.lastFrame = -Infinity;
    parts.map.classList.add("is-own");
    writeStops(parts, session.route.all(), this.say, this.locale);
    if (!this.fitted) this.fit(false);
    if (how === "live") parts.news.textContent = `${this.say("changed")} ${latest(session.route.all(), this.say, this.locale)}`;
    this.tell("update", { certificate: this.getAttribute("certificate"), features: session.route.all(), meta: session.meta, seq: session.seq });
  }

  private showConnection(connection: Connection): void {
    if (this.parts) writeStatus(this.parts, connection, this.say, this.locale);
    this.tell("connection", connection);
  }

  private fail(status: number, message: string): void {
    if (this.session?.route.all().length === 0 && this.getAttribute("certificate")) writeMessage(this.parts!, this.say("failed", message));
    this.tell("error", { status, message });
  }

  private fit(animate: boolean): void {
    const route = this.session?.route.all() ?? [];
    const box = boxOf(route.length > 0 ? route : this.session?.vessels.all() ?? []);
    this.fitted ||= box !== null;
    this.touched = false;
    this.view?.fit(box ?? START, animate, this.room());
  }

  /** What the legend and the buttons leave free of the map. */
  private room(): Room {
    const { map, corner, controls } = this.parts!;
    const whole = map.getBoundingClientRect();
    const margin = Math.min(56, whole.width / 8, whole.height / 8);
    const [legend, buttons] = [corner.getBoundingClientRect(), controls.getBoundingClientRect()];
    // The legend lies in the top left corner: room is left on the side where that costs less of the map.
    const [wide, tall] = [(legend.right - whole.left) / (whole.width || 1), (legend.bottom - whole.top) / (whole.height || 1)];
    const closed = !this.parts!.legend.hasAttribute("open");
    const left = !closed && wide <= tall && wide < 0.45 ? legend.right - whole.left + margin / 2 : margin;
    const top = !closed && tall < wide && tall < 0.45 ? legend.bottom - whole.top + margin / 2 : margin;
    return { top, bottom: margin, left, right: whole.right - buttons.left + margin / 2 };
  }

  private visit(id: string | null | undefined): void {
    const feature = this.session?.route.all().find((f) => f.id === id);
    if (feature?.geometry?.type !== "Point") return;
    const [lon, lat] = feature.geometry.coordinates as [number, number];
    this.flyTo(lon, lat, 12.2);
    this.pick(feature.id);
  }

  private pick(id: string): void {
    this.tell("pick", { id });
  }

  private tell(name: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(`sealane:${name}`, { detail, bubbles: true, composed: true }));
  }

  private applyTheme(): void {
    const theme = this.getAttribute("theme") ?? "auto";
    this.toggleAttribute("data-dark", theme === "dark" || (theme !== "light" && this.dark.matches));
    this.view?.setPalette(paletteOf(this));
  }

  private applyPanel(): void {
    this.parts?.list.classList.toggle("none", this.getAttribute("panel") === "none" || (this.hasAttribute("fleet") && !this.getAttribute("certificate")));
  }

  private tick(time: number): void {
    this.frame = requestAnimationFrame((t) => this.tick(t));
    if (time - this.lastFrame < (calm() ? CALM_FRAME : FRAME) || !this.session?.clock.known) return;
    this.lastFrame = time;
    this.view?.setMovers(this.session.movers());
  }
}
