import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { answer } from './fixtures/bad-answers.ts';
import { catalogue, scripted } from './fixtures/models.ts';
import { testProject, type TestProject } from './fixtures/project.ts';
import { writeTask } from './write/write-task.ts';

// JSON has no `undefined`: a model writes `null` for it, or nothing at all. All gates are the real ones.
const source = `import { event, system, task } from 'millrace';
import { z } from 'zod';
export default system('shop', { version: '1.0.0' });
export const told = event('told', { payload: z.object({ n: z.int() }) });
/** Tells the number that comes after. */
export const tell = task('tell', { input: z.object({ n: z.int() }), output: z.void() });
/** Pings. */
export const ping = task('ping', { input: z.undefined(), output: z.literal('pong') });
`;
let made: TestProject;
beforeAll(async () => {
  made = await testProject({ 'shop.dsl.ts': source });
});
afterAll(() => made[Symbol.dispose]());

const head = "import { implement } from 'millrace/tasks';\n";
const telling = `${head}import { tell, told } from '../generated/shop/contracts.ts';
export default implement(tell, ({ n }, { emit }) => {
  emit(told({ n: n + 1 }));
});
`;
const pinging = `${head}import { ping } from '../generated/shop/contracts.ts';
export default implement(ping, () => 'pong');
`;
const emits = (n: number) => [{ event: 'told', payload: { n } }];

test.each([
  [
    'tell',
    telling,
    [
      { name: 'one', input: { n: 1 }, expect: { output: null, emits: emits(2) } },
      { name: 'less', input: { n: -1 }, expect: { emits: emits(0) } },
    ],
  ],
  [
    'ping',
    pinging,
    [
      { name: 'null', input: null, expect: { output: 'pong' } },
      { name: 'left out', expect: { output: 'pong' } },
    ],
  ],
])(
  'good code of %s is written, and its tests pass',
  async (task, code, cases) => {
    const { models } = scripted((_request, call) => (call === 0 ? answer(code, cases) : { fails: 'quota' }));
    const { system, places } = made;
    const { success, report } = await writeTask({ system, task, places, models, catalogue });
    const said = report.attempts[0]?.stages.flatMap(({ problems }) => problems.map(({ message }) => message));
    expect([said, success]).toEqual([[], true]);
    const run = spawnSync('npx', ['vitest', 'run', '--root', made.root, `tasks/${task}.test.ts`], { encoding: 'utf8' });
    expect(run.status, run.stdout + run.stderr).toBe(0);
  },
  120_000,
);
