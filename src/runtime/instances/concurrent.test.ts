import { fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as fc from 'fast-check';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { MachineModule, Snapshot } from 'millrace/machine';
import { silentLogger } from 'millrace/tasks';
import { Client, ReactiveSystemRuntime, type Reader } from '../index.ts';
import { letters, lettersSystem } from '../fixtures/letters-system.ts';

const child = fileURLToPath(new URL('../fixtures/letters-child.ts', import.meta.url));
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'millrace-concurrent-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Letter {
  readonly id: string;
  readonly from: string;
  readonly n: number;
}

/** What the instances must look like when the events of the log are taken one after the other, each to its end. */
function sequentially(reader: Reader): Map<string, Snapshot<unknown>[]> {
  const module: MachineModule<unknown> = letters.module;
  const instances = new Map<string, Snapshot<unknown>[]>();
  for (const { name, payload, time } of reader.events().toReversed()) {
    const { id } = payload as Letter;
    const scope = { instanceId: id, now: time };
    const steps = instances.get(id) ?? [module.start(letters.context.parse({}), scope).snapshot];
    instances.set(id, steps);
    const step = module.send(steps.at(-1) as Snapshot<unknown>, { name, payload }, scope);
    if (step.handled) steps.push(step.snapshot);
  }
  return instances;
}

/** The engine did what the sequence does, entry by entry, and kept the order of each sender. */
function check(reader: Reader): void {
  const expected = sequentially(reader);
  expect(
    reader
      .instances()
      .map(({ id }) => id)
      .sort(),
  ).toEqual([...expected.keys()].sort());
  for (const [id, steps] of expected) {
    const history = reader.history('letters', id).toReversed();
    expect(history.map(({ to, context }) => [to, context])).toEqual(
      steps.map(({ state, context }) => [state, context]),
    );
    expect(history.slice(1).map(({ from }) => from)).toEqual(history.slice(0, -1).map(({ to }) => to));
  }
  const newest = new Map<string, number>();
  for (const { payload } of reader.events().toReversed()) {
    const { from, n } = payload as Letter;
    expect(n).toBeGreaterThan(newest.get(from) ?? -1);
    newest.set(from, n);
  }
}

it('takes what several clients send at once one after the other, and each in its order', async () => {
  let count = 0;
  const letter = fc.tuple(fc.constantFrom('a', 'b', 'c'), fc.constantFrom('X', 'Y'));
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(letter, { minLength: 1, maxLength: 25 }), { minLength: 2, maxLength: 4 }),
      async (senders) => {
        const db = join(folder, `${count++}.db`);
        const runtime = new ReactiveSystemRuntime(lettersSystem, { db, logger: silentLogger });
        const clients = senders.map((_, index) => (index === 0 ? runtime : new Client(lettersSystem, { db })));
        const sent = await Promise.all(
          clients.flatMap((client, index) =>
            (senders[index] ?? []).map(([event, id], n) => client.sendEvent(event, { id, from: String(index), n })),
          ),
        );
        check(runtime.reader);
        const taken = runtime.instances().reduce((sum, { changes }) => sum + changes - 1, 0);
        expect(sent.filter((result) => result.handled)).toHaveLength(taken);
        for (const client of clients.toReversed()) await client.close();
      },
    ),
    { numRuns: Number(process.env['CONCURRENT_RUNS'] ?? 8), seed: 7 },
  );
}, 60_000);

it('does so for several processes', async () => {
  const db = join(folder, 'many.db');
  const runtime = new ReactiveSystemRuntime(lettersSystem, { db, logger: silentLogger });
  await runtime.idle();
  const codes = await Promise.all(
    ['p', 'q', 'r'].map(
      (name) =>
        new Promise((resolve) => {
          fork(child, [db, name, '60'], { execArgv: ['--import', 'tsx'] }).once('exit', resolve);
        }),
    ),
  );
  expect(codes).toEqual([0, 0, 0]);
  expect(runtime.reader.events()).toHaveLength(180);
  check(runtime.reader);
  await runtime.close();
}, 60_000);
