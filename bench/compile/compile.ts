/** `dsl compile` from nothing and with nothing to do, at 10, 100 and 1000 definitions, against bare Node. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { syntheticDsl } from '../../test/support/synthetic.ts';
import { dsl, interleaved, root } from '../process.ts';
import { compared, type Row } from '../table.ts';

const targets = { 10: '<= 12', 100: '<= 15', 1000: '<= 40' } as const;

export function run(): readonly Row[] {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-bench-'));
  try {
    mkdirSync(join(folder, 'node_modules'));
    symlinkSync(join(root, 'node_modules/zod'), join(folder, 'node_modules/zod'));
    symlinkSync(root, join(folder, 'node_modules/millrace'));
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
    const rows: Row[] = [];
    for (const [size, target] of Object.entries(targets)) {
      const file = `s${size}.dsl.ts`;
      const out = `out${size}`;
      writeFileSync(join(folder, file), syntheticDsl(Number(size)));
      const args = [dsl, 'compile', file, '--out', out];
      // Every task has its file: what is missing would be told, and looked up, each time.
      spawnSync(process.execPath, [...args, '--stubs'], { cwd: folder });
      const [bare = Number.NaN, cold = Number.NaN, unchanged = Number.NaN] = interleaved(
        [
          { name: 'node -e 0', args: ['-e', '0'] },
          {
            name: `compile ${size}`,
            args,
            cwd: folder,
            before: () => rmSync(join(folder, out), { recursive: true, force: true }),
          },
          { name: `compile ${size}, unchanged`, args, cwd: folder },
        ],
        size === '1000' ? 5 : 11,
      );
      const base = { name: 'node -e 0', value: bare };
      if (rows.length === 0) rows.push({ ...base, unit: 'ms' });
      rows.push(compared(`cold, ${size} definitions`, cold, 'ms', base, target));
      rows.push(compared(`unchanged, ${size} definitions`, unchanged, 'ms', base, '<= 2'));
    }
    return rows;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
