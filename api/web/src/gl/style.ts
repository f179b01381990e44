// The MapLibre style: land and coast, quays, ships' ways, the route by certainty, nodes and ships.
import type { ExpressionSpecification, LayerSpecification, StyleSpecification } from "maplibre-gl";
import type { Palette } from "../map/view";
import type { Drawn } from "../core/drawn";
import { CERTAINTIES, type Certainty } from "../core/types";

/** From this zoom on the fine coast and the detail boxes are drawn. */
export const FINE = 5;
/** From this zoom on terminals are drawn. */
export const TERMINALS = 9.5;
/** Where ports that are no hub come in. */
const PORTS = 4;

/** Line dashes tell certainty also without colour: solid, long dash, short dash, dots. */
const DASHES: Record<Certainty, number[] | null> = { observed: null, reported: [5, 1.4], planned: [2, 1.6], inferred: [0.1, 1.9] };

/** Dashes and dots: a way that was computed. */
const COMPUTED = [4, 1.8, 0.9, 1.8];

const FONT = ["sans-serif"];
const empty = { type: "geojson" as const, data: { type: "FeatureCollection" as const, features: [] } };

function certaintyColour(p: Palette): ExpressionSpecification {
  return ["match", ["get", "certainty"], "observed", p.observed, "reported", p.reported, "planned", p.planned, p.inferred];
}

/** The layers of the basemap, below everything else. */
function basemap(p: Palette): LayerSpecification[] {
  const pieces = [
    { name: "far", minzoom: 0, maxzoom: 24 }, { name: "near", minzoom: 0, maxzoom: FINE },
    { name: "fine", minzoom: FINE, maxzoom: 24 }, { name: "detail", minzoom: FINE, maxzoom: 24 },
  ];
  return [
    { id: "water", type: "background", paint: { "background-color": p.water } },
    ...pieces.map(({ name, ...range }): LayerSpecification => ({
      id: `land-${name}`, type: "fill", source: `land-${name}`, ...range, paint: { "fill-color": p.land },
    })),
    ...pieces.map(({ name, ...range }): LayerSpecification => ({
      id: `coast-${name}`, type: "line", source: `coast-${name}`, ...range,
      paint: { "line-color": p.coast, "line-width": ["interpolate", ["linear"], ["zoom"], 2, 0.4, 6, 0.8, 12, 1.4] },
    })),
    // Over the coast, which crosses the river where the detail file ends it.
    { id: "river", type: "fill", source: "river", minzoom: FINE, paint: { "fill-color": p.water } },
    { id: "banks", type: "line", source: "banks", minzoom: FINE, paint: { "line-color": p.coast, "line-width": 1, "line-dasharray": [3, 2] } },
  ];
}

function routeLayers(p: Palette): LayerSpecification[] {
  const kind = (name: string): ExpressionSpecification => ["==", ["get", "kind"], name];
  const leg = kind("leg");
  const drawn = (as: Drawn): ExpressionSpecification => ["==", ["get", "drawn"], as];
  return [
    {
      id: "leg-case", type: "line", source: "route", filter: leg,
      layout: { "line-cap": "round", "line-join": "round" },
      paint: { "line-color": p.halo, "line-width": 7, "line-opacity": 0.85 },
    },
    // Where pieces of the way are known they are drawn in place of the whole.
    ...["leg", "piece"].flatMap((name) => CERTAINTIES.map((certainty): LayerSpecification => {
      const dash = DASHES[certainty];
      return {
        id: `${name}-${certainty}`, type: "line", source: "route",
        filter: ["all", kind(name), ["==", ["get", "certainty"], certainty], drawn("told")],
        layout: { "line-cap": certainty === "inferred" ? "round" : "butt", "line-join": "round" },
        paint: { "line-color": p[certainty], "line-width": 3.4, ...(dash ? { "line-dasharray": dash } : {}) },
      };
    })),
    // However well its ends are known: a way that was computed is no sailed one.
    {
      id: "leg-computed", type: "line", source: "route", filter: drawn("computed"),
      layout: { "line-join": "round" },
      paint: { "line-color": certaintyColour(p), "line-width": 2.2, "line-dasharray": COMPUTED },
    },
  ];
}

const POINT: ExpressionSpecification = ["==", ["geometry-type"], "Point"];
const AREA: ExpressionSpecification = ["==", ["geometry-type"], "Polygon"];
const PORT: ExpressionSpecification = ["==", ["get", "node_kind"], "port"];

/** On a map of the world only hubs and ports with terminals of ours; the others from a region's scale on. */
const SHOWN: ExpressionSpecification = ["any", ["==", ["get", "rank"], 0], [">=", ["zoom"], PORTS]];

const TERMINAL_AREA: ExpressionSpecification = ["all", AREA, ["!", PORT]];

/** Names lie above the route's lines, so that no line strikes them out. */
function nameLayers(p: Palette): LayerSpecification[] {
  const anchors: ("left" | "right" | "bottom" | "top")[] = ["left", "right", "bottom", "top"];
  const label = {
    "text-font": FONT, "text-variable-anchor": anchors, "text-radial-offset": 0.75, "text-justify": "auto" as const, "text-max-width": 13,
    "symbol-sort-key": ["get", "rank"] as ExpressionSpecification,
  };
  const halo = { "text-color": p.ink, "text-halo-color": p.halo, "text-halo-width": 1.6 };
  return [
    { id: "port-name", type: "symbol", source: "nodes", maxzoom: 11, filter: ["all", POINT, PORT, SHOWN], layout: { ...label, "text-field": ["get", "name"], "text-size": 12 }, paint: halo },
    { id: "terminal-name", type: "symbol", source: "nodes", minzoom: TERMINALS, filter: ["all", POINT, ["!", PORT]], layout: { ...label, "text-field": ["get", "name"], "text-size": 13 }, paint: halo },
  ];
}

