// Asking the server, and telling it something that changes the route of a certificate.
import assert from "node:assert/strict";
import { coarri, news } from "./coarri.mjs";

/** Asks the server of the test for JSON. */
export async function json(world, path, init = {}) {
  const headers = { ...init.headers, ...(world.secret ? { authorization: `Bearer ${world.secret}` } : {}) };
  const answer = await fetch(world.url + path, { ...init, headers });
  assert.ok(answer.ok, `${path}: ${answer.status}`);
  return answer.json();
}

/** Waits until a certificate has a drawn leg and goods on their way, so that a COARRI would be news. */
export async function subject(world) {
  for (;;) {
    const { certificates } = await json(world, "/v1/certificates?limit=500");
    for (const id of world.certificate ? [world.certificate] : certificates.map((c) => c.id)) {
      const route = await json(world, `/v1/certificates/${id}/route`);
      const of = (kind) => route.features.filter((f) => f.properties.kind === kind && f.geometry);
      const found = news(of("stop"));
      if (found && of("leg").length > 0) return { id, news: found };
    }
    // The demo's world goes on: what is not there yet comes. The check's own patience ends the waiting.
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

/** Posts a discharge of the certificate's container where its route does not stop yet. */
export async function post(world, certificate, found) {
  const { bindings = [] } = await json(world, `/v1/certificates/${certificate}`);
  const booking = bindings.find((b) => /^b(oo)?k(in)?g$/i.test(b.kind))?.value ?? null;
  const body = world.coarri ?? coarri(found, booking);
  return json(world, "/v1/submissions", { method: "POST", body, headers: { "content-type": "application/edifact", "x-filename": "browser-check.edi" } });
}

/** Posts something new about a certificate, whatever its route is now. */
export async function tell(world, certificate) {
  const { news: found } = await subject({ ...world, certificate });
  const receipt = await post(world, certificate, found);
  assert.ok(receipt.events > 0, `the report gave no event: ${JSON.stringify(receipt.findings)}`);
}
