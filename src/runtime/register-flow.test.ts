import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import { event, flow, task } from '../dsl/index.ts';
import { eventContract, taskContract } from '../flow/index.ts';
import { implement, silentLogger, type BoundSystem } from '../tasks/index.ts';
import { ReactiveSystemRuntime } from './index.ts';

// The system knows only contracts; the flow is written in the language, by somebody who comes later.
const source = 'a.dsl.ts:1:1';
const double = taskContract('double', { input: z.number(), output: z.number(), policy: {}, source });
const go = eventContract('go', { payload: z.object({ id: z.string(), n: z.number() }), ttl: '7d', source });
const system: BoundSystem = {
  kind: 'bound-system',
  name: 'late',
  version: '1.0.0',
  hash: '',
  source: 'a.dsl.ts',
  events: { go },
  tasks: { double },
  flows: {},
  machines: {},
  implementations: { double: implement(double, (n) => n * 2) },
};
const late = {
  double: task('double', { input: z.number(), output: z.number() }),
  go: event('go', { payload: z.object({ id: z.string(), n: z.number() }) }),
};
const sum = flow('sum', { input: z.object({ id: z.string(), list: z.array(z.number()) }), output: z.number() }, (f) =>
  f
    .map(
      'doubled',
      ({ input }) => input.list,
      (f) => f.step('one', ({ item }) => late.double(item)),
    )
    .waitFor('more', late.go, { match: { id: ({ input }) => input.id }, timeout: '1h' })
    .returns(({ doubled, more }) => doubled.reduce((a, b) => a + b, more.n)),
);

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'millrace-late-'))));
afterEach(() => rmSync(folder, { recursive: true, force: true }));
const open = () => new ReactiveSystemRuntime(system, { db: join(folder, 'late.db'), logger: silentLogger });

it('runs a flow that was declared in the language and registered at run time, also after a restart', async () => {
  const first = open();
  first.registerFlow(sum);
  const { runId } = await first.start('sum', { id: 'x', list: [1, 2] });
  await first.idle();
  await first.close();

  const second = open();
  await second.idle();
  expect(second.status(runId)?.status).toBe('waiting');
  second.registerFlow(sum);
  await second.sendEvent('go', { id: 'x', n: 100 });
  expect((await second.result(runId)).output).toBe(106);
  await second.close();
});

it('refuses a flow that needs what the system does not have', async () => {
  const runtime = open();
  const unknown = event('unknown', { payload: z.object({}) });
  expect(() =>
    runtime.registerFlow(flow('bad', { input: z.void() }, (f) => f.waitFor('w', unknown, { match: {} }))),
  ).toThrow(expect.objectContaining({ code: 'MR3290' }));
  expect(() =>
    runtime.registerFlow(flow('served', { input: z.void(), http: 'POST /served' }, (f) => f.sleep('s', '1s'))),
  ).toThrow(expect.objectContaining({ code: 'MR3291' }));
  await runtime.close();
});
