import { describe, expect, it } from 'vitest';
import type { Vanished } from '../../model/index.ts';
import { project } from '../fixtures/project.ts';
import { after, before, kept, plan, renames } from '../fixtures/scaffold-shop.ts';
import { keepVersion } from '../snapshots/keep.ts';
import type { ScaffoldOptions } from './scaffold.ts';

describe('scaffoldStep', () => {
  it('fills in what is clear, and asks for the rest', async () => {
    using it = await kept(after);
    const { scaffold, diagnostics } = await plan(it, { rename: renames });
    expect(diagnostics).toEqual([]);
    expect(scaffold).toMatchObject({ from: '1.0.0', to: '2.0.0', placeholders: 3 });
    expect(scaffold?.module?.text).toMatchInlineSnapshot(`
      "import { migration, placeholder } from 'millrace/migrate';

      /**
       * shop 1.0.0 → 2.0.0. The source was edited by hand: \`source\` is left out.
       *
       * What has another name, for callers, too:
       * - events."order.paid" → order.settled
       * - flows.greet → welcome
       * - flows.pay.body.told → mailed
       * - machines.order.states.paid → settled
       * - tasks.charge → chargeCard
       *
       * What breaks, and for whom:
       * - The schema of the output of task 'chargeCard' accepts less than before. For runs: what a run in flight has
       *   recorded is read again and may be refused.
       * - The schema of the context of machine 'order' accepts less than before. For instances: the context of an instance
       *   may not fit any more.
       * - State 'waiting' of machine 'order' was removed. For instances: an instance that stands in 'waiting' or remembers
       *   it has no place to go.
       *
       * 1 compatible change, which \`dsl diff\` lists.
       */
      export default migration({
        from: '1.0.0',
        to: '2.0.0',
        instances: {
          order: {
            states: {
              paid: 'settled',
              // Where they may go: open, settled, done; null: they stay as they are, and are listed; or a function of the
              // context.
              waiting: placeholder("State 'waiting' is gone. Where do instances in it go?"),
            },
            // The schema of the context of machine 'order' accepts less than before. The context of an instance may not fit
            // any more.
            // Before: z.object({ total: z.number() }). Now: z.object({ total: z.number(), currency: z.enum(['EUR', 'USD'])
            // }).
            // A function of the old context: (context: { total: number }) => ({ ...context, … }).
            context: placeholder('How does the new context come from the old one?'),
          },
        },
        runs: {
          greet: {
            flow: 'welcome',
          },
          pay: {
            steps: {
              told: 'mailed',
            },
            results: {
              // The schema of the output of task 'chargeCard' accepts less than before. What a run in flight has recorded is
              // read again and may be refused.
              charged: placeholder("How does a recorded result of 'charge' become what it gives now?"),
            },
          },
        },
        events: {
          'order.paid': {
            event: 'order.settled',
          },
        },
        tasks: {
          charge: 'chargeCard',
        },
      });
      "
    `);
  });

  it('asks with a guess where nothing was said', async () => {
    using it = await kept(after);
    const { scaffold } = await plan(it);
    expect(scaffold?.module?.text).toMatchInlineSnapshot(`
      "import { migration, placeholder } from 'millrace/migrate';

      /**
       * shop 1.0.0 → 2.0.0. The source was edited by hand: \`source\` is left out.
       *
       * What breaks, and for whom:
       * - Event 'order.paid' was removed. For callers: whoever uses event 'order.paid' does not find it any more.
       * - Task 'charge' was removed. For callers: whoever uses task 'charge' does not find it any more.
       * - Flow 'greet' was removed. For callers: nobody can start it any more. For runs: a run in flight has no code to go
       *   on with.
       * - 'on' of flow 'pay' was changed. For callers: event 'order.paid' starts it no longer.
       * - 'call' of step 'charged' of flow 'pay' was changed. For runs: a run whose record differs from what the new code
       *   asks for is blocked.
       * - Step 'told' of flow 'pay' was removed. For runs: a run that has recorded it cannot follow the new code and is
       *   blocked.
       * - The schema of the context of machine 'order' accepts less than before. For instances: the context of an instance
       *   may not fit any more.
       * - Event 'order.paid' of machine 'order' was removed. For callers: the machine takes the event no longer.
       * - State 'paid' of machine 'order' was removed. For instances: an instance that stands in 'paid' or remembers it has
       *   no place to go.
       * - State 'waiting' of machine 'order' was removed. For instances: an instance that stands in 'waiting' or remembers
       *   it has no place to go.
       *
       * 7 compatible changes, which \`dsl diff\` lists.
       */
      export default migration({
        from: '1.0.0',
        to: '2.0.0',
        instances: {
          order: {
            states: {
              // Where they may go: open, settled, done; null: they stay as they are, and are listed; or a function of the
              // context.
              paid: placeholder(
                "State 'paid' is gone. Renamed to 'settled'? Then write 'settled'. Where do instances in it go?",
              ),
              waiting: placeholder("State 'waiting' is gone. Where do instances in it go?"),
            },
            // The schema of the context of machine 'order' accepts less than before. The context of an instance may not fit
            // any more.
            // Before: z.object({ total: z.number() }). Now: z.object({ total: z.number(), currency: z.enum(['EUR', 'USD'])
            // }).
            // A function of the old context: (context: { total: number }) => ({ ...context, … }).
            context: placeholder('How does the new context come from the old one?'),
          },
        },
        runs: {
          // 'block' leaves them, blocked, and lists them; 'cancel' cancels them, and runs their undos.
          greet: placeholder(
            "Flow 'greet' is gone. Renamed to 'welcome'? Then write { flow: 'welcome' }. What becomes of its runs in flight?",
          ),
          // 'call' of step 'charged' of flow 'pay' was changed. A run whose record differs from what the new code asks for is
          // blocked.
          // Step 'told' of flow 'pay' was removed. A run that has recorded it cannot follow the new code and is blocked.
          // 'block' leaves such runs, blocked, and lists them; 'cancel' cancels them, and runs their undos; an object with
          // \`steps\` maps what they have recorded.
          pay: placeholder('Its runs in flight meet changes that they cannot follow. What becomes of them?'),
        },
        events: {
          'order.paid': {
            payload: placeholder(
              "Event 'order.paid' is gone. Renamed to 'order.settled'? Then write event: 'order.settled' instead of this. Gone for good? Then remove this entry.",
            ),
          },
        },
      });
      "
    `);
  });

  it('asks people, from the outside to the inside', async () => {
    using it = await kept(after);
    const asked: string[] = [];
    const ask = async ({ path, candidates: [best] }: Vanished): Promise<string | undefined> => {
      asked.push(`${path} ${best?.name}`);
      return await Promise.resolve(path.endsWith('waiting') ? undefined : best?.name);
    };
    const { scaffold } = await plan(it, { ask });
    expect(asked).toEqual([
      'events."order.paid" order.settled',
      'tasks.charge chargeCard',
      'flows.greet welcome',
      'machines.order.states.paid settled',
      'flows.pay.body.told mailed',
    ]);
    expect(scaffold?.module?.text).toBe((await plan(it, { rename: renames })).scaffold?.module?.text);
  });

  it('steps in steps go by the new names of all that is around them', async () => {
    const flows = (name: string, both: string, inner: string): string =>
      before.replace(
        /export const greet = [^;]*;/,
        `export const greet = flow('${name}', { input: z.object({ to: z.string() }) }, (f) =>
  f.parallel('${both}', { one: (f) => f.step('${inner}', ({ input }) => mail(input)) }));`,
      );
    using it = project({ 'shop.dsl.ts': flows('greet', 'both', 'sent') });
    await keepVersion({ entry: it.entry, cwd: it.root });
    it.write({ 'shop.dsl.ts': flows('welcome', 'all', 'mailed') });
    const { scaffold, diagnostics } = await plan(it, {
      rename: ['flows.greet=welcome', 'flows.greet.body.both=all', 'flows.greet.body.both/one/sent=mailed'],
    });
    expect(diagnostics).toEqual([]);
    expect(scaffold).toMatchObject({ placeholders: 0, diff: { breaking: [] } });
    expect(scaffold?.module?.text).toContain(`    greet: {
      flow: 'welcome',
      steps: {
        both: 'all',
        'both/one/sent': 'all/one/mailed',
      },`);
  });

  it('asks for what steps have recorded of tasks and events', async () => {
    const world = (limit: string): string =>
      before
        .replace(
          'payload: z.object({ id: z.string() }) });\nexport const charge',
          `payload: z.object({ id: z.string()${limit} }) });\nexport const charge`,
        )
        .replace('output: z.object({ receipt: z.string() })', `output: z.object({ receipt: z.string()${limit} })`)
        .replace(
          /export const greet = [^;]*;/,
          `export const greet = flow('greet', { input: z.object({ to: z.string() }) }, (f) =>
  f.waitFor('told', paid, { match: { id: ({ input }) => input.to }, timeout: '1d' }).graph('all', (g) =>
    g.node('first', ({ input }) => charge({ id: input.to }))));`,
        );
    using it = project({ 'shop.dsl.ts': world('') });
    expect((await keepVersion({ entry: it.entry, cwd: it.root })).diagnostics).toEqual([]);
    it.write({ 'shop.dsl.ts': world('.min(2)') });
    const { scaffold, diagnostics } = await plan(it);
    expect(diagnostics).toEqual([]);
    const text = scaffold?.module?.text ?? '';
    expect(text).toContain(
      "'all/first': placeholder(\"How does a recorded result of 'charge' become what it gives now?\"),",
    );
    expect(text).toContain(
      'told: placeholder("How does a recorded payload of \'order.paid\' become what it holds now?"),',
    );
  });

  it('a state may be one with a state that was there', async () => {
    using it = await kept(before.replace("  waiting: { after: { '2h': 'done' }, on: { paid: 'open' } },\n", ''));
    const { scaffold } = await plan(it, { rename: ['machines.order.states.waiting=open'] });
    expect(scaffold).toMatchObject({ placeholders: 0, to: '2.0.0' });
    expect(scaffold?.module?.text).toContain("waiting: 'open',");
  });

  it('what breaks nobody needs no first number, and what is the same no step', async () => {
    using it = await kept(before.replace('output: z.void()', "output: z.void(), timeout: '1m'"));
    expect((await plan(it)).scaffold).toMatchObject({ to: '1.1.0', placeholders: 0 });
    it.write({ 'shop.dsl.ts': before });
    const same = await plan(it);
    expect(same.diagnostics).toEqual([]);
    expect(same.scaffold).not.toHaveProperty('module');
    // A version that somebody raised wants a step all the same: rows have to come along.
    it.write({ 'shop.dsl.ts': before.replace('1.0.0', '1.0.1') });
    expect((await plan(it)).scaffold?.module?.path).toBe(`${it.root}/migrations/1.0.0-to-1.0.1.ts`);
  });

  it('takes the version that the source says, and warns when it is too low', async () => {
    using it = await kept(after.replace("version: '1.0.0'", "version: '1.4.0'"));
    expect(await plan(it)).toMatchObject({
      scaffold: { to: '1.4.0' },
      diagnostics: [{ code: 'MR1830', severity: 'warning' }],
    });
    expect(await plan(it, { to: '3.0.0' })).toMatchObject({ scaffold: { to: '3.0.0' }, diagnostics: [] });
  });

  it('writes nothing over what is there', async () => {
    using it = await kept(after);
    const { scaffold } = await plan(it);
    it.write({ 'migrations/1.0.0-to-2.0.0.ts': scaffold?.module?.text ?? '' });
    expect((await plan(it)).scaffold?.module?.exists).toBe(true);
    it.write({ 'migrations/1.0.0-to-2.0.0.ts': `${scaffold?.module?.text}// mine\n` });
    expect((await plan(it)).diagnostics).toMatchObject([{ code: 'MR1827' }]);
    it.write({ 'migrations/1.0.0-to-2.0.0.ts': 'throw new Error();' });
    expect((await plan(it)).diagnostics).toMatchObject([{ code: 'MR1827' }]);
  });

  it('begins at a version that is named', async () => {
    using it = await kept(before.replace('1.0.0', '1.1.0'));
    await keepVersion({ entry: it.entry, cwd: it.root });
    it.write({ 'shop.dsl.ts': after.replace('1.0.0', '2.0.0') });
    expect((await plan(it)).scaffold?.from).toBe('1.1.0');
    expect((await plan(it, { from: '1.0.0' })).scaffold?.from).toBe('1.0.0');
    expect((await plan(it, { from: '1.0.7' })).diagnostics).toMatchObject([
      { code: 'MR1828', message: expect.stringContaining('is not kept') },
    ]);
  });

  it.each<[string, Partial<ScaffoldOptions>, string, RegExp]>([
    ['a version that is none', { to: 'next' }, 'MR1820', /'next' is not a version/],
    ['a version that is not later', { to: '0.9.0' }, 'MR1820', /not later than 1\.0\.0/],
    ['a path that was not', { rename: ['machines.order.states.pad=settled'] }, 'MR1829', /has nothing of that path/],
    [
      'a name that is not',
      { rename: ['machines.order.states.paid=setled'] },
      'MR1829',
      /has no 'machines\.order\.states\.setled'/,
    ],
    ['no name', { rename: ['machines.order.states.paid'] }, 'MR1829', /does not say the new name/],
    ['something that is still there', { drop: ['tasks.mail'] }, 'MR1829', /still there/],
    ['renamed and dropped', { rename: renames, drop: ['tasks.charge'] }, 'MR1829', /renamed, and dropped/],
  ])('refuses %s', async (_, more, code, message) => {
    using it = await kept(after);
    const { scaffold, diagnostics } = await plan(it, more);
    expect(scaffold).toBeUndefined();
    expect(diagnostics).toMatchObject([{ code, message: expect.stringMatching(message) }]);
  });

  it('needs a version to compare with', async () => {
    using it = project({ 'shop.dsl.ts': before });
    expect((await plan(it)).diagnostics).toMatchObject([
      { code: 'MR1828', hint: expect.stringContaining('dsl migrate shop.dsl.ts --snapshot') },
    ]);
  });
});
