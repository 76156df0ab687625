const words = (text: string): readonly string[] => text.trim().split(/\s+/);

/** Globals that may be handed on as a whole: nothing but themselves is reached through them. */
export const free: ReadonlySet<string> = new Set(
  words(`undefined NaN Infinity String Number Boolean BigInt parseInt parseFloat isNaN isFinite encodeURI encodeURIComponent
  decodeURI decodeURIComponent atob btoa structuredClone setTimeout clearTimeout setImmediate clearImmediate queueMicrotask
  Error TypeError RangeError SyntaxError ReferenceError EvalError URIError AggregateError DOMException`),
);

/** Globals that may be called, made, compared and asked for members, but not handed on: that would give them other names. */
export const tools: ReadonlySet<string> = new Set(
  words(`Object Array Promise Math JSON Date Map Set WeakMap WeakSet RegExp Symbol Intl Temporal Iterator URL URLSearchParams
  URLPattern TextEncoder TextDecoder AbortController AbortSignal Headers Request Response FormData Blob Buffer ArrayBuffer
  DataView Uint8Array Int8Array Uint16Array Int16Array Uint32Array Int32Array Float16Array Float32Array Float64Array
  Uint8ClampedArray BigUint64Array BigInt64Array crypto`),
);

/** The members of globals that are asked for; of those that are not here, all but what is in `clocks` and `nobody`. */
export const members: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  [
    ['Object', 'keys values entries fromEntries assign create freeze isFrozen is hasOwn groupBy'],
    ['Symbol', 'iterator asyncIterator toStringTag hasInstance description'],
    ['Error', 'isError'],
    ['crypto', 'subtle'],
    ['Buffer', 'from alloc concat compare byteLength isBuffer isEncoding'],
    ['structuredClone', ''],
    ['setTimeout', ''],
  ].map(([name = '', list = '']) => [name, new Set(words(list))]),
);

/** What differs each time. */
export const clocks: ReadonlyMap<string, string> = new Map([
  ['Date.now', 'ctx.now()'],
  ['Temporal.Now', 'ctx.now()'],
  ['Math.random', 'ctx.newId(), or take what is random from the input'],
  ['crypto.randomUUID', 'ctx.newId()'],
  ['crypto.getRandomValues', 'ctx.newId()'],
]);

/** Members that nobody asks for: from any value they lead to everything. */
export const nobody: ReadonlySet<string> = new Set(
  words(
    `constructor prototype __proto__ __defineGetter__ __defineSetter__ __lookupGetter__ __lookupSetter__ caller callee`,
  ),
);

/** What of modules may be imported by name, where that is not all of it. */
export const importable: ReadonlyMap<string, ReadonlySet<string>> = new Map(
  [
    ['node:crypto', 'createHash createHmac hash timingSafeEqual createVerify verify createPublicKey'],
    ['node:buffer', 'Buffer'],
    ['node:path', '*'],
    ['node:path/posix', '*'],
    ['node:querystring', '*'],
    ['node:url', 'URL URLSearchParams domainToASCII domainToUnicode'],
    ['node:util', 'isDeepStrictEqual format stripVTControlCharacters TextEncoder TextDecoder types'],
    ['node:assert', '*'],
    ['node:assert/strict', '*'],
    ['node:string_decoder', 'StringDecoder'],
    // The rest runs attempts, opens the world and reads files, past what a task declares.
    ['millrace/tasks', 'implement NonRetryableError'],
    ['zod', 'z'],
  ].map(([name = '', list = '']) => [name, new Set(words(list))]),
);

/** Why a global is not given, and what to write instead. */
export function insteadOf(name: string): string | undefined {
  switch (name) {
    case 'fetch':
      return 'Use ctx.fetch, and declare the host in the task’s needs.'.replace('’', "'");
    case 'process':
      return 'Variables of the environment come from ctx.env; everything else of the process is not for tasks.';
    case 'console':
      return 'Log with ctx.logger.';
    case 'performance':
      return 'The time is ctx.now().';
    case 'setInterval':
      return 'Use a loop that awaits: what still runs after the answer is ignored.';
    case 'Reflect':
    case 'Proxy':
      return 'Read and write members by their names.';
    case 'require':
      return 'Use import.';
    default:
      return undefined;
  }
}

/** Globals that make code from text, or are everything at once. */
export const dynamic: ReadonlySet<string> = new Set(
  words(
    'eval Function globalThis global window self require module exports Reflect Proxy WebAssembly Atomics SharedArrayBuffer WeakRef FinalizationRegistry',
  ),
);

/** Methods that change what they are called on. */
export const changing: ReadonlySet<string> = new Set(
  words(`push pop shift unshift splice sort reverse fill copyWithin set add delete clear append setTime setDate setMonth
  setFullYear setHours setMinutes setSeconds setMilliseconds`),
);

/** Members of zod that change it for everybody, make code out of texts, or lead to what does. */
export const withinZod: ReadonlySet<string> = new Set(
  words('core util config globalConfig globalRegistry registry setErrorMap getErrorMap locales z default'),
);

/** Methods that call what they are given first. */
export const calls: ReadonlySet<string> = new Set(
  words(`map forEach filter some every find findIndex findLast findLastIndex flatMap reduce reduceRight sort toSorted then
  catch finally`),
);
