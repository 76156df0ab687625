/** Type-checking a system: seconds and instantiations of `tsc` at 100 to 800 definitions, and the growth a doubling. */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { syntheticDsl } from '../../test/support/synthetic.ts';
import { root } from '../process.ts';
import { compared, median, type Row } from '../table.ts';

const sizes = [100, 200, 400, 500, 800];

export function run(): readonly Row[] {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-bench-'));
  try {
    mkdirSync(join(folder, 'node_modules'));
    symlinkSync(join(root, 'node_modules/zod'), join(folder, 'node_modules/zod'));
    symlinkSync(root, join(folder, 'node_modules/millrace'));
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
    const rows: Row[] = [];
    const seen = new Map<number, { seconds: number; instantiations: number }>();
    for (const size of sizes) {
      const file = `s${size}.dsl.ts`;
      writeFileSync(join(folder, file), syntheticDsl(size));
      const config = `tsconfig.${size}.json`;
      writeFileSync(
        join(folder, config),
        JSON.stringify({
          compilerOptions: {
            module: 'nodenext',
            target: 'es2024',
            strict: true,
            noEmit: true,
            skipLibCheck: true,
            types: [],
          },
          files: [file],
        }),
      );
      const runs = [0, 1, 2].map(() => measure(folder, config));
      const seconds = median(runs.map((one) => one.seconds));
      const instantiations = runs[0]?.instantiations ?? Number.NaN;
      seen.set(size, { seconds, instantiations });
      rows.push({ name: `tsc, ${size} definitions`, value: seconds, unit: 's (check time)' });
      const half = seen.get(size / 2);
      if (half === undefined)
        rows.push({ name: `instantiations, ${size} definitions`, value: instantiations, unit: '' });
      else {
        rows.push(
          compared(
            `instantiations, ${size} definitions`,
            instantiations,
            '',
            { name: `${size / 2} definitions`, value: half.instantiations },
            '<= 2.1',
          ),
        );
      }
    }
    return rows;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function measure(folder: string, config: string): { seconds: number; instantiations: number } {
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const { stdout, status } = spawnSync(process.execPath, [tsc, '-p', config, '--extendedDiagnostics'], {
    cwd: folder,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(stdout);
  const number = (label: string): number => Number(new RegExp(`${label}:\\s*([\\d.]+)`).exec(stdout)?.[1]);
  return { seconds: number('Check time'), instantiations: number('Instantiations') };
}
