/** Modules of Node that reach nothing outside of the process: what stays an import in a stage. */
export const harmless: ReadonlySet<string> = new Set(
  [
    'assert',
    'assert/strict',
    'buffer',
    'crypto',
    'path',
    'path/posix',
    'punycode',
    'querystring',
    'string_decoder',
    'url',
    'util',
    'util/types',
  ].map((name) => `node:${name}`),
);
