/** What JavaScript itself gives to every expression. */
export const globals: ReadonlySet<string> = new Set(
  `undefined NaN Infinity globalThis Object Array String Number Boolean BigInt Symbol Math JSON Date RegExp Error
  TypeError RangeError SyntaxError ReferenceError EvalError URIError Map Set WeakMap WeakSet Promise Proxy Reflect
  parseInt parseFloat isNaN isFinite encodeURIComponent decodeURIComponent encodeURI decodeURI structuredClone
  Intl ArrayBuffer DataView Int8Array Uint8Array Int16Array Uint16Array Int32Array Uint32Array Float32Array
  Float64Array console`.split(/\s+/),
);
