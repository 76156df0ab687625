/** A path, and the paths of all that it lies in, the innermost first; without that of the run. */
export function* placesOf(path: string): Generator<string> {
  yield path;
  for (let at = path.length - 1; at > 0; at--) if (path[at] === '/' || path[at] === '[') yield path.slice(0, at);
}

/** Is a path one of many, or below one of them (`covers`)? It takes as long as the path is deep, however many they are. */
export function within(prefixes: Iterable<string>): (path: string) => boolean {
  const known = new Set(prefixes);
  if (known.size === 0) return () => false;
  if (known.has('')) return () => true;
  return (path) => {
    for (const place of placesOf(path)) if (known.has(place)) return true;
    return false;
  };
}

/** Those that lie below no other of them, in their order. */
export function outermost(paths: Iterable<string>): readonly string[] {
  const known = new Set(paths);
  if (known.has('')) return [''];
  return [...known].filter((path) => {
    for (const place of placesOf(path)) if (place !== path && known.has(place)) return false;
    return true;
  });
}
