// Documents by paths such as `items[0].quantity.value`.

type Tree = Record<string, unknown>;

const steps = (path: string): (string | number)[] =>
  path.split(/[.[\]]+/).filter(Boolean).map((step) => (/^\d+$/.test(step) ? Number(step) : step));

/** Writes a value at a path, making what lies above it. */
export function write(tree: Tree, path: string, value: unknown): void {
  const way = steps(path);
  let at = tree as Record<string | number, unknown>;
  way.forEach((step, n) => {
    const next = way[n + 1];
    if (next === undefined) at[step] = value;
    else at = (at[step] ??= typeof next === "number" ? [] : {}) as Record<string | number, unknown>;
  });
}

/** Returns the value at a path, if there is one. */
export function valueAt(tree: unknown, path: string): unknown {
  return steps(path).reduce<unknown>((at, step) => (at as Record<string | number, unknown> | undefined)?.[step], tree);
}

/** Returns every value that is no object or list, by its path. */
export function flatten(tree: unknown, path = ""): Tree {
  if (Array.isArray(tree)) return Object.assign({}, ...tree.map((value, n) => flatten(value, `${path}[${n}]`))) as Tree;
  if (tree !== null && typeof tree === "object") {
    return Object.assign({}, ...Object.entries(tree).map(([name, value]) => flatten(value, path ? `${path}.${name}` : name))) as Tree;
  }
  return tree === null || tree === undefined ? {} : { [path]: tree };
}
