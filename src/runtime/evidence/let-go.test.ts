import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { taskContract } from 'millrace/flow';
import { openSqlite } from 'millrace/store';
import { anyFlow, anyTask, at, code } from '../fixtures/bind.ts';
import { open } from '../fixtures/noting-tasks.ts';

const job = taskContract('job', {
  input: z.number(),
  output: z.string(),
  policy: {},
  evidence: { claims: [{ kind: 'fileExists', options: { path: ({ output }) => output } }] },
  source: 'test.dsl.ts:1:1',
});
const [gate, back] = [anyTask('gate'), anyTask('back')];

/** A run with a long loop, whose process has died after it; rounds with an undo are not let go. */
async function left() {
  const folder = mkdtempSync(join(tmpdir(), 'millrace-let-go-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const store = openSqlite(':memory:');
  const ran: number[] = [];
  let closed = true;
  const parts = {
    tasks: [
      code(job, (n: number) => {
        ran.push(n);
        writeFileSync(join(folder, String(n)), '');
        return join(folder, String(n));
      }),
      code(back, () => {}),
      code(gate, (_: never, { signal }) =>
        closed ? new Promise((_done, fail) => signal.addEventListener('abort', () => fail(new Error('x')))) : 'through',
      ),
    ],
    flows: [
      anyFlow('f', async (host) => {
        await host.repeat(
          'rep',
          async (part, round) => {
            await part.step('s', () => job(round), at);
            if (round === 2) part.undo('s', () => back(), at);
          },
          (_, round) => round === 39,
          { ...at, max: 100 },
        );
        return host.step('gate', () => gate(), at);
      }),
    ],
  };
  const begin = () => open(parts, { store, db: undefined, compactAfter: 20 });
  const first = begin();
  const { runId } = await first.start('f');
  await expect.poll(() => first.reader.steps(runId).at(-1)?.path).toBe('gate');
  first.abandon();
  store.transaction((tx) => tx.owner.release());
  expect(ran.splice(0)).toHaveLength(40);
  expect(store.tables.journal.of(runId).some(({ path }) => path === 'rep[2]/s/~evidence')).toBe(true);
  expect(store.tables.journal.of(runId).some(({ path }) => path === 'rep[3]/s')).toBe(false);
  closed = false;
  return { folder, store, ran, begin, runId };
}

it('a sound run goes on, though rounds of its loop with evidence were let go', async () => {
  const { ran, begin, runId } = await left();
  const second = begin();
  expect((await second.result(runId)).status).toBe('completed');
  expect(ran).toEqual([]);
  await second.close();
});

it('a run goes back to the whole loop where the evidence of a round that was let go does not hold', async () => {
  const { folder, store, ran, begin, runId } = await left();
  for (const name of readdirSync(folder)) rmSync(join(folder, name));
  const second = begin();
  expect((await second.result(runId)).status).toBe('completed');
  expect(ran).toEqual(Array.from({ length: 40 }, (_, n) => n));
  expect(existsSync(join(folder, '39'))).toBe(true);
  const last = store.tables.journal.of(runId).filter(({ kind }) => kind === 'rewound');
  expect(last.at(-1)?.path).toBe('rep');
  await second.close();
});
