/**
 * What is left of the language's and Node's globals for code that is not believed, and what it has changed of them.
 * All of it is taken before that code is loaded: what it changes later changes nothing here.
 */
const { getOwnPropertyDescriptor, getPrototypeOf, defineProperty } = Object;
const { ownKeys, apply } = Reflect;
const isSame = Object.is;
const mapHas = Map.prototype.has;
const mapSet = Map.prototype.set;

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

/** Of the language. Code from strings, shared memory and WebAssembly are not among them. */
const language =
  words(`Object Function Array Number parseFloat parseInt Infinity NaN undefined Boolean String Symbol Date Promise RegExp
  Error AggregateError EvalError RangeError ReferenceError SyntaxError TypeError URIError SuppressedError JSON Math Intl
  ArrayBuffer Uint8Array Int8Array Uint16Array Int16Array Uint32Array Int32Array Float16Array Float32Array Float64Array
  Uint8ClampedArray BigUint64Array BigInt64Array DataView Map Set WeakMap WeakSet WeakRef BigInt Proxy Reflect Iterator
  DisposableStack AsyncDisposableStack FinalizationRegistry Temporal decodeURI decodeURIComponent encodeURI
  encodeURIComponent escape unescape isFinite isNaN globalThis`);

/** Of Node: what reaches nothing. */
const node =
  words(`URL URLSearchParams URLPattern TextEncoder TextDecoder TextEncoderStream TextDecoderStream AbortController
  AbortSignal Event EventTarget CustomEvent DOMException Headers Request Response FormData Blob File ReadableStream
  WritableStream TransformStream CompressionStream DecompressionStream structuredClone atob btoa Buffer crypto
  setTimeout clearTimeout setInterval clearInterval setImmediate clearImmediate queueMicrotask`);

/** Takes every other global away. */
export function closeRealm(): void {
  const kept = new Set<PropertyKey>([...language, ...node]);
  // Node makes some of its globals when they are asked for: made now, while it has all that it needs, they stay the same.
  for (const key of kept) {
    const descriptor = getOwnPropertyDescriptor(globalThis, key);
    if (descriptor?.get !== undefined && descriptor.configurable === true)
      defineProperty(globalThis, key, {
        value: (globalThis as Record<PropertyKey, unknown>)[key],
        configurable: true,
        writable: true,
        enumerable: false,
      });
  }
  void new Response('').body;
  for (const key of ownKeys(globalThis))
    if (!kept.has(key) && !Reflect.deleteProperty(globalThis, key)) Reflect.set(globalThis, key, undefined);
  defineProperty(globalThis, 'console', { value: quiet(), configurable: true, writable: true, enumerable: false });
  const left = ownKeys(globalThis).filter(
    (key) => !kept.has(key) && key !== 'console' && (globalThis as Record<PropertyKey, unknown>)[key] !== undefined,
  );
  if (left.length > 0) throw new Error(`these globals cannot be taken away: ${left.map(String).join(', ')}`);
}

/** A console that says nothing: what a task has to say goes to its logger. */
function quiet(): object {
  const names = words(`log info warn error debug trace dir dirxml table time timeEnd timeLog count countReset group
    groupCollapsed groupEnd assert clear`);
  return Object.fromEntries(names.map((name) => [name, () => {}]));
}

type Members = readonly (readonly [PropertyKey, PropertyDescriptor])[];

/**
 * Remembers every builtin that can be reached, and tells which of them are no longer what they were. Packages may leave a
 * global of their own while they are loaded, and only then.
 */
export function watchBuiltins(): (loading: boolean) => readonly string[] {
  const seen = new Map<object, string>();
  const members: [object, string, Members, object | null][] = [];
  const roots: [unknown, string][] = [[globalThis, 'globalThis']];
  const hidden: [unknown, string][] = [
    [getPrototypeOf(function* () {}), 'GeneratorFunction.prototype'],
    [getPrototypeOf(async () => {}), 'AsyncFunction.prototype'],
    [getPrototypeOf(async function* () {}), 'AsyncGeneratorFunction.prototype'],
    [getPrototypeOf([][Symbol.iterator]()), 'ArrayIterator.prototype'],
    [getPrototypeOf(''[Symbol.iterator]()), 'StringIterator.prototype'],
    [getPrototypeOf(new Map()[Symbol.iterator]()), 'MapIterator.prototype'],
    [getPrototypeOf(new Set()[Symbol.iterator]()), 'SetIterator.prototype'],
    [getPrototypeOf(''.matchAll(/a/g)), 'RegExpStringIterator.prototype'],
  ];
  const queue = [...roots, ...hidden];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const [value, path] = next;
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null || seen.has(value)) continue;
    seen.set(value, path);
    const own: [PropertyKey, PropertyDescriptor][] = [];
    for (const key of ownKeys(value)) {
      const descriptor = getOwnPropertyDescriptor(value, key);
      if (descriptor === undefined || unsteady.has(`${path}.${String(key)}`)) continue;
      own.push([key, descriptor]);
      const below = value === globalThis ? String(key) : `${path}.${String(key)}`;
      queue.push([descriptor.value, below], [descriptor.get, below], [descriptor.set, below]);
    }
    members.push([value, path, own, getPrototypeOf(value) as object | null]);
    queue.push([getPrototypeOf(value), `the prototype of ${path}`]);
  }
  const extra = new Map<PropertyKey, true>();
  return (loading) => {
    if (loading) for (const key of ownKeys(globalThis)) apply(mapSet, extra, [key, true]);
    return changed(members, extra);
  };
}

/** What the engine itself changes as it goes. */
const unsteady = new Map([
  ['Error.stackTraceLimit', true],
  ['Buffer.poolSize', true],
]);

function changed(
  members: readonly (readonly [object, string, Members, object | null])[],
  extra: ReadonlyMap<PropertyKey, true>,
): readonly string[] {
  const names: string[] = [];
  for (let i = 0; i < members.length; i++) {
    const [object, path, own, prototype] = members[i] as (typeof members)[number];
    const under = object === globalThis ? '' : `${path}.`;
    if (getPrototypeOf(object) !== prototype) names[names.length] = `the prototype of ${path}`;
    const now = ownKeys(object);
    const known = new Map<PropertyKey, true>();
    for (let j = 0; j < own.length; j++) {
      const [key, before] = own[j] as Members[number];
      apply(mapSet, known, [key, true]);
      const after = getOwnPropertyDescriptor(object, key);
      if (
        after === undefined ||
        !isSame(after.value, before.value) ||
        after.get !== before.get ||
        after.set !== before.set
      )
        names[names.length] = `${under}${String(key)}`;
    }
    for (let j = 0; j < now.length; j++) {
      const key = now[j] as PropertyKey;
      if (apply(mapHas, known, [key]) === true || apply(mapHas, unsteady, [`${path}.${String(key)}`]) === true)
        continue;
      if (object !== globalThis || apply(mapHas, extra, [key]) !== true) names[names.length] = `${under}${String(key)}`;
    }
  }
  return names;
}
