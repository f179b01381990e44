// The key of this page: asked for when the server wants one, kept for this tab only.
import { Problem, type Door } from "../core/http";
import { make } from "../core/dom";

const NAME = "sealane.key";

/** The server this page came from. */
export function base(): string {
  return new URL("..", import.meta.url).href;
}

/** The server with the key of this tab. */
export function door(): Door {
  return { base: base(), key: sessionStorage.getItem(NAME) };
}

let asking: Promise<void> | null = null;

/** Asks for a key; resolves when one was given. Two askers share one dialog. */
export function askKey(refused: boolean): Promise<void> {
  asking ??= new Promise<void>((resolve) => {
    const input = make("input", { type: "password", autocomplete: "off", required: "", id: "key", spellcheck: "false" });
    const note = refused ? "The server did not accept that key." : "This server asks for a key. It is kept in this tab only and sent in a header.";
    const form = make("form", { method: "dialog" }, make("h2", {}, "Key needed"), make("p", {}, note),
      make("label", { for: "key" }, "Key"), input, make("button", { class: "primary" }, "Use this key"));
    const dialog = make("dialog", { class: "key", "aria-label": "Key needed" }, form);
    document.body.append(dialog);
    dialog.addEventListener("cancel", (event) => event.preventDefault());
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      sessionStorage.setItem(NAME, input.value.trim());
      dialog.remove();
      asking = null;
      resolve();
    });
    dialog.showModal();
  });
  return asking;
}

/** Asks with the tab's key; asks the reader for one when the server wants it. */
export async function guarded<T>(work: () => Promise<T>): Promise<T> {
  for (;;) {
    const had = door().key !== null;
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 401) throw error;
      await askKey(had);
    }
  }
}
