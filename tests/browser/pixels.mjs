// Counts the colours of a screenshot by decoding it in the browser itself.

const near = (a, b) => Math.abs(a[0] - b[0]) + Math.abs(a[1] - b[1]) + Math.abs(a[2] - b[2]) < 12;

/** Returns `{ width, height, at(x, y) }` of a PNG. */
export async function decode(browser, png) {
  const page = await browser.newPage();
  try {
    const image = await page.evaluate(async (text) => {
      const bytes = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
      const bitmap = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
      const canvas = new OffscreenCanvas(bitmap.width, bitmap.height);
      const context = canvas.getContext("2d");
      context.drawImage(bitmap, 0, 0);
      const { data } = context.getImageData(0, 0, bitmap.width, bitmap.height);
      let packed = "";
      for (let i = 0; i < data.length; i += 8192) packed += String.fromCharCode(...data.subarray(i, i + 8192));
      return { width: bitmap.width, height: bitmap.height, data: btoa(packed) };
    }, png.toString("base64"));
    const data = Buffer.from(image.data, "base64");
    const at = (x, y) => {
      const i = (Math.round(y) * image.width + Math.round(x)) * 4;
      return [data[i], data[i + 1], data[i + 2]];
    };
    return { width: image.width, height: image.height, at };
  } finally {
    await page.close();
  }
}

/** Returns the share of pixels near a colour within a radius of a place (or everywhere). */
export function share(image, colour, centre = null, radius = 0) {
  let [hits, all] = [0, 0];
  for (let y = 0; y < image.height; y += 2) {
    for (let x = 0; x < image.width; x += 2) {
      if (centre && Math.hypot(x - centre[0], y - centre[1]) > radius) continue;
      all += 1;
      if (near(image.at(x, y), colour)) hits += 1;
    }
  }
  return all ? hits / all : 0;
}

/** Turns `#rrggbb` into numbers. */
export const rgb = (hex) => [1, 3, 5].map((i) => parseInt(hex.slice(i, i + 2), 16));
