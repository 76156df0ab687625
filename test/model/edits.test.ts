import { globSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { applyEdits, editsBetween, hashSystem, parseSystem, type Edit, type SystemModel } from 'millrace/model';
import { readSystem } from 'millrace/source';
import { seededRandom } from 'millrace/testing';
import { randomEdits } from '../support/random-edits.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const files = globSync(['dsl-examples/*/*.dsl.ts', 'test/language/*.dsl.ts'], { cwd: root });
const models = new Map<string, SystemModel>();

beforeAll(async () => {
  for (const file of files) {
    const { system } = await readSystem(file, { cwd: root });
    if (system === undefined) throw new Error(file);
    models.set(file, system);
  }
}, 60_000);

describe('random edits', () => {
  it('give a system that is one, and leave the one before as it was', () => {
    const done = new Map<Edit['op'], number>();
    let seed = 0;
    for (const [name, model] of models) {
      const before = JSON.stringify(model);
      for (let count = 0; count < 25; count += 1) {
        seed += 1;
        const { edits, model: after } = randomEdits(model, seededRandom(`edits ${seed}`), { count: 6 });
        for (const { op } of edits) done.set(op, (done.get(op) ?? 0) + 1);
        const what = `${name} with seed ${seed}: ${JSON.stringify(edits.map(({ op, path }) => `${op} ${path}`))}`;
        const { system, diagnostics } = parseSystem(structuredClone(after));
        expect(diagnostics, what).toEqual([]);
        expect(system && hashSystem(system), what).toBe(hashSystem(after));
        expect(applyEdits(model, edits).system, what).toEqual(after);
        const back = applyEdits(after, editsBetween(after, model));
        expect(back.diagnostics, what).toEqual([]);
        expect(back.system && hashSystem(back.system), what).toBe(hashSystem(model));
        const renames = edits.flatMap((edit) => (edit.op === 'rename' ? [edit] : []));
        const again = applyEdits(model, editsBetween(model, after, { renames }));
        expect(again.diagnostics, what).toEqual([]);
        expect(again.system && hashSystem(again.system), what).toBe(hashSystem(after));
      }
      expect(JSON.stringify(model)).toBe(before);
    }
    for (const op of ['add', 'remove', 'rename', 'move', 'set'] as const) expect(done.get(op), op).toBeGreaterThan(8);
  }, 180_000);
});