function nodeLayers(p: Palette): LayerSpecification[] {
  const dot = { "circle-color": p.halo, "circle-stroke-color": p.ink, "circle-stroke-width": 1.4 };
  return [
    { id: "area", type: "fill", source: "nodes", minzoom: TERMINALS, filter: TERMINAL_AREA, paint: { "fill-color": p.quay, "fill-opacity": 0.22 } },
    { id: "area-edge", type: "line", source: "nodes", minzoom: TERMINALS, filter: TERMINAL_AREA, paint: { "line-color": p.quay, "line-width": 1, "line-opacity": 0.7 } },
    { id: "port-edge", type: "line", source: "nodes", minzoom: TERMINALS, filter: ["all", AREA, PORT], paint: { "line-color": p.quay, "line-width": 1, "line-opacity": 0.5, "line-dasharray": [4, 4] } },
    { id: "quay", type: "line", source: "nodes", minzoom: TERMINALS, filter: ["==", ["geometry-type"], "LineString"], layout: { "line-cap": "round" }, paint: { "line-color": p.quay, "line-width": 4 } },
    { id: "port", type: "circle", source: "nodes", maxzoom: 11, filter: ["all", POINT, PORT, SHOWN], paint: { ...dot, "circle-radius": ["interpolate", ["linear"], ["zoom"], 2, 2.5, 8, 5] } },
    { id: "terminal", type: "circle", source: "nodes", minzoom: TERMINALS, filter: ["all", POINT, ["!", PORT]], paint: { ...dot, "circle-radius": 5 } },
  ];
}

function stopLayers(p: Palette): LayerSpecification[] {
  const stop: ExpressionSpecification = ["==", ["get", "kind"], "stop"];
  return [{
    id: "stop", type: "circle", source: "route", filter: stop,
    layout: { "circle-sort-key": ["-", 0, ["get", "number"]] },
    paint: { "circle-radius": 7, "circle-color": certaintyColour(p), "circle-stroke-color": p.halo, "circle-stroke-width": 2.5 },
  }, {
    id: "stop-number", type: "symbol", source: "route", filter: stop,
    layout: { "text-field": ["to-string", ["get", "number"]], "text-font": FONT, "text-size": 10, "text-padding": 0, "symbol-sort-key": ["get", "number"] },
    paint: { "text-color": p.halo },
  }, {
    id: "stop-name", type: "symbol", source: "route", filter: ["all", stop, ["==", ["get", "named"], true]],
    layout: { "text-field": ["get", "name"], "text-font": FONT, "text-size": 13, "text-anchor": ["get", "side"] as ExpressionSpecification, "text-justify": "auto", "text-optional": true,
      "text-offset": ["case", ["==", ["get", "side"], "right"], ["literal", [-0.9, 0]], ["literal", [0.9, 0]]] },
    paint: { "text-color": p.ink, "text-halo-color": p.halo, "text-halo-width": 1.8 },
  }];
}

function shipLayers(p: Palette): LayerSpecification[] {
  return [{
    id: "moored", type: "circle", source: "ships", minzoom: 6, filter: ["!", ["get", "moving"]],
    paint: { "circle-radius": 3.5, "circle-color": p.ship, "circle-stroke-color": p.halo, "circle-stroke-width": 1 },
  }, {
    id: "ship", type: "symbol", source: "ships", filter: ["get", "moving"],
    layout: {
      "icon-image": "ship", "icon-rotate": ["get", "bearing"], "icon-rotation-alignment": "map", "icon-allow-overlap": true, "icon-ignore-placement": true,
      "icon-size": ["interpolate", ["linear"], ["zoom"], 2, 0.5, 6, 0.8, 12, 1.1],
      "text-field": ["step", ["zoom"], "", 5.5, ["get", "name"]], "text-font": FONT, "text-size": 11, "text-anchor": "top", "text-offset": [0, 1], "text-optional": true,
    },
    paint: { "icon-color": p.ship, "icon-halo-color": p.halo, "icon-halo-width": 1, "text-color": p.ink, "text-halo-color": p.halo, "text-halo-width": 1.4 },
  }];
}

/** The layers that lie on any basemap. */
export function overlay(p: Palette): LayerSpecification[] {
  const lanes: LayerSpecification = {
    id: "lanes", type: "line", source: "lanes", filter: ["!=", ["geometry-type"], "Point"],
    paint: { "line-color": p.lane, "line-width": 1.2, "line-opacity": 0.75 },
  };
  return [lanes, ...nodeLayers(p), ...routeLayers(p), ...nameLayers(p), ...stopLayers(p), ...shipLayers(p)];
}

/** The sources of the overlay. */
export const OVERLAY_SOURCES = ["lanes", "nodes", "route", "ships"] as const;

/** The whole style; without a basemap only the water's colour lies below the overlay. */
export function style(p: Palette, withLand: boolean): StyleSpecification {
  const land = withLand ? ["far", "near", "fine", "detail"].flatMap((n) => [`land-${n}`, `coast-${n}`]).concat("river", "banks") : [];
  const sources = Object.fromEntries([...land, ...OVERLAY_SOURCES].map((name) => [name, { ...empty, ...options(name) }]));
  const below = withLand ? basemap(p) : basemap(p).slice(0, 1);
  return { version: 8, sources, layers: [...below, ...overlay(p)] };
}

function options(source: string): { tolerance?: number; maxzoom?: number; buffer?: number } {
  if (source === "ships") return { maxzoom: 14, tolerance: 0 };
  if (source.startsWith("land") || source.startsWith("coast")) return { maxzoom: 12, tolerance: 0.3, buffer: 64 };
  return { tolerance: 0.2 };
}
