// /verify: anybody checks a certificate by number and code, by the QR code of a map, or by a link with a secret in the fragment.
import { checkOf, type Standing } from "../core/checked";
import { ask, askJson, Problem } from "../core/http";
import type { CertificateView, ClockReading } from "../core/types";
import { words } from "../core/words";
import { standing } from "../element/certificate";
import { SealaneMap } from "../element/map-element";

const form = document.querySelector<HTMLFormElement>("#ask")!;
const said = document.querySelector<HTMLElement>("#said")!;
const place = document.querySelector<HTMLElement>("#map")!;
const input = (name: string): HTMLInputElement => form.querySelector<HTMLInputElement>(`#${name}`)!;
const door = { base: new URL(".", document.baseURI).href, key: null };

customElements.define("sealane-map", SealaneMap);

/** Says a sentence, with the mark of how a certificate stands where one was found. */
function tell(text: string, stands?: Standing): void {
  said.textContent = text;
  if (stands) said.dataset["standing"] = stands;
  else delete said.dataset["standing"];
}

/** Shows the certificate that a pass opens, kept current until the pass ends. */
function show(certificate: string, pass: string): void {
  const map = document.createElement("sealane-map") as SealaneMap;
  map.style.height = "min(76vh, 760px)";
  map.useKey(pass);
  map.setAttribute("certificate", certificate);
  place.replaceChildren(map);
}

/** Says why nothing is shown; wrong and unknown cannot be told apart. */
function fail(error: unknown): void {
  place.replaceChildren();
  const status = error instanceof Problem ? error.status : 0;
  tell(status === 404 ? "Nothing is known under this number and code, or the link is used up or over."
    : status === 429 ? "Too many questions were asked from here. Try again in a while."
    : `This could not be checked: ${(error as Error).message}`);
}

async function lookUp(query: URLSearchParams): Promise<void> {
  tell("Checking …");
  try {
    const answer = await ask(door, `/v1/verify?${query}`);
    const view = (await answer.json()) as CertificateView;
    const name = [view.regime, view.number, view.exporter?.name].filter(Boolean).join(" · ");
    const pass = answer.headers.get("Sealane-Pass") ?? "";
    const clock = await askJson<ClockReading>({ ...door, key: pass }, "/v1/clock");
    const at = Date.parse(clock.now);
    const text = `${name} · ${words("en")(checkOf(view.verification, at).word)} · ${view.consistency?.text ?? ""}`;
    tell(text, standing(view, at, true));
    show(view.id, pass);
  } catch (error) {
    fail(error);
  }
}

async function openLink(link: string): Promise<void> {
  tell("Opening …");
  // The secret stays neither in the address nor in the history.
  history.replaceState(null, "", location.pathname);
  try {
    const answer = await ask(door, "/v1/links/open", { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ link }) });
    const { pass, certificate, profile } = (await answer.json()) as { pass: string; certificate: string; profile: string };
    tell(`Opened for 15 minutes, as a ${profile} may see it.`);
    show(certificate, pass);
  } catch (error) {
    fail(error);
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  void lookUp(new URLSearchParams({ number: input("number").value.trim(), code: input("code").value.trim() }));
});

/** Does what the fragment asks for. */
function read(): void {
  const fragment = new URLSearchParams(location.hash.slice(1));
  const [link, ref, number, code] = ["link", "ref", "number", "code"].map((name) => fragment.get(name));
  if (link) void openLink(link);
  else if (ref && code) void lookUp(new URLSearchParams({ ref, code }));
  else if (number) {
    input("number").value = number;
    if (code) void lookUp(new URLSearchParams({ number, code }));
  }
}

window.addEventListener("hashchange", read);
read();
