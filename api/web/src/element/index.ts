// The module behind /sealane-map.js: defines <sealane-map> once per page.
import { SealaneMap } from "./map-element";

export { SealaneMap };
/** The version of this element. */
export const version = __VERSION__;

if (!customElements.get("sealane-map")) customElements.define("sealane-map", SealaneMap);

declare global {
  interface HTMLElementTagNameMap {
    "sealane-map": SealaneMap;
  }
}
