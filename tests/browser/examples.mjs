// The examples of docs/examples as pages of a site: what is written there, with this test's server, key and certificates.
import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { modules } from "./find.mjs";

const run = promisify(execFile);
const root = join(import.meta.dirname, "../..");
const read = (path) => readFile(join(root, "docs/examples", path), "utf8");

/** Puts this test's world in the place of the names that the examples use. */
export function filled(text, { url, key, certificates: [first, second] }) {
  const socket = url.replace(/^http/, "ws");
  return text.replaceAll("wss://maps.example.com", socket).replaceAll("https://maps.example.com", url)
    .replaceAll("sl_pk_example", key).replaceAll("eco_example", first).replaceAll("eco_other", second);
}

/** The plain page with its style sheet. */
export async function plain(world) {
  return { "/plain.html": filled(await read("plain/index.html"), world), "/style.css": await read("plain/style.css") };
}

/** The React example, bundled as a site would bundle it. */
export async function react(world) {
  const folder = modules("react-dom");
  const { build } = await import(pathToFileURL(join(folder, "esbuild/lib/main.js")).href);
  const result = await build({
    entryPoints: [join(root, "docs/examples/react/App.jsx")], bundle: true, write: false, format: "esm", jsx: "automatic", nodePaths: [folder],
    define: { "process.env.NODE_ENV": '"development"' }, logLevel: "warning",
  });
  const script = filled(result.outputFiles[0].text, world);
  const page = `<!doctype html><html lang="en"><meta charset="utf-8"><title>React</title><div id="root"></div><script type="module" src="/app.js"></script></html>`;
  return { "/react.html": page, "/app.js": script };
}

/** What the shortcodes of the WordPress plugin write, run by PHP over the few functions of WordPress it uses. */
export async function wordpress(world) {
  const given = { sealane_server: `${world.url}/`, sealane_key: world.key };
  const posts = {
    "/wp-element.html": `[sealane_map certificate="${world.certificates[0]}" height="500px"]`,
    "/wp-iframe.html": `[sealane_map certificate="${world.certificates[0]}" mode="iframe" theme="dark"]`,
    "/wp-hostile.html": `[sealane_map certificate='"><script>document.title="bad"</script>' height='1px;background:url(x)']`,
  };
  const pages = {};
  for (const [path, post] of Object.entries(posts)) {
    const { stdout } = await run("php", [join(import.meta.dirname, "wordpress.php"), join(root, "docs/examples/wordpress/sealane-map.php"), JSON.stringify(given), post]);
    pages[path] = stdout;
  }
  return pages;
}

/** What Shopify's Liquid makes of the section and of the block. */
export async function shopify(world) {
  const { Liquid } = await import(pathToFileURL(join(modules("liquidjs"), "liquidjs/dist/liquid.node.mjs")).href);
  const engine = new Liquid();
  let schema;
  engine.registerTag("schema", {
    parse(token, rest) {
      const inner = [];
      for (let next = rest.shift(); next && next.name !== "endschema"; next = rest.shift()) inner.push(next.getText());
      schema = JSON.parse(inner.join(""));
    },
    render: () => "",
  });
  const template = engine.parse(await read("shopify/sealane-map.liquid"));
  const settings = Object.fromEntries(schema.settings.map((s) => [s.id, s.default ?? ""]));
  const scope = {
    section: { settings: { ...settings, server: world.url, key: world.key } },
    product: { metafields: { sealane: { certificate: { value: world.certificates[0] } } } },
    request: { locale: { iso_code: "zh-CN" } },
  };
  const page = (body) => `<!doctype html><html lang="en"><meta charset="utf-8"><title>Shop</title>${body}</html>`;
  const block = filled(await read("shopify/custom-liquid.liquid"), world);
  const without = { ...scope, product: { metafields: {} } };
  return {
    "/shop-section.html": page(await engine.render(template, scope)),
    "/shop-block.html": page(await engine.parseAndRender(block, scope)),
    "/shop-none.html": page(await engine.render(template, without)),
  };
}
