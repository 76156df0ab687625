/** Why a global has no place in a pure lambda. */
export interface Impurity {
  readonly code: string;
  /** Completes "uses `x`, which …". */
  readonly why: string;
  readonly hint: string;
}

const clock: Impurity = {
  code: 'MR1401',
  why: 'reads the clock',
  hint: 'Take `now` from the scope: milliseconds since 1970, recorded, the same in every replay.',
};
const random: Impurity = {
  code: 'MR1402',
  why: 'is different each time',
  hint: 'Make the random value in a task: its result is recorded. For ids use `runId` or `instanceId` of the scope.',
};
const world: Impurity = {
  code: 'MR1403',
  why: 'reaches the world outside',
  hint: 'Do this in a task: its result is recorded, and it may be retried.',
};
const waiting: Impurity = {
  code: 'MR1404',
  why: 'does its work later',
  hint: 'A lambda gives its value at once. Whatever takes time is a task.',
};
const timers: Impurity = {
  code: 'MR1409',
  why: 'sets a timer',
  hint: 'Use `sleep` or a `timeout` in a flow, `after` or a delayed `send` in a machine: they survive a restart.',
};
const hidden: Impurity = {
  code: 'MR1410',
  why: 'can reach anything',
  hint: 'Name what you need: a constant, a function of this file or an import.',
};

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

const impure = new Map<string, Impurity>();
for (const name of words('performance')) impure.set(name, clock);
for (const name of words('crypto')) impure.set(name, random);
for (const name of words(`process console fetch XMLHttpRequest WebSocket EventSource require module exports __dirname __filename
  localStorage sessionStorage indexedDB document navigator location history alert confirm prompt Bun Deno Worker SharedWorker
  BroadcastChannel MessageChannel Request Response`))
  impure.set(name, world);
for (const name of words('Promise AbortController AbortSignal')) impure.set(name, waiting);
for (const name of words(`setTimeout setInterval setImmediate clearTimeout clearInterval clearImmediate queueMicrotask
  requestAnimationFrame requestIdleCallback`))
  impure.set(name, timers);
for (const name of words(
  'globalThis global window self eval Function WeakRef FinalizationRegistry SharedArrayBuffer Atomics',
))
  impure.set(name, hidden);

const pure = new Set(
  words(`undefined NaN Infinity Object Array String Number Boolean BigInt Symbol Math JSON Map Set WeakMap WeakSet RegExp Date
  Error TypeError RangeError SyntaxError ReferenceError EvalError URIError AggregateError isNaN isFinite parseInt parseFloat
  encodeURI encodeURIComponent decodeURI decodeURIComponent escape unescape Intl structuredClone URL URLSearchParams URLPattern
  TextEncoder TextDecoder atob btoa Reflect Proxy Iterator Buffer Temporal ArrayBuffer DataView Int8Array Uint8Array
  Uint8ClampedArray Int16Array Uint16Array Int32Array Uint32Array Float16Array Float32Array Float64Array BigInt64Array BigUint64Array`),
);

/** What is wrong with a global; `undefined` when it is pure, `'unknown'` when there is no such global that we know. */
export function judgeGlobal(name: string): Impurity | 'unknown' | undefined {
  return impure.get(name) ?? (pure.has(name) ? undefined : 'unknown');
}

const members = new Map<string, Impurity>([
  ['Date.now', clock],
  ['Temporal.Now', clock],
  ['Math.random', random],
  ['Array.fromAsync', waiting],
]);

/** What is wrong with one member of a global that is pure otherwise. */
export function judgeMember(object: string, member: string): Impurity | undefined {
  return members.get(`${object}.${member}`);
}

const wholes = new Map<string, Impurity>([
  ['Date', clock],
  ['Temporal', clock],
  ['Math', random],
]);

/** What could be done, unseen, with a global that is handed on as a whole. */
export function judgeWhole(name: string): Impurity | undefined {
  return wholes.get(name);
}

/** What is wrong with `new Date()` and `Date()`. */
export const currentDate = clock;
/** What is wrong with `await`, `async` and friends. */
export const asynchronous = waiting;
/** What is wrong with `import()` and `import.meta`. */
export const outside = world;

const builtins = new Set(
  words(`assert async_hooks buffer child_process cluster console constants crypto dgram diagnostics_channel dns domain events fs http
  http2 https inspector module net os path perf_hooks process punycode querystring readline repl sea sqlite stream string_decoder test
  timers tls trace_events tty url util v8 vm wasi worker_threads zlib`),
);
const pureBuiltins = new Set(words('assert buffer path punycode querystring string_decoder url util crypto'));
const randomNames = /^(random|generate|getRandom|webcrypto|subtle|createDiffieHellman|createECDH)/;

/** What is wrong with a name imported from a module of Node. */
export function judgeImport(from: string, imported: string): Impurity | undefined {
  const name = from.replace(/^node:/, '').split('/')[0] ?? '';
  if (!from.startsWith('node:') && !builtins.has(name)) return undefined;
  if (name === 'crypto') return randomNames.test(imported) ? random : undefined;
  if (pureBuiltins.has(name)) return undefined;
  if (name === 'perf_hooks') return clock;
  return name === 'timers' ? timers : world;
}
