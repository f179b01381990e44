// Builds the element and the pages into dist/ (or the folder given), with a manifest that api/build.rs embeds.
//   node build.mjs [--reference FOLDER] [--out FOLDER]
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { mkdir, readFile, readdir, rm, writeFile } from "node:fs/promises";
import { dirname, extname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { DETAIL_BOXES, landFiles } from "./build/land.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const { values: args } = parseArgs({ options: { reference: { type: "string" }, out: { type: "string" } } });
const reference = args.reference ?? join(here, "../../data/reference");
const out = args.out ?? join(here, "dist");
const { version } = JSON.parse(await readFile(join(here, "package.json"), "utf8"));

/** Every file of the build: path without leading slash -> bytes. */
const files = new Map();
const json = async (path) => JSON.parse(await readFile(path, "utf8"));
const module = (path) => join(here, "node_modules", path);

/** Adds a file under /assets/ with its hash in its name; returns the path relative to /assets/. */
function hashed(name, bytes) {
  const hash = createHash("sha256").update(bytes).digest("hex").slice(0, 10);
  const ext = extname(name);
  const full = `${name.slice(0, name.length - ext.length)}-${hash}${ext}`;
  files.set(`assets/${full}`, Buffer.from(bytes));
  return full;
}

async function land() {
  const parts = landFiles(await json(module("world-atlas/land-50m.json")), await json(module("world-atlas/land-10m.json")));
  return Object.fromEntries(Object.entries(parts).map(([name, part]) => [name, hashed(`land-${name}.json`, JSON.stringify(part))]));
}

/** The detail file keeps its own name and licence (ODbL); it is data, not part of the program. */
async function detail() {
  const names = (await readdir(reference)).filter((n) => /^land-detail-.*\.geojson$/.test(n)).sort();
  const known = Object.keys(DETAIL_BOXES).map((n) => `land-detail-${n}.geojson`);
  const missing = known.filter((n) => !names.includes(n));
  if (missing.length > 0) throw new Error(`${missing.join(", ")} not found in ${reference}`);
  const features = (await Promise.all(known.map((n) => json(join(reference, n))))).flatMap((c) => c.features);
  files.set("assets/land-detail.geojson", Buffer.from(JSON.stringify({
    type: "FeatureCollection",
    attribution: "© OpenStreetMap contributors",
    license: "ODbL-1.0",
    boxes: Object.values(DETAIL_BOXES),
    features,
  })));
}

/** Bundles one module; returns its bytes. */
async function bundle(entry, define) {
  const result = await build({
    entryPoints: [join(here, "src", entry)], bundle: true, write: false, format: "esm", target: "es2022", minify: true, legalComments: "none",
    loader: { ".css": "text", ".geojson": "json" }, alias: { reference: resolve(reference) }, logLevel: "warning", absWorkingDir: here, define, outdir: out, charset: "utf8",
  });
  return result.outputFiles[0].contents;
}

const MIT = "/*! Sealane, MIT OR Apache-2.0 */\n";
const strings = (values) => Object.fromEntries(Object.entries(values).map(([k, v]) => [k, JSON.stringify(v)]));

async function scripts(lands) {
  const worker = hashed("map-worker.js", await readFile(module("maplibre-gl/dist/maplibre-gl-worker.mjs"), "utf8").then((t) => t.replace(/\n?\/\/# sourceMappingURL=.*\s*$/, "\n")));
  const common = { __LAND__: lands, __VERSION__: version };
  const gl = hashed("gl.js", `/*! MapLibre GL JS, BSD-3-Clause; all licences: licenses.txt beside this file */\n${Buffer.from(await bundle("gl/index.ts", strings({ ...common, __ASSETS__: "./", __GL__: "", __WORKER__: "" })))}`);
  const page = strings({ ...common, __ASSETS__: "./", __GL__: gl, __WORKER__: worker });
  const element = strings({ ...common, __ASSETS__: "./assets/", __GL__: `./assets/${gl}`, __WORKER__: `./assets/${worker}` });
  const bytes = Buffer.concat([Buffer.from(MIT), await bundle("element/index.ts", element)]);
  files.set("sealane-map.js", bytes);
  files.set(`sealane-map@${version}.js`, bytes);
  const pages = {};
  for (const name of ["live", "certificates-new", "queue", "inbox", "calls", "partners", "feeds", "routes", "verify", "embed"]) pages[`${name}.js`] = `assets/${hashed(`${name}.js`, await bundle(`pages/${name}.ts`, page))}`;
  return pages;
}

async function pages(names) {
  const css = await build({ entryPoints: [join(here, "src/pages/page.css")], minify: true, write: false, logLevel: "warning" });
  const known = { ...names, "page.css": `assets/${hashed("page.css", css.outputFiles[0].contents)}` };
  files.set("assets/icon.svg", await readFile(join(here, "src/pages/icon.svg")));
  for (const name of ["index", "certificates-new", "queue", "inbox", "calls", "partners", "feeds", "routes", "verify", "embed"]) {
    const text = await readFile(join(here, `src/pages/${name}.html`), "utf8");
    files.set(`${name}.html`, Buffer.from(text.replaceAll(/\{\{(.+?)\}\}/g, (_, key) => known[key])));
  }
}

/** The licences of everything from npm that ends up in the bundles. */
async function licences() {
  const { packages } = await json(join(here, "package-lock.json"));
  const shipped = Object.entries(packages).filter(([path, p]) => path && !p.dev && !p.optional && !/esbuild|@types/.test(path)).map(([path]) => path).sort();
  const texts = await Promise.all(shipped.map(async (path) => {
    const folder = join(here, path);
    const { name, version: its, license } = await json(join(folder, "package.json"));
    const file = (await readdir(folder)).find((n) => /^licen[cs]e/i.test(n));
    return `${name} ${its} (${license})\n\n${file ? await readFile(join(folder, file), "utf8") : "no licence file in the package"}`;
  }));
  files.set("assets/licenses.txt", Buffer.from(texts.join(`\n${"-".repeat(78)}\n\n`)));
}

const TYPES = {
  ".html": "text/html; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8",
  ".json": "application/json", ".geojson": "application/geo+json", ".svg": "image/svg+xml", ".txt": "text/plain; charset=utf-8",
};

/** Writes everything and the manifest: path, type, SHA-256, whether it never changes. */
async function write() {
  await rm(out, { recursive: true, force: true });
  const rows = [];
  for (const [path, bytes] of [...files].sort(([a], [b]) => (a < b ? -1 : 1))) {
    const target = join(out, path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, bytes);
    const never = /-[0-9a-f]{10}\.|@/.test(path);
    rows.push([path, TYPES[extname(path)], createHash("sha256").update(bytes).digest("hex"), never ? "immutable" : "revalidate", bytes.length]);
  }
  await writeFile(join(out, "manifest.tsv"), rows.map((r) => r.join("\t")).join("\n") + "\n");
  return rows;
}

const started = performance.now();
const lands = await land();
await detail();
await licences();
await pages(await scripts(lands));
for (const [path, , , , size] of await write()) console.log(`${String(size).padStart(9)}  ${path}`);
console.log(`built in ${((performance.now() - started) / 1000).toFixed(1)} s`);
