import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { exportXstate, importScxml, importXstate } from 'millrace/convert';
import type { SystemModel } from 'millrace/model';
import { printSystem, readSystem } from 'millrace/source';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { root, typeCheck, type TypeCheck } from '../support/type-check.ts';

const folder = join(root, '.millrace/printed-types');
const suite = join(root, 'node_modules/@scion-scxml/test-framework/test');
let checked: TypeCheck;

/** States in one another, and a way out of the innermost. */
function nested(names: string): object {
  const [first = '', ...rest] = names;
  const inner = rest.length === 0 ? { on: { STOP: '#light.red' } } : nested(rest.join(''));
  return { initial: first, states: { [first]: inner } };
}

beforeAll(async () => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const write = (name: string, model: SystemModel | undefined): void => {
    if (model === undefined) throw new Error(`${name}: no model`);
    writeFileSync(join(folder, `${name}.dsl.ts`), printSystem(model).text ?? '');
  };
  const examples = ['orders', 'review', 'ingest', 'releases'].map((name) => `dsl-examples/${name}/${name}.dsl.ts`);
  for (const path of [...examples, 'test/language/everything.dsl.ts']) {
    const { system } = await readSystem(join(root, path));
    write(basename(path, '.dsl.ts'), system);
    for (const machine of Object.values(system?.machines ?? {}))
      writeFileSync(
        join(folder, `${basename(path, '.dsl.ts')}-${machine.name}.xstate.ts`),
        exportXstate(machine, system as SystemModel).text,
      );
  }
  const light = {
    id: 'light',
    context: { count: 0 },
    initial: 'red',
    on: { RESET: '.red', '*': { actions: 'note' } },
    states: {
      red: { after: { 30_000: { target: 'green', guard: { type: 'isDay', params: { hour: 6 } } }, later: 'green' } },
      green: { invoke: { src: 'sensor', onDone: { target: 'red', actions: 'count' } }, ...nested('abcdef') },
    },
  };
  write('light', importXstate(light).model);
  for (const name of ['parallel/test1', 'history/history4', 'delayedSend/send1', 'hierarchy+documentOrder/test1']) {
    const file = join(suite, `${name}.scxml`);
    write(name.replaceAll(/\W/g, '-'), importScxml(readFileSync(file, 'utf8'), { file }).model);
  }
  const compilerOptions = {
    paths: { millrace: ['../../src/dsl/index.ts'], 'millrace/*': ['../../src/*/index.ts'] },
    noUnusedLocals: false,
  };
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ extends: '../../tsconfig.json', compilerOptions, include: ['*.ts'], exclude: [] }),
  );
  checked = await typeCheck(join(folder, 'tsconfig.json'));
}, 180_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('what is printed type-checks: systems, imports, XState modules', () => {
  expect(checked.errors).toEqual([]);
});
