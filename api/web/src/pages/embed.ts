// /embed/{id}: nothing but the element. The id is in the path, a publishable key may be in the query or in the fragment.
import "../element/index";
import type { SealaneMap } from "../element/map-element";

const map = document.querySelector<SealaneMap>("sealane-map")!;
const query = new URLSearchParams(location.search);
const fragment = new URLSearchParams(location.hash.slice(1));
const id = decodeURIComponent(location.pathname.split("/").filter(Boolean).at(-1) ?? "");

const key = query.get("key") ?? fragment.get("key");
if (key) map.useKey(key);
for (const name of ["lang", "theme", "basemap", "panel"]) {
  const value = query.get(name);
  if (value) map.setAttribute(name, value);
}
map.setAttribute("certificate", id);

// The page around the frame may make it as high as the map wishes; the message holds no data of ours but the height.
let told = 0;
function tellHeight(): void {
  const height = Math.ceil(map.wantedHeight());
  if (height === told || window.parent === window) return;
  told = height;
  window.parent.postMessage({ type: "sealane:height", height }, "*");
}

new ResizeObserver(tellHeight).observe(map);
map.addEventListener("sealane:update", tellHeight);
tellHeight();

Object.assign(globalThis, { sealane: Object.freeze({ state: () => map.state() }) });
