// The element's own sources, read for the tests: its texts and its rules.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { modules } from "./find.mjs";

/** Loads a module of `api/web/src`. */
export async function source(path) {
  const { build } = await import(pathToFileURL(join(modules("esbuild"), "esbuild/lib/main.js")).href);
  const entry = join(import.meta.dirname, "../../api/web/src", path);
  const result = await build({ entryPoints: [entry], bundle: true, write: false, format: "esm", charset: "utf8", logLevel: "warning" });
  return import(`data:text/javascript;base64,${Buffer.from(result.outputFiles[0].contents).toString("base64")}`);
}

/** Returns the texts by language. */
export const languages = async () => (await source("core/words/index.ts")).LANGUAGES;
