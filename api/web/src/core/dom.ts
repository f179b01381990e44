// Building documents without markup strings: nothing that was sent to us is ever parsed as HTML.

/** Makes an element with attributes and children. */
export function make<K extends keyof HTMLElementTagNameMap>(
  name: K, attributes: Record<string, string> = {}, ...children: (Node | string)[]): HTMLElementTagNameMap[K] {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  element.append(...children);
  return element;
}

/** What makes a node the same one in two versions of a list. */
function keyOf(node: Node): string | null {
  return node instanceof Element ? node.getAttribute("data-key") ?? (node.id || null) : null;
}

function alike(a: Node, b: Node): boolean {
  return a.nodeName === b.nodeName && keyOf(a) === keyOf(b);
}

/** Makes an element (or a text) say what the other one says. */
function become(old: Node, fresh: Node): void {
  if (!(old instanceof Element) || !(fresh instanceof Element)) {
    if (old.nodeValue !== fresh.nodeValue) old.nodeValue = fresh.nodeValue;
    return;
  }
  for (const { name } of [...old.attributes]) if (!fresh.hasAttribute(name)) old.removeAttribute(name);
  for (const { name, value } of fresh.attributes) if (old.getAttribute(name) !== value) old.setAttribute(name, value);
  update(old, [...fresh.childNodes]);
}

/**
 * Makes the children of an element what `fresh` says, in place: a child with the same `data-key` (else the same id, else the
 * next of its kind) stays the same element, so that focus, selection and scrolling survive. Listeners belong on what stays.
 */
export function update(parent: Element, fresh: Node[]): void {
  const free = [...parent.childNodes];
  const next = fresh.map((node) => {
    const at = free.findIndex((old) => alike(old, node));
    const kept = at < 0 ? null : free.splice(at, 1)[0]!;
    if (kept) become(kept, node);
    return kept ?? node;
  });
  for (const gone of free) gone.remove();
  const root = parent.getRootNode() as Document | ShadowRoot;
  const focused = root.activeElement;
  next.forEach((node, i) => {
    if (parent.childNodes[i] !== node) parent.insertBefore(node, parent.childNodes[i] ?? null);
  });
  // An element that is moved loses the focus, so it gets it back.
  if (focused instanceof HTMLElement && parent.contains(focused) && root.activeElement !== focused) focused.focus({ preventScroll: true });
}
