// The form of a certificate, begun with a PDF, and the operator's queue.
import assert from "node:assert/strict";
import { json } from "./news.mjs";

/** A PDF of one page whose lines are text. */
function pdf(lines) {
  const shown = lines.map((line) => `(${line.replace(/[()\\]/g, "\\$&")}) Tj T* `).join("");
  const content = `BT /F1 10 Tf 14 TL 40 800 Td ${shown}ET`;
  const objects = [
    "<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
    "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
    `<< /Length ${content.length} >>\nstream\n${content}\nendstream`, "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
  ];
  let file = "%PDF-1.4\n";
  const rows = objects.map((object, n) => {
    const at = file.length;
    file += `${n + 1} 0 obj\n${object}\nendobj\n`;
    return `${String(at).padStart(10, "0")} 00000 n \n`;
  });
  const table = file.length;
  return Buffer.from(`${file}xref\n0 6\n0000000000 65535 f \n${rows.join("")}trailer\n<< /Size 6 /Root 1 0 R >>\nstartxref\n${table}\n%%EOF\n`, "latin1");
}

/** Types or chooses what stands at a path of the document. */
async function set(page, path, value) {
  const field = page.locator(`[data-path="${path}"]`);
  if ((await field.evaluate((e) => e.tagName)) === "SELECT") await field.selectOption(value);
  else await field.fill(value);
}

const VALUES = {
  "issuer.country": "CN", "issuer.body": "EXAMPLE issuing body", "lifecycle.issued_on": "2026-09-03", "consignee.name": "Contoh Industri Sdn. Bhd.", "consignee.country": "MY",
  "producer.mode": "same_as_exporter", "importing_party": "MY", "items[0].description": "Centrifugal pumps", "items[0].criterion.main": "CTC", "items[0].rcep_country_of_origin": "CN",
  "items[0].quantity.value": "3200", "items[0].quantity.unit": "KGM", "items[0].invoices[0].no": "INV-2026-0907", "items[0].invoices[0].date": "2026-09-01", "bindings[0].type": "BKG", "bindings[0].value": "BKG1000001",
};

export const checks = {
  async "a certificate is typed from its paper checked at its boxes and kept private"(world) {
    const page = await world.open(await world.browser("nogl"));
    await page.goto(`${world.url}/certificates/new`);
    const boxes = await page.locator("fieldset[data-box]").evaluateAll((all) => all.map((box) => box.dataset.box).filter(Boolean));
    assert.deepEqual(new Set(boxes), new Set(["1", "2", "3", "4", "5", "7", "8", "9", "10", "11", "12", "13", "14", "15", "16", "17"]), "the boxes of Form RCEP; 6 counts the items");
    const number = `EXAMPLE-PAPER-${Date.now()}`;
    const lines = ["REGIONAL COMPREHENSIVE ECONOMIC PARTNERSHIP", `Certificate No. ${number}`, "1. Goods consigned from (Exporter's name, address and country)", "Example Pump Works Co., Ltd.", "Ningbo, China"];
    await page.setInputFiles("#pdf", { name: "form.pdf", mimeType: "application/pdf", buffer: pdf(lines) });
    await page.waitForFunction((n) => document.querySelector('[data-path="number"]')?.value === n, number);
    assert.equal(await page.inputValue('[data-path="exporter.country"]'), "CN");
    assert.equal(await page.locator(".from-paper").count() > 0, true, "what the PDF told is marked");
    for (const [path, value] of Object.entries(VALUES)) await set(page, path, value);
    await set(page, "items[0].hs6", "84137");
    const told = page.locator('[data-said="items[0].hs6"]');
    await told.locator(".error").waitFor();
    assert.equal(await page.getAttribute('[data-path="items[0].hs6"]', "aria-invalid"), "true");
    await world.shot(page, "certificate-new");
    await set(page, "items[0].hs6", "841370");
    await page.waitForFunction(() => document.querySelector("#state").textContent === "It can be kept.");
    assert.equal(await page.isDisabled("#keep"), true, "nobody has compared it yet");
    await page.check("#confirmed");
    await page.click("#keep");
    await page.locator("#publish").waitFor();
    const find = async () => (await json(world, "/v1/certificates?limit=500")).certificates.find((c) => c.number === number);
    assert.equal((await find()).published, false);
    await page.click("#publish");
    await page.locator("#kept .fine").waitFor();
    assert.equal((await find()).published, true);
  },

  async "every form has its boxes and the queue says what waits"(world) {
    const page = await world.open(await world.browser("nogl"));
    await page.goto(`${world.url}/certificates/new`);
    for (const [form, boxes] of [["atiga", 13], ["usmca", 9]]) {
      await page.selectOption("#kind", form);
      await page.locator(`fieldset[data-box="${boxes}"]`).waitFor();
    }
    await page.goto(`${world.url}/queue`);
    await page.waitForFunction(() => document.querySelector("#outbox").textContent !== "" && document.querySelector("#dead").textContent !== "");
    assert.equal(await page.locator("#conflicts .error:not(section)").count(), 0);
    await world.shot(page, "queue");
  },
};
