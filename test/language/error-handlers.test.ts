/** What docs/language.md says under "When something fails": an error is matched, and retried, answered by another task, passed over, told, or ends the flow. */
import { join } from 'node:path';
import { ReactiveSystemRuntime, type FlowResult } from 'millrace/runtime';
import { loadSystemFromDsl } from 'millrace/source';
import { silentLogger, type BoundSystem } from 'millrace/tasks';
import { SimulatedClock } from 'millrace/testing';
import { afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { root } from '../support/type-check.ts';

let system: BoundSystem;
let runtime: ReactiveSystemRuntime;
let clock: SimulatedClock;
let did: string[];

beforeAll(async () => {
  system = await loadSystemFromDsl(join(root, 'test/language/error-handlers.dsl.ts'), { live: true });
});

const fail = (code: string, retryable: boolean): never => {
  throw Object.assign(new Error(`it is ${code}`), { code, retryable });
};

beforeEach(() => {
  did = [];
  clock = new SimulatedClock({ settle: () => runtime.idle() });
  runtime = new ReactiveSystemRuntime(system, { db: ':memory:', clock, logger: silentLogger });
  runtime.registerTaskImplementations({
    card: ({ card }: { readonly card: string }, { attempt }) => {
      did.push(`card ${attempt}`);
      if (card === 'busy' && attempt < 3) fail('BUSY', true);
      if (card === 'over its limit') fail('OVER_LIMIT', false);
      if (card === 'stolen') fail('STOLEN', false);
      return 'paid';
    },
    book: () => (did.push('book'), 'entry'),
    unbook: ({ what }: { readonly what: string }) => void did.push(`unbook ${what}`),
    transfer: () => (did.push('transfer'), 'sent'),
    tell: ({ who, what }: { readonly who: string; readonly what: string }) => {
      if (who === 'nobody') fail('NOBODY', false);
      did.push(`tell ${who} ${what}`);
    },
  });
});
afterEach(() => runtime.close());

async function run(flow: string, card: string): Promise<FlowResult> {
  const { runId } = await runtime.start(flow, { id: 'i1', card });
  await clock.runUntilIdle();
  return runtime.result(runId);
}

it('retry: a try that may succeed later is made again', async () => {
  expect(await run('collect', 'busy')).toMatchObject({ success: true, output: { by: 'card', value: 'paid' } });
  expect(did).toEqual(['book', 'card 1', 'card 2', 'card 3']);
});

it('fallback task: an error that is matched is answered by another task, and the flow is fine', async () => {
  expect(await run('collect', 'over its limit')).toMatchObject({
    success: true,
    output: { by: 'transfer', value: 'sent' },
  });
  expect(did).toEqual(['book', 'card 1', 'transfer']);
});

it('terminate and notify: any other error ends the flow; undos, its own call, then whoever listens', async () => {
  expect(await run('collect', 'stolen')).toMatchObject({ status: 'failed', error: { code: 'STOLEN' } });
  expect(did).toEqual(['book', 'card 1', 'card 1', 'unbook entry', 'tell accounting i1: STOLEN', 'tell customer i1']);
});

it('continue and fallback value: the flow completes, and says that it is partial', async () => {
  expect(await run('lenient', 'stolen')).toMatchObject({
    status: 'completed',
    success: false,
    partial: true,
    output: { card: 'later: i1', told: true },
    errors: [{ path: 'card' }, { path: 'told' }],
  });
});
