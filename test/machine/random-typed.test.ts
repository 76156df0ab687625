/** What is printed for machines of every structure passes the strictest compiler. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import { printed } from '../support/compile-machine.ts';
import { randomStructure } from '../support/random-structure.ts';
import { sketchMachine } from '../support/sketch.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'millrace-random-typed-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('the modules of random machines pass the strictest compiler', () => {
  const seed = Number(process.env['MILLRACE_SEED'] ?? Date.now() % 1_000_000);
  // The contexts of machines and of states.
  const names = new Set<string>();
  mkdirSync(join(folder, 'machines'));
  for (const [index, sketch] of fc.sample(randomStructure, { numRuns: 30, seed }).entries()) {
    const name = `machine${index}`;
    const { imports, body } = printed(sketchMachine(name, sketch));
    writeFileSync(join(folder, 'machines', `${name}.ts`), `${imports}\n\n${body}`);
    for (const [, list = ''] of imports.matchAll(/^import (?:type )?\{([^}]*)\} from '\.\.\/contracts\.ts';/gms))
      for (const each of list.matchAll(/[\p{ID_Continue}$]+Context(?!\p{ID_Continue})/gu)) names.add(each[0]);
  }
  const contexts = [...names].map((name) => `export const ${name} = z.object({ n: z.number() });`);
  writeFileSync(join(folder, 'contracts.ts'), `import { z } from 'zod';\n${contexts.join('\n')}\n`);
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  const paths = { millrace: [`${root}src/dsl/index.ts`], 'millrace/*': [`${root}src/*/index.ts`] };
  const compilerOptions = {
    paths,
    noImplicitReturns: true,
    noPropertyAccessFromIndexSignature: true,
    allowUnreachableCode: false,
    typeRoots: [join(root, 'node_modules/@types')],
  };
  const config = { extends: join(root, 'tsconfig.json'), compilerOptions, include: ['machines/*.ts'] };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(config));
  const tsc = spawnSync(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', folder], {
    encoding: 'utf8',
  });
  expect(tsc.stdout, `MILLRACE_SEED=${seed}`).toBe('');
});
