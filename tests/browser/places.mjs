// Other places for the tests: sites that show our maps, and a proxy that stands before the server and may break WebSockets.
import { createServer, request as ask } from "node:http";
import { connect } from "node:net";

const TYPES = { html: "text/html; charset=utf-8", css: "text/css", js: "text/javascript" };

/** Starts a server on a free port of this machine. */
async function listen(server) {
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return server.address().port;
}

/** A server of pages on an origin of its own; `pages` maps paths to texts and may change. */
export async function startSites() {
  const pages = new Map();
  const server = createServer((request, response) => {
    const path = new URL(request.url, "http://x").pathname;
    const text = pages.get(path);
    const ending = path.split(".").at(-1);
    if (text === undefined) return response.writeHead(path === "/favicon.ico" ? 204 : 404).end();
    response.writeHead(200, { "content-type": TYPES[ending] ?? TYPES.html, "cache-control": "no-store" }).end(text);
  });
  const port = await listen(server);
  // Names below localhost are this machine's, so each is another site of the same server.
  return { pages, listed: `http://localhost:${port}`, stranger: `http://stranger.localhost:${port}`, close: () => server.close() };
}

/**
 * A proxy before the server. `mode`: `through` passes WebSockets, `refuse` answers them with 400 as old proxies do, `mute`
 * accepts them and swallows every word. `asked` is what was asked: `{ method, path, socket, open }`.
 */
export async function startProxy(target) {
  const { hostname, port } = new URL(target);
  const proxy = { mode: "through", asked: [] };
  const server = createServer((request, response) => {
    const row = { method: request.method, path: request.url, socket: false, open: true };
    proxy.asked.push(row);
    response.on("close", () => (row.open = false));
    const onward = ask({ hostname, port, path: request.url, method: request.method, headers: request.headers }, (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    });
    onward.on("error", () => response.destroy());
    response.on("close", () => onward.destroy());
    request.pipe(onward);
  });
  server.on("upgrade", (request, socket) => {
    const row = { method: "GET", path: request.url, socket: true, open: true };
    proxy.asked.push(row);
    socket.on("close", () => (row.open = false));
    socket.on("error", () => socket.destroy());
    if (proxy.mode === "refuse") return socket.end("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    const there = connect(Number(port), hostname, () => {
      const headers = Object.entries(request.headers).map(([k, v]) => `${k}: ${v}\r\n`).join("");
      there.write(`GET ${request.url} HTTP/1.1\r\n${headers}\r\n`);
      if (proxy.mode !== "mute") return socket.pipe(there).pipe(socket);
      there.once("data", (head) => socket.write(head));
    });
    there.on("error", () => socket.destroy());
    socket.on("close", () => there.destroy());
  });
  proxy.url = `http://127.0.0.1:${await listen(server)}`;
  proxy.close = () => {
    server.close();
    server.closeAllConnections();
  };
  return proxy;
}
