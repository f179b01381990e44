// The texts of the map element, read from its own sources.
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { modules } from "./find.mjs";

/** Returns the texts by language. */
export async function languages() {
  const { build } = await import(pathToFileURL(join(modules("esbuild"), "esbuild/lib/main.js")).href);
  const entry = join(import.meta.dirname, "../../api/web/src/core/words/index.ts");
  const result = await build({ entryPoints: [entry], bundle: true, write: false, format: "esm", charset: "utf8", logLevel: "warning" });
  const address = `data:text/javascript;base64,${Buffer.from(result.outputFiles[0].contents).toString("base64")}`;
  return (await import(address)).LANGUAGES;
}
