import { expect, test } from 'vitest';
import { project } from './dsl.ts';

const files = {
  'doors.dsl.ts': `import { event, machine, system } from 'millrace';
import { z } from 'zod';

export default system('doors', { version: '1.0.0' });

export const knocked = event('knocked', { payload: z.object({ id: z.string() }) });
export const opened = event('opened', { payload: z.object({ id: z.string() }) });

export const strict = machine('strict', {
  key: 'id',
  context: z.object({ owner: z.string() }),
  events: { knocked },
  creates: ['knocked'],
}).states('shut', { shut: { on: { knocked: 'shut' } } });

export const easy = machine('easy', {
  key: 'id',
  context: z.object({}),
  events: { opened },
  creates: ['opened'],
}).states('shut', { shut: { on: { opened: 'shut' } } });

export const ghost = machine('ghost', {
  key: 'id',
  context: z.object({}),
  events: { opened },
}).states('shut', { shut: { on: { opened: 'shut' } } });
`,
};

test('why an instance could not be created is said, and the exit code is 1', async () => {
  using it = project(files);
  const words = await it.dsl(['send', 'doors.dsl.ts', 'knocked', '--payload', '{"id":"a"}']);
  expect(words).toMatchObject({ code: 1, stderr: expect.stringMatching(/error MR3307.*: The context of .*owner/) });
  expect(words.stderr).not.toContain('waits in the log');
  const json = await it.dsl(['send', 'doors.dsl.ts', 'knocked', '--payload', '{"id":"a"}', '--json']);
  expect(json.code).toBe(1);
  expect(JSON.parse(json.stdout)).toMatchObject({
    handled: false,
    errors: [{ code: 'MR3307', message: expect.stringContaining('owner') }],
  });
  const lines = await it.dsl(['send', 'doors.dsl.ts', 'knocked', '--lines', '-', '--json'], { stdin: '{"id":"b"}\n' });
  expect(lines.code).toBe(1);
  expect(JSON.parse(lines.stdout)).toMatchObject({ ok: false, sent: 1, failed: [{ line: 1, code: 'MR3307' }] });
});

test('only those that handled an event are named', async () => {
  using it = project(files);
  const sent = await it.dsl(['send', 'doors.dsl.ts', 'opened', '--payload', '{"id":"a"}']);
  expect(sent).toMatchObject({ code: 0, stdout: expect.stringMatching(/handled by easy a\n$/) });
});

test('a machine that does not come to rest failed; nobody else is to blame', async () => {
  using it = project({
    'spin.dsl.ts': `import { event, machine, system } from 'millrace';
import { z } from 'zod';

export default system('spin', { version: '1.0.0' });

export const spun = event('spun', { payload: z.object({ id: z.string(), on: z.boolean() }) });

export const wheel = machine('wheel', {
  key: 'id',
  context: z.object({ on: z.boolean().default(true) }),
  events: { turn: spun },
  creates: ['turn'],
}).states('still', {
  still: { on: { turn: 'left' } },
  left: { always: { target: 'right', guard: ({ context }) => context.on } },
  right: { always: { target: 'left', guard: ({ context }) => context.on } },
});
`,
  });
  const done = await it.dsl(['send', 'spin.dsl.ts', 'spun', '--payload', '{"id":"a","on":true}']);
  expect([done.code, done.stdout, done.stderr]).toEqual([
    1,
    expect.stringMatching(/^spun \S+ not handled: it failed at wheel a \(MR3331\)\n$/),
    expect.stringContaining('MR3331'),
  ]);
  const alias = await it.dsl(['send', 'spin.dsl.ts', 'turn', '--payload', '{"id":"a","on":true}']);
  expect(alias.stderr).toContain("Did you mean 'spun', the system's name of what 'wheel' calls 'turn'?");
});
