// Loads the MapLibre bundle: after the first paint, and only where there is WebGL.

/** The address of MapLibre's worker. */
export const WORKER = new URL(__WORKER__, import.meta.url).href;

/** Loads the bundle. */
export async function loadGl(): Promise<typeof import("../gl/index")> {
  return (await import(new URL(__GL__, import.meta.url).href)) as typeof import("../gl/index");
}

/** Makes a style sheet for a shadow root; policies that forbid inline styles allow it. */
export function sheetOf(text: string): CSSStyleSheet {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  return sheet;
}

/** Whether this browser draws WebGL 2. */
export function webgl(): boolean {
  const context = document.createElement("canvas").getContext("webgl2");
  context?.getExtension("WEBGL_lose_context")?.loseContext();
  return context !== null;
}

/** Runs after the next frame has been painted and the page is idle. */
export function afterPaint(run: () => void): void {
  const idle = globalThis.requestIdleCallback ?? ((f: () => void) => setTimeout(f, 50));
  requestAnimationFrame(() => requestAnimationFrame(() => idle(run, { timeout: 1500 })));
}
