import { expect, it } from 'vitest';
import { openMemory } from 'millrace/store';
import { silentLogger } from 'millrace/tasks';
import { ReactiveSystemRuntime } from './index.ts';
import { anyEvent, anyFlow, at, bind } from './fixtures/bind.ts';

const go = anyEvent('go');
const inner = anyFlow('inner', (host) => host.receive('go', go, at));
const outer = anyFlow('outer', (host) => host.child('in', () => ({ contract: inner.contract, input: null }), at));

it('a run that is taken out of memory while it waits for another one does not take that one along', async () => {
  const store = openMemory();
  const system = bind({ flows: [outer, inner], events: [go] });
  const runtime = new ReactiveSystemRuntime(system, { store, logger: silentLogger, resident: 0 });
  for (let count = 0; count < 5; count++) await runtime.start('outer', undefined, { id: `r${count}` });
  await runtime.idle();
  expect(runtime.list().map(({ status }) => status)).toEqual(Array.from({ length: 10 }, () => 'waiting'));
  await runtime.sendEvent('go', 1);
  expect(await runtime.result('r0')).toMatchObject({ status: 'completed', output: 1 });
  await runtime.close();
});
