// Finds what npm installed for the pages, and a Chromium; nothing is ever downloaded.
import { existsSync, readdirSync, statSync } from "node:fs";
import { delimiter, join } from "node:path";
import { pathToFileURL } from "node:url";

const root = join(import.meta.dirname, "../..");

/** Folders that may hold playwright-core, best first. */
function folders() {
  const given = process.env.SEALANE_PLAYWRIGHT ? [process.env.SEALANE_PLAYWRIGHT] : [];
  const target = process.env.CARGO_TARGET_DIR ?? join(root, "target");
  const list = (path) => (existsSync(path) ? readdirSync(path).map((n) => join(path, n)) : []);
  const built = list(target).flatMap((profile) => list(join(profile, "build")))
    .filter((p) => /sealane-api-[0-9a-f]+$/.test(p)).map((p) => join(p, "out/web-src/node_modules")).filter((p) => existsSync(p))
    .sort((a, b) => statSync(b).mtimeMs - statSync(a).mtimeMs);
  return [...given, join(root, "api/web/node_modules"), ...built];
}

/** Returns the folder of modules that holds a package, or null. */
export function modules(name) {
  return folders().find((f) => existsSync(join(f, name, "package.json"))) ?? null;
}

/** Returns playwright-core's `chromium`, or null. */
export async function playwright() {
  const found = modules("playwright-core");
  return found ? (await import(pathToFileURL(join(found, "playwright-core/index.mjs")).href)).chromium : null;
}

/** Returns the path of a Chromium, or null. */
export function browser() {
  if (process.env.SEALANE_CHROMIUM) return process.env.SEALANE_CHROMIUM;
  const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
  const paths = (process.env.PATH ?? "").split(delimiter).flatMap((dir) => names.map((n) => join(dir, n)));
  return ["/usr/bin/chromium", ...paths].find((p) => existsSync(p)) ?? null;
}
