import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { root as repository, typeCheck } from '../../../test/support/type-check.ts';
import type { Vanished } from '../../model/index.ts';
import { project, type Project } from '../fixtures/project.ts';
import { loadSteps } from '../plan/load.ts';
import { openQuestions } from '../plan/questions.ts';
import { keepVersion } from '../snapshots/keep.ts';
import { scaffoldStep, type ScaffoldOptions } from './scaffold.ts';

const before = `import { event, flow, machine, system, task } from 'millrace';
import { z } from 'zod';
export default system('shop', { version: '1.0.0' });
export const placed = event('placed', { payload: z.object({ id: z.string(), total: z.number() }) });
export const paid = event('order.paid', { payload: z.object({ id: z.string() }) });
export const charge = task('charge', { input: z.object({ id: z.string() }), output: z.object({ receipt: z.string() }) });
export const mail = task('mail', { input: z.object({ to: z.string() }), output: z.void() });
export const pay = flow('pay', { input: z.object({ id: z.string() }), on: paid }, (f) =>
  f.step('charged', ({ input }) => charge({ id: input.id })).step('told', () => mail({ to: 'me' })),
);
export const greet = flow('greet', { input: z.object({ to: z.string() }) }, (f) => f.step('sent', ({ input }) => mail(input)));
export const order = machine('order', {
  key: 'id',
  context: z.object({ total: z.number() }),
  events: { placed, paid },
  creates: ['placed'],
}).states('open', {
  open: { on: { paid: 'paid' } },
  paid: { after: { '1h': 'done' } },
  waiting: { after: { '2h': 'done' }, on: { paid: 'open' } },
  done: { final: true },
});
`;

/** Everything gets another name, and some of it another shape. */
const after = before
  .replace("'order.paid'", "'order.settled'")
  .replace("'charge'", "'chargeCard'")
  .replace('output: z.object({ receipt: z.string() })', 'output: z.object({ receipt: z.string().min(3) })')
  .replace("flow('greet'", "flow('welcome'")
  .replace("step('told'", "step('mailed'")
  .replaceAll("'paid'", "'settled'")
  .replace('paid: { after', 'settled: { after')
  .replace("  waiting: { after: { '2h': 'done' }, on: { paid: 'open' } },\n", '')
  .replace(
    'context: z.object({ total: z.number() })',
    "context: z.object({ total: z.number(), currency: z.enum(['EUR', 'USD']) })",
  );

const renames = [
  'events."order.paid"=order.settled',
  'tasks.charge=chargeCard',
  'flows.greet=welcome',
  'flows.pay.body.told=mailed',
  'machines.order.states.paid=settled',
];
const plan = async (it: Project, more: Partial<ScaffoldOptions> = {}) =>
  await scaffoldStep({ entry: it.entry, cwd: it.root, ...more });
async function kept(next: string): Promise<Project> {
  const made = project({ 'shop.dsl.ts': before });
  expect((await keepVersion({ entry: made.entry, cwd: made.root })).diagnostics).toEqual([]);
  made.write({ 'shop.dsl.ts': next });
  return made;
}

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
    expect((await plan(it, { from: '1.0.7' })).diagnostics).toMatchObject([{ code: 'MR1828' }]);
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

describe('what is written', () => {
  let it_: Project;
  const file = 'migrations/1.0.0-to-2.0.0.ts';
  beforeAll(async () => {
    it_ = await kept(after);
    const { scaffold } = await plan(it_, { rename: renames.slice(0, 2) });
    it_.write({
      [file]: scaffold?.module?.text ?? '',
      'tsconfig.json': JSON.stringify({
        compilerOptions: {
          strict: true,
          noEmit: true,
          module: 'nodenext',
          target: 'es2024',
          types: ['node'],
          noUnusedLocals: true,
          noUnusedParameters: true,
          noUncheckedIndexedAccess: true,
          exactOptionalPropertyTypes: true,
          verbatimModuleSyntax: true,
          erasableSyntaxOnly: true,
          allowImportingTsExtensions: true,
          isolatedModules: true,
          skipLibCheck: true,
        },
        include: ['migrations'],
      }),
    });
  });
  afterAll(() => it_[Symbol.dispose]());

  it('is a step whose questions are found at their places', async () => {
    const { files, diagnostics } = await loadSteps(it_.entry, it_.root);
    expect(diagnostics).toEqual([]);
    const lines = readFileSync(join(it_.root, file), 'utf8').split('\n');
    const questions = openQuestions(
      files.map(({ step }) => ({ from: step.from, to: step.to, file, down: false, parts: step })),
      it_.root,
    );
    expect(questions.length).toBeGreaterThan(3);
    for (const { line, column } of questions) expect(lines[line - 1]?.slice(column - 1)).toMatch(/^placeholder\(/);
  });

  it('passes a strict type check, with the answers, too; and a wrong answer does not', async () => {
    const check = async () => (await typeCheck(join(it_.root, 'tsconfig.json'))).errors.map(({ message }) => message);
    expect(await check()).toEqual([]);
    const text = readFileSync(join(it_.root, file), 'utf8');
    const filled = text
      .replace('migration, placeholder', 'migration')
      .replace(
        /context: placeholder\([^]*?\),\n/,
        "context: (context: { total: number }) => ({ ...context, currency: 'EUR' }),\n",
      )
      .replaceAll(/(\w+): placeholder\([^]*?\),\n/g, "$1: 'cancel',\n");
    writeFileSync(
      join(it_.root, file),
      filled.replaceAll(/(charged|paid|waiting): 'cancel'/g, (_, key) =>
        key === 'charged' ? `${key}: (old: { receipt: string }) => old` : `${key}: null`,
      ),
    );
    expect(await check()).toEqual([]);
    writeFileSync(join(it_.root, file), filled.replace("'cancel'", '7'));
    expect(await check()).toHaveLength(1);
    writeFileSync(join(it_.root, file), text);
  });

  it('is formatted as the house does', () => {
    const text = readFileSync(join(it_.root, file), 'utf8');
    writeFileSync(join(it_.root, '.oxfmtrc.json'), readFileSync(join(repository, '.oxfmtrc.json'), 'utf8'));
    execFileSync(join(repository, 'node_modules/.bin/oxfmt'), [file], { cwd: it_.root });
    expect(readFileSync(join(it_.root, file), 'utf8')).toBe(text);
  });
});
