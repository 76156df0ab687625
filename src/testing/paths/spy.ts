/** Watches what a pure function reads. Paths are keys joined by `/`, below the name of what was given: `context/total`. */
const places = new WeakMap<object, string>();

/** Where a watched object comes from. Undefined: it is not watched. */
export function placeOf(value: unknown): string | undefined {
  return isObject(value) ? places.get(value) : undefined;
}

/** A copy of a value that notes which of its fields are read. What is no plain data counts as read at once. */
export function spy(value: unknown, path: string, reads: Set<string>): unknown {
  if (!isPlain(value)) {
    reads.add(path);
    return value;
  }
  // A copy, because a proxy may not hide what a frozen object holds.
  const copy: object = Array.isArray(value) ? [...(value as readonly unknown[])] : { ...value };
  const below = new Map<PropertyKey, unknown>();
  const proxy = new Proxy(copy, {
    get(target, key) {
      const inner: unknown = Reflect.get(target, key);
      if (typeof key === 'symbol' || typeof inner === 'function') return inner;
      if (!isPlain(inner)) {
        reads.add(`${path}/${key}`);
        return inner;
      }
      if (!below.has(key)) below.set(key, spy(inner, `${path}/${key}`, reads));
      return below.get(key);
    },
    has(target, key) {
      reads.add(`${path}/${String(key)}`);
      return Reflect.has(target, key);
    },
    ownKeys(target) {
      reads.add(path);
      return Reflect.ownKeys(target);
    },
  });
  places.set(proxy, path);
  return proxy;
}

/** The places of all watched objects in a result, which is not looked into further. */
export function placesIn(value: unknown, found: string[] = [], depth = 0): string[] {
  const place = placeOf(value);
  if (place !== undefined) found.push(place);
  else if (isPlain(value) && depth < 8) for (const inner of Object.values(value)) placesIn(inner, found, depth + 1);
  return found;
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** Is it a list or a plain object? */
export function isPlain(value: unknown): value is object {
  if (!isObject(value)) return false;
  if (Array.isArray(value)) return true;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
