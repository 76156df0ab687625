/**
 * `dsl compile` from nothing and with nothing to do, at 10, 100 and 1000 definitions, against bare Node; and TypeSpec's
 * compiler on the same number of definitions that say the same, in turn with ours.
 */
import { spawnSync } from 'node:child_process';
import { rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { syntheticDsl } from '../../test/support/synthetic.ts';
import { dsl, interleaved, type Command } from '../process.ts';
import { compared, type Row } from '../table.ts';
import { workspace } from '../workspace.ts';
import { installTypeSpec } from './peers/install.ts';
import { syntheticTsp } from './peers/synthetic-tsp.ts';

const targets = { 10: '<= 12', 100: '<= 15', 1000: '<= 40' } as const;

export function run(): readonly Row[] {
  using project = workspace();
  const { folder } = project;
  const typespec = installTypeSpec();
  if (typespec !== undefined) symlinkSync(join(typespec, '@typespec'), join(folder, 'node_modules/@typespec'));
  const rows: Row[] = [];
  const colds: number[] = [];
  for (const [size, target] of Object.entries(targets)) {
    const file = `s${size}.dsl.ts`;
    const out = `out${size}`;
    writeFileSync(join(folder, file), syntheticDsl(Number(size)));
    const args = [dsl, 'compile', file, '--out', out];
    // Every task has its file: what is missing would be told, and looked up, each time.
    spawnSync(process.execPath, [...args, '--stubs'], { cwd: folder });
    const [bare = Number.NaN, cold = Number.NaN, unchanged = Number.NaN, tsp] = interleaved(
      [
        { name: 'node -e 0', args: ['-e', '0'] },
        {
          name: `compile ${size}`,
          args,
          cwd: folder,
          before: () => rmSync(join(folder, out), { recursive: true, force: true }),
        },
        { name: `compile ${size}, unchanged`, args, cwd: folder },
        ...(typespec === undefined ? [] : [tspCompile(typespec, folder, Number(size))]),
      ],
      size === '1000' ? 5 : 11,
    );
    const base = { name: 'node -e 0', value: bare };
    if (rows.length === 0) rows.push({ ...base, unit: 'ms' });
    rows.push(compared(`cold, ${size} definitions`, cold, 'ms', base, target));
    rows.push(compared(`unchanged, ${size} definitions`, unchanged, 'ms', base, '<= 2'));
    colds.push(cold);
    const ours = { name: `cold, ${size} definitions`, value: cold };
    if (tsp !== undefined) rows.push(compared(`tsp compile + openapi3, ${size} definitions`, tsp, 'ms', ours, '>= 2'));
  }
  return [...rows, ...growth(colds)];
}

/** TypeSpec's compiler with its OpenAPI emitter, which keeps nothing from one run to the next. */
function tspCompile(nodeModules: string, folder: string, size: number): Command {
  const file = `s${size}.tsp`;
  const out = join(folder, `tsp${size}`);
  writeFileSync(join(folder, file), syntheticTsp(size));
  const tsp = join(nodeModules, '@typespec/compiler/cmd/tsp.js');
  const args = [tsp, 'compile', file, '--emit', '@typespec/openapi3', '--output-dir', out];
  return { name: `tsp ${size}`, args, cwd: folder, before: () => rmSync(out, { recursive: true, force: true }) };
}

/** What twice as many definitions cost, from the first size that is more than starting up. */
function growth([, from = Number.NaN, to = Number.NaN]: readonly number[]): readonly Row[] {
  const of = { name: 'half as many definitions', value: 1 };
  return [compared('cold, a doubling between 100 and 1000', (to / from) ** (1 / Math.log2(10)), 'x', of, '<= 2.2')];
}
