import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './process.ts';

/** A project of its own for one benchmark, with Millrace and zod installed. Removed by `using`. */
export function workspace(): { readonly folder: string } & Disposable {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-bench-'));
  mkdirSync(join(folder, 'node_modules'));
  symlinkSync(join(root, 'node_modules/zod'), join(folder, 'node_modules/zod'));
  symlinkSync(root, join(folder, 'node_modules/millrace'));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  return { folder, [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }) };
}
