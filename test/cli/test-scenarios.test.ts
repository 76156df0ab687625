import { expect, test } from 'vitest';
import { project, repository, stackTrace, dsl } from './dsl.ts';

const source = `import { event, flow, machine, system, task } from 'millrace';
import { z } from 'zod';

export default system('leave', { version: '1.0.0' });
const Asked = z.object({ id: z.string(), days: z.int() });
export const asked = event('asked', { payload: Asked });
export const book = task('book', { input: Asked, output: z.void(), examples: [{ input: { id: 'a', days: 1 } }] });
export const tell = task('tell', { input: z.object({ id: z.string(), fine: z.boolean() }), output: z.void() });
export const decideOn = flow('decideOn', { input: Asked, on: asked, output: z.object({ fine: z.boolean() }) }, (f) => f
  .approve('boss', { message: ({ input }) => \`\${input.days} days?\`, timeout: '3d', onTimeout: 'continue' })
  .branch('booked', ({ boss }) => boss?.approved ?? false, {
    true: (b) => b.step('book', ({ input }) => book(input)),
    false: (b) => b.returns(() => undefined),
  })
  .step('tell', ({ input, boss }) => tell({ id: input.id, fine: boss?.approved ?? false }))
  .returns(({ boss }) => ({ fine: boss?.approved ?? false })));
`;
const scenarios = `import { scenariosOf } from 'millrace/testing';
import type * as leave from './leave.dsl.ts';

const scenario = scenariosOf<typeof leave>();
const ask = { send: 'asked', payload: { id: 'ada', days: 3 } } as const;

export const granted = scenario('leave that is granted is booked', {
  given: { tasks: { book: {}, tell: {} } },
  when: [ask, { decide: 'boss', approved: true, by: 'Eve' }],
  expect: { runs: { decideOn: { output: { fine: true } } }, tasks: { book: [{ days: 3 }], tell: [{ fine: true }] } },
});
export const silence = scenario('silence is a no', {
  given: { tasks: { tell: {} } },
  when: [ask, { advance: '3d' }],
  expect: { runs: { decideOn: { status: 'completed', output: { fine: false } } }, tasks: { book: 0 } },
});
`;
const files = { 'leave.dsl.ts': source, 'leave.scenarios.ts': scenarios };

test('scenarios beside the source are played; an approval and a time-out take no time', async () => {
  using it = project(files);
  expect(await it.dsl(['test', 'scenarios', 'leave.dsl.ts'])).toMatchObject({
    code: 0,
    stdout: 'leave.scenarios.ts\n  ✓ leave that is granted is booked\n  ✓ silence is a no\n2 of 2 scenarios hold\n',
  });
  const { code, stdout } = await it.dsl(['test', 'scenarios', 'leave.dsl.ts', '--only', 'silence', '--json']);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    ok: true,
    scenarios: [{ name: 'silence is a no', file: 'leave.scenarios.ts', ok: true, problems: [], diff: '' }],
    diagnostics: [],
  });
});

test('a wrong expectation is told with a difference, and the exit code is 1', async () => {
  using it = project({
    ...files,
    'leave.scenarios.ts': scenarios.replace('{ fine: false } } }', '{ fine: true } } }'),
  });
  const shown = await it.dsl(['test', 'leave.dsl.ts']);
  expect(shown.code).toBe(1);
  expect(shown.stdout).toContain(`book: no implementation
leave.scenarios.ts
  ✓ leave that is granted is booked
  ✗ silence is a no
      expect.runs.decideOn.output.fine: expected true, but there is false
      - expected
      + what is there
`);
  expect(shown.stdout).toMatch(/ {6}- +"fine": true\n {6}\+ +"fine": false\n/);
  expect(shown.stdout).toMatch(/What happened:\n +event.published asked\n/);
  expect(shown.stdout).toMatch(/1 of 2 scenarios holds\n$/);

  const { code, stdout } = await it.dsl(['test', 'leave.dsl.ts', '--json']);
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({
    ok: false,
    tasks: [{ task: 'book', implemented: false }],
    scenarios: [{ ok: true }, { ok: false, problems: [{ at: 'expect.runs.decideOn.output.fine' }] }],
    diagnostics: [{ code: 'MR3573', file: 'leave.scenarios.ts', line: 12, column: 34 }],
  });
});

test('what is not there, and what cannot be played, is told', async () => {
  using it = project({
    ...files,
    'leave.odd.scenarios.ts': scenarios
      .replaceAll('tell: {}', 'tel: {}')
      .replaceAll('scenariosOf<typeof leave>()', 'scenariosOf<any>()'),
  });
  const odd = await it.dsl(['test', 'scenarios', 'leave.dsl.ts', '--from', 'leave.odd.scenarios.ts']);
  expect(odd.code).toBe(1);
  expect(odd.stdout).toMatch(
    /given.tasks names 'tel', and the system 'leave' has no task of that name. Did you mean 'tell'\?/,
  );
  const [none, nowhere, empty, alone] = await Promise.all([
    it.dsl(['test', 'scenarios', 'leave.dsl.ts', '--only', 'x']),
    it.dsl(['test', 'scenarios', 'leave.dsl.ts', '--from', 'x.ts']),
    it.dsl(['test', 'scenarios', 'leave.dsl.ts', '--from', 'leave.dsl.ts']),
    it.dsl(['test']),
  ]);
  expect([none?.code, nowhere?.code, empty?.code, alone?.code]).toEqual([1, 1, 0, 2]);
  expect(none?.stderr).toMatch(/error MR3574: No scenario has 'x' in its name.\n {2}hint: There are 'leave/);
  expect(nowhere?.stderr).toMatch(/error MR3574: There is no file 'x.ts' of scenarios./);
  expect(empty?.stdout).toMatch(/^No scenarios/);
  for (const each of [odd, none, nowhere, empty, alone])
    expect(`${each?.stdout}${each?.stderr}`).not.toMatch(stackTrace);
});

test('the scenarios of the orders example hold', async () => {
  const { code, stdout } = await dsl(['test', 'scenarios', 'dsl-examples/orders/orders.dsl.ts'], { cwd: repository });
  expect({ code, stdout }).toMatchObject({ code: 0, stdout: expect.stringContaining('3 of 3 scenarios hold') });
});
