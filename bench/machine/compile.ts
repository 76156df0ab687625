import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { compileSystem } from 'millrace/compiler';
import type { CompiledMachine } from 'millrace/machine';
import { loadSystemFromDsl } from 'millrace/source';
import { root } from '../process.ts';

/** The machines of `machines.dsl.ts`, compiled into a folder that is gone after `use`. */
export async function withCompiled<T>(use: (machines: Compiled) => T | Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-bench-'));
  try {
    mkdirSync(join(folder, 'node_modules'));
    for (const [name, target] of [
      ['zod', join(root, 'node_modules/zod')],
      ['millrace', root],
    ] as const) {
      symlinkSync(target, join(folder, 'node_modules', name));
    }
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
    const sourcePath = fileURLToPath(new URL('machines.dsl.ts', import.meta.url));
    const model = await loadSystemFromDsl(sourcePath);
    const { files } = compileSystem(model, {
      outDir: folder,
      sourcePath,
      tasksDir: join(folder, 'tasks'),
      toolVersion: 'bench',
    });
    for (const { path, text } of files) {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    const { lamp } = (await import(pathToFileURL(join(folder, 'machines/lamp.ts')).href)) as { lamp: Compiled['lamp'] };
    const { meter } = (await import(pathToFileURL(join(folder, 'machines/meter.ts')).href)) as {
      meter: Compiled['meter'];
    };
    const { desk } = (await import(pathToFileURL(join(folder, 'machines/desk.ts')).href)) as { desk: Compiled['desk'] };
    return await use({ lamp, meter, desk, folder });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export interface Compiled {
  readonly lamp: CompiledMachine<object>;
  readonly meter: CompiledMachine<{ readonly total: number; readonly rounds: number }>;
  readonly desk: CompiledMachine<{ readonly total: number; readonly rounds: number }>;
  readonly folder: string;
}
