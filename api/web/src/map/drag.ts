// Pointer, wheel and key handling of the SVG map.

/** What dragging and zooming do, in pixels of the box. */
export interface Moves {
  pan(dx: number, dy: number): void;
  zoom(step: number, x: number, y: number): void;
}

const ARROWS: Record<string, [number, number]> = {
  ArrowLeft: [80, 0], ArrowRight: [-80, 0], ArrowUp: [0, 80], ArrowDown: [0, -80],
};

/** Makes a box draggable and zoomable; returns how to undo it. */
export function drag(box: HTMLElement, moves: Moves): () => void {
  const stop = new AbortController();
  const options = { signal: stop.signal };
  const pointers = new Map<number, [number, number]>();
  const middle = (): [number, number] => [box.clientWidth / 2, box.clientHeight / 2];
  const spread = (): number => {
    const [a, b] = [...pointers.values()];
    return a && b ? Math.hypot(a[0] - b[0], a[1] - b[1]) : 0;
  };
  box.addEventListener("pointerdown", (event) => {
    pointers.set(event.pointerId, [event.clientX, event.clientY]);
  }, options);
  box.addEventListener("pointermove", (event) => {
    const last = pointers.get(event.pointerId);
    if (!last) return;
    const before = spread();
    pointers.set(event.pointerId, [event.clientX, event.clientY]);
    if (pointers.size === 1) moves.pan(event.clientX - last[0], event.clientY - last[1]);
    else if (before > 0) moves.zoom(Math.log2(spread() / before), ...middle());
  }, options);
  const up = (event: PointerEvent): void => void pointers.delete(event.pointerId);
  for (const name of ["pointerup", "pointercancel", "pointerleave"] as const) box.addEventListener(name, up, options);
  box.addEventListener("wheel", (event) => {
    event.preventDefault();
    const { left, top } = box.getBoundingClientRect();
    moves.zoom(-event.deltaY / 400, event.clientX - left, event.clientY - top);
  }, { ...options, passive: false });
  box.addEventListener("keydown", (event) => {
    const arrow = ARROWS[event.key];
    if (arrow) moves.pan(...arrow);
    else if (event.key === "+" || event.key === "=") moves.zoom(1, ...middle());
    else if (event.key === "-") moves.zoom(-1, ...middle());
    else return;
    event.preventDefault();
  }, options);
  return () => stop.abort();
}
