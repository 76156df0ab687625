/** Words that cannot name a variable in a module. */
export const reservedWords: ReadonlySet<string> = new Set(
  (
    'arguments await break case catch class const continue debugger default delete do else enum eval export extends ' +
    'false finally for function if implements import in instanceof interface let new null package private protected ' +
    'public return static super switch this throw true try typeof var void while with yield undefined NaN Infinity'
  ).split(' '),
);

/**
 * Globals that a lambda of the source may mean. A variable of ours never takes such a name: it would catch the
 * lambda's. Written out, so that the output does not depend on the Node that compiles.
 */
export const globalNames: ReadonlySet<string> = new Set(
  (
    'AbortController AbortSignal AggregateError Array ArrayBuffer AsyncDisposableStack Atomics BigInt BigInt64Array ' +
    'BigUint64Array Blob Boolean Buffer BroadcastChannel CompressionStream CryptoKey CustomEvent DOMException DataView ' +
    'Date DecompressionStream DisposableStack Error EvalError Event EventSource EventTarget File FinalizationRegistry ' +
    'Float16Array Float32Array Float64Array FormData Function Headers Int16Array Int32Array Int8Array Intl Iterator ' +
    'JSON Map Math MessageChannel MessageEvent MessagePort Number Object Performance Promise Proxy RangeError ' +
    'ReadableStream Reflect RegExp Request Response Set SharedArrayBuffer String SubtleCrypto SuppressedError Symbol ' +
    'SyntaxError TextDecoder TextEncoder TransformStream TypeError URIError URL URLPattern URLSearchParams Uint16Array ' +
    'Uint32Array Uint8Array Uint8ClampedArray WeakMap WeakRef WeakSet WebAssembly WebSocket WritableStream ' +
    'atob btoa clearImmediate clearInterval clearTimeout console crypto decodeURI decodeURIComponent document ' +
    'encodeURI encodeURIComponent escape exports fetch global globalThis isFinite isNaN localStorage navigator ' +
    'parseFloat parseInt performance process queueMicrotask reportError sessionStorage setImmediate setInterval ' +
    'setTimeout structuredClone unescape window ' +
    // Types of the standard library that an annotation in a lambda may name.
    'Awaited Capitalize ConstructorParameters Exclude Extract InstanceType Iterable IteratorObject NoInfer NonNullable ' +
    'Omit Parameters Partial Pick PromiseLike PropertyKey Readonly ReadonlyArray ReadonlyMap ReadonlySet Record ' +
    'Required ReturnType ThisType Uncapitalize Uppercase Lowercase'
  ).split(' '),
);
