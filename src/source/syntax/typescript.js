/**
 * The TypeScript that ts-morph brings along, without ts-morph itself: reading needs no more than the parser, and the rest
 * takes as long again to load. It is the same object that ts-morph exports as `ts`.
 */
import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

function load() {
  try {
    return createRequire(require.resolve('ts-morph'))('@ts-morph/common/dist/typescript.js');
  } catch (error) {
    if (error.code !== 'MODULE_NOT_FOUND') throw error;
    return require('ts-morph').ts;
  }
}

export const ts = load();
