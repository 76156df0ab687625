import { describe, expect, it } from 'vitest';
import { modelOf } from '../../source/fixtures/read-text.ts';
import { applyEdits } from './apply.ts';
import type { Edit } from './edit.ts';

const text = `import { event, flow, machine, system, task } from 'millrace';
import { z } from 'zod';
import * as lib from './lib.ts';
export const charge = task('charge', { input: z.object({ id: z.string() }), output: z.object({ paymentId: z.string() }) });
export const refund = task('refund', { input: z.object({ paymentId: z.string() }), output: z.void() });
export const placed = event('placed', { payload: z.object({ id: z.string() }) });
export default system('shop', { version: '1.0.0', contexts: { money: { members: [charge] }, goods: { members: [], dependencies: ['money'] } } });
const limit = 3;
const low = limit - lib.one;
export const pay = flow('pay', { input: z.object({ id: z.string() }), on: placed }, (f) => f
  .step('paid', ({ input }) => charge(input))
  .undo(({ paid }) => refund(paid))
  .step('again', ({ input }) => charge({ id: input.id + low }))
  .parallel('both', { left: (f) => f.step('in', ({ paid }) => refund(paid)).returns(() => 1), right: (f) => f.returns(() => 2) })
  .returns(({ both }) => both.left));
export const order = machine('order', { key: 'id', context: z.object({}), events: { placed }, creates: ['placed'], flows: { pay } }).states('new', {
  new: { on: { placed: 'busy' } },
  busy: { run: { flow: 'pay', input: () => ({ id: '' }) }, on: { 'done.run.busy.pay': 'gone', placed: { target: 'deep', guard: ({ in: isIn }) => isIn('low') } }, initial: 'deep', states: { deep: {}, low: {} } },
  gone: { final: true },
});
export const peer = machine('peer', { key: 'id', context: z.object({}), events: { placed }, machines: { order } }).states('a', {
  a: { on: { placed: { send: { event: () => placed({ id: '1' }), target: 'order/1' } } }, run: { machine: 'order', input: () => ({}) } },
});
`;
const run = async (...edits: readonly Edit[]) =>
  applyEdits(await modelOf({ 'a.dsl.ts': text, 'lib.ts': 'export const one = 1;' }), edits);

describe('removal is refused while something names it', () => {
  it.each<readonly [string, string, readonly number[]]>([
    ['tasks.charge', "'charge' is still named by 'members' of context 'money' and in 2 more places.", [7, 11, 13]],
    ['contexts.money', "'dependencies' of context 'goods'", [7]],
    ['events.placed', "'on' of flow 'pay'", [10, 16, 21, 22]],
    ['flows.pay', "'flows' of machine 'order' and by state 'busy' of machine 'order'", [16, 18]],
    ['machines.order', "'machines' of machine 'peer'", [21, 22, 22]],
    ['locals.limit', "flow 'pay' and by 'low'", [13, 9]],
    ['imports.lib', "flow 'pay' and by 'low'", [13, 9]],
    ['flows.pay.body.paid', "step 'in' of flow 'pay'", [14]],
    ['flows.pay.body.both/left', "code of flow 'pay'", [15]],
    ['machines.order.states.gone', "state 'busy' of machine 'order'", [18]],
    ['machines.order.states.busy', "state 'new' of machine 'order'", [17]],
    ['machines.order.states.low', "code of machine 'order'", [18]],
    ['machines.order.states.busy.run."busy.pay"', "state 'busy' of machine 'order'", [18]],
    ['machines.order.events.placed', "'creates' of machine 'order'", [16, 17, 18]],
  ])('%s', async (path, message, lines) => {
    const { system, diagnostics } = await run({ op: 'remove', path });
    expect(system).toBeUndefined();
    expect(diagnostics).toHaveLength(1);
    expect(diagnostics[0]).toMatchObject({ code: 'MR1783', file: 'a.dsl.ts' });
    expect(diagnostics[0]?.message).toContain(message);
    expect(diagnostics[0]?.related?.map(({ line }) => line)).toEqual(lines);
  });

  it('not when the same list takes away what names it, before or after', async () => {
    const edits: readonly Edit[] = [
      { op: 'remove', path: 'machines.order' },
      { op: 'remove', path: 'machines.peer.states.a.run."a.order"' },
      { op: 'remove', path: 'machines.peer.machines.order' },
      { op: 'remove', path: 'machines.peer.states.a.on.placed' },
    ];
    expect((await run(...edits)).diagnostics).toEqual([]);
    expect((await run(...edits.toReversed())).system?.machines).not.toHaveProperty('order');
  });

  it('a step under whose name another one comes', async () => {
    const step = {
      kind: 'step',
      id: 'paid',
      call: (await modelOf({ 'a.dsl.ts': text, 'lib.ts': '' })).flows['pay']?.onFailure,
    };
    const sleep = { kind: 'sleep', id: 'paid', time: '1s' };
    expect(
      (
        await run(
          { op: 'remove', path: 'flows.pay.body.paid' },
          { op: 'add', path: 'flows.pay.body.paid', value: sleep, before: 'again' },
        )
      ).diagnostics,
    ).toEqual([]);
    expect((await run({ op: 'add', path: 'flows.pay.body.late', value: step })).diagnostics).not.toEqual([]);
  });

  it('what is in a flow that another edit renames', async () => {
    const { diagnostics } = await run(
      { op: 'remove', path: 'flows.pay.body.paid' },
      { op: 'rename', path: 'flows.pay', to: 'settle' },
    );
    expect(diagnostics).toMatchObject([
      { code: 'MR1783', message: expect.stringContaining("step 'in' of flow 'settle'") as string },
    ]);
  });

  it('code that is given must find what it needs', async () => {
    const value = { kind: 'schema', text: 'Money', uses: ['Money', 'z'] };
    const { diagnostics } = await run({ op: 'set', path: 'tasks.charge.input', value });
    expect(diagnostics).toMatchObject([
      { code: 'MR1784', message: expect.stringContaining("needs 'Money'") as string },
    ]);
    const local = { kind: 'local', name: 'Money', text: 'const Money = z.int();', typeOnly: false, uses: ['z'] };
    expect(
      (await run({ op: 'set', path: 'tasks.charge.input', value }, { op: 'add', path: 'locals.Money', value: local }))
        .diagnostics,
    ).toEqual([]);
  });
});
