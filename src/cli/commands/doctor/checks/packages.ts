import { createRequire } from 'node:module';
import { join } from 'node:path';
import type { Check } from '../check.ts';

/** Can the project import what its `.dsl.ts` files and its generated code import? */
export const packages: Check = (_io, config) => {
  const require = createRequire(join(config.root, 'package.json'));
  const missing = ['millrace', 'zod'].filter((name) => {
    try {
      require.resolve(`${name}/package.json`);
      return false;
    } catch {
      return true;
    }
  });
  return missing.length === 0
    ? { name: 'packages', status: 'ok', message: 'millrace and zod are installed' }
    : {
        name: 'packages',
        status: 'problem',
        message: `not installed: ${missing.join(', ')}`,
        hint: `npm i ${missing.join(' ')}`,
      };
};
