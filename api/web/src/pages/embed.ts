// /embed/{id}: nothing but the element. The id is in the path, a publishable key may be in the query or in the fragment,
// a pass in the fragment only. The server writes the site of `?site=` into the page: it let that one frame it.
import { languageOf } from "../core/words";
import { SealaneMap } from "../element/map-element";

const map = document.querySelector<SealaneMap>("sealane-map")!;
const query = new URLSearchParams(location.search);
const fragment = new URLSearchParams(location.hash.slice(1));

// Everything is asked for before the element is a part of the page, so that it asks the server once. It comes to life before: what must not
// be an attribute is told to a living element only.
const body = map.parentElement!;
map.remove();
customElements.define("sealane-map", SealaneMap);
customElements.upgrade(map);
for (const name of ["lang", "theme", "basemap", "panel"]) {
  const value = query.get(name);
  if (value) map.setAttribute(name, value);
}
const key = query.get("key") ?? fragment.get("key");
// A pass stands in the fragment, which goes to no server, and is put into no attribute.
const site = document.querySelector<HTMLMetaElement>("meta[name=sealane-site]")?.content ?? null;
if (key && (site || key.startsWith("sl_tk_"))) map.useKey(key, site);
else if (key) map.setAttribute("key", key);
map.setAttribute("certificate", decodeURIComponent(location.pathname.split("/").filter(Boolean).at(-1) ?? ""));
if (query.has("lang")) document.documentElement.lang = languageOf([query.get("lang")]);
else document.documentElement.removeAttribute("lang");
body.append(map);

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
