/**
 * What is left of the language's and Node's globals for code that is not believed, and what it has changed of them.
 * All of it is taken before that code is loaded: what it changes later changes nothing here.
 */
/* oxlint-disable typescript/unbound-method -- methods are taken from their prototypes on purpose, and applied */
const { getOwnPropertyDescriptor, getPrototypeOf, defineProperty } = Object;
const { ownKeys, apply } = Reflect;
const isSame = Object.is;
const mapGet = Map.prototype.get;
const toText = String;
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

/**
 * Tells when code looks at itself: at the text of a function, or at the stack of an error. Both are others here than where
 * it is going to run, as it is bundled and lies somewhere else. So whoever asks for them can tell a trial by them.
 */
export function watchLooks(tell: (what: string) => void): void {
  const textOf = Function.prototype.toString;
  const { endsWith, split } = String.prototype;
  const { exec } = RegExp.prototype;
  const Failure = Error;
  const ofNode = /[( ]node:[^() ]*\)?$/;
  let isAsking = false;
  const looked = {
    toString(this: unknown): string {
      const text = apply(textOf, this, []);
      // What is built in reads the same everywhere.
      if (!apply(endsWith, text, ['{ [native code] }'])) tell('asked for the text of a function');
      return text;
    },
    // The engine calls it when somebody looks at a stack, and not before. Who that is stands in the stack of now.
    prepareStackTrace(): string {
      if (isAsking) return '';
      isAsking = true;
      const now = new Failure('').stack ?? '';
      isAsking = false;
      const lines = apply(split, now, ['\n']) as unknown as readonly string[];
      if (apply(exec, ofNode, [lines[3] ?? '']) === null) tell('looked at the stack of an error');
      return 'Error';
    },
  };
  const hidden = { configurable: true, writable: true, enumerable: false };
  defineProperty(Function.prototype, 'toString', { value: looked.toString, ...hidden });
  defineProperty(Error, 'prepareStackTrace', { value: looked.prepareStackTrace, ...hidden });
}

/** A console that says nothing: what a task has to say goes to its logger. */
function quiet(): object {
  const names = words(`log info warn error debug trace dir dirxml table time timeEnd timeLog count countReset group
    groupCollapsed groupEnd assert clear`);
  return Object.fromEntries(names.map((name) => [name, () => {}]));
}

interface Known {
  readonly object: object;
  readonly path: string;
  readonly prototype: object | null;
  readonly keys: readonly PropertyKey[];
  readonly members: ReadonlyMap<PropertyKey, PropertyDescriptor>;
}

/**
 * Remembers every builtin that can be reached, and tells which of them are no longer what they were. Packages may leave a
 * global of their own while they are loaded, and only then.
 */
export function watchBuiltins(): (loading: boolean, tell: (name: string) => void) => void {
  const seen = new Set<object>();
  const known: Known[] = [];
  const queue: (readonly [unknown, string])[] = [
    [globalThis, ''],
    [getPrototypeOf(function* () {}), 'GeneratorFunction.prototype'],
    [getPrototypeOf(async () => {}), 'AsyncFunction.prototype'],
    [getPrototypeOf(async function* () {}), 'AsyncGeneratorFunction.prototype'],
    [getPrototypeOf([][Symbol.iterator]()), 'ArrayIterator.prototype'],
    [getPrototypeOf(''[Symbol.iterator]()), 'StringIterator.prototype'],
    [getPrototypeOf(new Map()[Symbol.iterator]()), 'MapIterator.prototype'],
    [getPrototypeOf(new Set()[Symbol.iterator]()), 'SetIterator.prototype'],
    [getPrototypeOf(''.matchAll(/a/g)), 'RegExpStringIterator.prototype'],
  ];
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const [value, path] = next;
    if ((typeof value !== 'object' && typeof value !== 'function') || value === null || seen.has(value)) continue;
    seen.add(value);
    const keys = ownKeys(value);
    const members = new Map<PropertyKey, PropertyDescriptor>();
    for (const key of keys) {
      const descriptor = getOwnPropertyDescriptor(value, key);
      const name = nameOf(path, key);
      if (descriptor === undefined || unsteady[name] === true) continue;
      members.set(key, descriptor);
      queue.push([descriptor.value, name], [descriptor.get, name], [descriptor.set, name]);
    }
    known.push({ object: value, path, prototype: getPrototypeOf(value) as object | null, keys, members });
    queue.push([getPrototypeOf(value), `the prototype of ${path}`]);
  }
  const extra = new Map<PropertyKey, true>();
  return (loading, tell) => {
    if (loading) {
      const now = ownKeys(globalThis);
      for (let i = 0; i < now.length; i++) apply(mapSet, extra, [now[i], true]);
    }
    for (let i = 0; i < known.length; i++) compare(known[i] as Known, extra, tell);
  };
}

/** What the engine itself changes as it goes. */
const unsteady = Object.assign(Object.create(null) as Record<string, boolean>, {
  'Error.stackTraceLimit': true,
  'Buffer.poolSize': true,
});

const nameOf = (path: string, key: PropertyKey): string => (path === '' ? toText(key) : `${path}.${toText(key)}`);

/** Asks for no method of a builtin but for what was taken before. */
function compare(
  { object, path, prototype, keys, members }: Known,
  extra: ReadonlyMap<PropertyKey, true>,
  tell: (name: string) => void,
): void {
  if (getPrototypeOf(object) !== prototype) tell(`the prototype of ${path === '' ? 'globalThis' : path}`);
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i] as PropertyKey;
    const before = apply(mapGet, members, [key]) as PropertyDescriptor | undefined;
    if (before === undefined) continue;
    const after = getOwnPropertyDescriptor(object, key);
    const isSteady =
      after !== undefined && isSame(after.value, before.value) && after.get === before.get && after.set === before.set;
    if (!isSteady) tell(nameOf(path, key));
  }
  const now = ownKeys(object);
  for (let i = 0; i < now.length; i++) {
    const key = now[i] as PropertyKey;
    const isKnown = apply(mapHas, members, [key]) || unsteady[nameOf(path, key)] === true;
    if (!isKnown && (path !== '' || !apply(mapHas, extra, [key]))) tell(nameOf(path, key));
  }
}
