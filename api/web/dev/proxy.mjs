// Serves dist/ over a running server: node dev/proxy.mjs http://127.0.0.1:PORT. For development only.
import { readFile } from "node:fs/promises";
import { createServer, request as ask } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";

const target = new URL(process.argv[2]);
const dist = process.env.DIST ?? join(import.meta.dirname, "../dist");
const TYPES = { html: "text/html; charset=utf-8", js: "text/javascript", css: "text/css", json: "application/json", geojson: "application/geo+json", svg: "image/svg+xml" };
const PAGES = { "/": "/index.html", "/inbox": "/inbox.html" };
const own = (headers) => ({ ...headers, host: target.host, ...(headers.origin ? { origin: target.origin } : {}) });

const server = createServer(async (request, response) => {
  const { pathname } = new URL(request.url, "http://x");
  const file = PAGES[pathname] ?? pathname;
  const bytes = file.startsWith("/v1/") || file.startsWith("/embed/") ? null : await readFile(join(dist, file)).catch(() => null);
  if (bytes) return response.writeHead(200, { "content-type": TYPES[file.split(".").at(-1)], "cache-control": "no-store" }).end(bytes);
  request.pipe(ask(new URL(request.url, target), { method: request.method, headers: own(request.headers) }, (answer) => {
    response.writeHead(answer.statusCode, answer.headers);
    answer.pipe(response);
  }).on("error", () => response.destroy()));
});
server.on("upgrade", (request, socket) => {
  const there = connect(Number(target.port), target.hostname, () => {
    const headers = Object.entries(own(request.headers)).map(([k, v]) => `${k}: ${v}\r\n`).join("");
    there.write(`GET ${request.url} HTTP/1.1\r\n${headers}\r\n`);
    socket.pipe(there).pipe(socket);
  });
  for (const s of [socket, there]) s.on("error", () => { socket.destroy(); there.destroy(); });
});
server.listen(Number(process.env.PORT ?? 0), "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}`));
