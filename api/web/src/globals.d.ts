// Constants that build.mjs writes into the bundles.
declare const __ASSETS__: string;
declare const __LAND__: { far: string; near: string; fine: string };
declare const __GL__: string;
declare const __WORKER__: string;
declare const __VERSION__: string;
declare module "*.css" {
  const text: string;
  export default text;
}
/** A file of `data/reference`, inlined by build.mjs. */
declare module "reference/*.geojson" {
  const collection: GeoJSON.FeatureCollection;
  export default collection;
}
