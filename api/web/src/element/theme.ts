// Light and dark, and the colours of the map as the page around it has set them.
import { paletteOf, type Palette } from "../map/view";

/** Follows what decides the colours: the wish for light or dark, the visitor's system, and the page's own styles. */
export class Theme {
  private readonly dark = matchMedia("(prefers-color-scheme: dark)");
  private readonly page = new MutationObserver(() => this.soon());
  private readonly systemChanged = (): void => this.apply();
  private told = "";
  private frame = 0;

  constructor(private readonly host: HTMLElement, private readonly probe: () => HTMLElement, private readonly changed: (palette: Palette) => void) {}

  /** Begins to follow. A site that turns dark does so by a class or an attribute of its root or body. */
  open(): void {
    this.dark.addEventListener("change", this.systemChanged);
    for (const root of [document.documentElement, document.body]) this.page.observe(root, { attributes: true });
    this.page.observe(this.host, { attributeFilter: ["class", "style"] });
    this.apply();
  }

  close(): void {
    this.dark.removeEventListener("change", this.systemChanged);
    this.page.disconnect();
    cancelAnimationFrame(this.frame);
    this.frame = 0;
    this.told = "";
  }

  /** A page may change its styles at every frame, and often does so several times in one. */
  private soon(): void {
    this.frame ||= requestAnimationFrame(() => {
      this.frame = 0;
      this.apply();
    });
  }

  /** Works the colours out and tells them if they are others than before. */
  apply(): void {
    const wish = this.host.getAttribute("theme") ?? "auto";
    this.host.toggleAttribute("data-dark", wish === "dark" || (wish !== "light" && this.dark.matches));
    const palette = this.palette();
    const text = JSON.stringify(palette);
    if (text === this.told) return;
    this.told = text;
    this.changed(palette);
  }

  palette(): Palette {
    return paletteOf(this.probe());
  }
}
