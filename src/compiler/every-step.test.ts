import { afterAll, expect, test } from 'vitest';
import { readSystem } from '../source/index.ts';
import { Project } from './fixtures/project.ts';

const project = new Project();
afterAll(() => project.dispose());

const parts = `import { event, task } from 'millrace';
import { z } from 'zod';
import { limits, type Level } from './limits.ts';

/** The longest side counts. */
export const Size = z.object({ width: z.number().max(limits.width), height: z.number() });
export const measured = event('box.measured', { payload: z.object({ id: z.string(), size: Size }), ttl: '2d' });
export const measure = task('measure', { input: z.object({ id: z.string() }), output: Size });
export const weigh = task('weigh', { input: z.object({ id: z.string(), at: z.number().optional() }), output: z.number(), retry: { attempts: 3 }, idempotent: true });
export const ship = task('ship', { input: z.object({ id: z.string(), level: z.enum(['light', 'heavy']) }), output: z.void() });
export const levelOf = (weight: number): Level => (weight > limits.light ? 'heavy' : 'light');
`;
const limits = `export const limits = { width: 100, light: 20 };
export type Level = 'light' | 'heavy';
`;
const entry = `import { flow, machine, system } from 'millrace';
import { z } from 'zod';
import * as parts from './parts.dsl.ts';
import { levelOf, measure, measured, ship, weigh } from './parts.dsl.ts';

export default system('boxes', { version: '1.0.0', description: 'Boxes, measured and sent', parts: [parts] });

/** One box. */
const Box = z.object({ id: z.string(), fragile: z.boolean().default(false), notes: z.array(z.string()).default([]) });
type Box = z.infer<typeof Box>;
const isHeavy = ({ weight }: { readonly weight: number }): boolean => levelOf(weight) === 'heavy';

export const weighBox = flow('weighBox', { input: Box, output: z.number() }, (f) => f
  .step('weight', ({ input, now }) => weigh({ id: input.id, at: now }), { retry: { attempts: 2, delay: '1s' }, onFailure: { fallback: () => 1 } }));

export const sendBox = flow('sendBox', {
  input: Box,
  output: z.object({ id: z.string(), runId: z.string(), sides: z.array(z.number()), weight: z.number(), label: z.string() }),
  on: undefined,
  timeout: '30d',
  onFailure: ({ input, error, runId }) => ship({ id: \`\${input.id} \${error.code} \${runId}\`, level: 'light' }),
}, (f) => f
  .step('size', ({ input }) => measure({ id: input.id }))
  .undo(({ size, input }) => weigh({ id: input.id, at: size.width }))
  .step('weight', (scope) => weighBox(scope.input))
  .branch('kind', isHeavy, {
    true: (f) => f.step('sent', ({ input }) => ship({ id: input.id, level: 'heavy' })).returns((): 'heavy' | 'light' => 'heavy'),
    false: (f) => f.sleep('pause', ({ weight }) => \`\${weight}s\`).returns(({ input }: { readonly input: Box }): 'heavy' | 'light' => (input.id === '' ? 'heavy' : 'light')),
  })
  .branch('fragile', ({ input: { fragile } }) => fragile, {
    true: (f) => f.attempt('care',
      (f) => f.step('again', ({ input, kind }) => ship({ id: input.id, level: kind })).returns(() => 'careful'),
      (f) => f.returns(({ error, input }) => \`\${error.message} of \${input.id}\`)),
    false: (f) => f.returns(({ input }: { readonly input: Box }) => (input.fragile ? 'never' : 'rough')),
  })
  .repeat('tries', (f) => f.step('try', ({ input, index }) => weigh({ id: input.id, at: index })), {
    until: ({ value, index, weight }) => value > weight || index > 3,
    max: 5,
    delay: '1s',
  })
  .map('notes', ({ input }) => input.notes, (f) => f
    .parallel('both', {
      left: (f) => f.step('left', ({ item, index }) => weigh({ id: item, at: index })),
      right: (f) => f.returns(({ item }) => {
        const length = item.length;
        return length * 2;
      }),
    }), { concurrency: 2 })
  .waitFor('any', measured, { timeout: '1h', onTimeout: 'continue' })
  .waitFor('mine', measured, { match: { id: ({ input }) => input.id, size: ({ size }) => size } })
  .emit('told', ({ input, size }) => measured({ id: input.id, size }))
  .step('ignored', ({ input }) => ship({ id: input.id, level: 'light' }), { onFailure: 'continue', timeout: '5s' })
  .returns(({ input, runId, any, mine, notes, weight, fragile, tries }) => ({
    id: input.id,
    runId,
    sides: [mine.size.width, any?.size.height ?? 0, ...notes.map((note) => note.left + note.right)],
    weight: weight + tries,
    label: fragile,
  })));

export const box = machine('box', { key: 'id', context: z.object({ id: z.string().optional() }), events: { measured }, creates: ['measured'], flows: { sendBox } })
  .states('empty', { empty: { on: { measured: { target: 'full', assign: ({ event }) => ({ id: event.id }) } } }, full: { final: true } });
`.replace('  on: undefined,\n', '');

const script = `import system from '../generated/boxes/index.ts';
import { memoryHost } from ${JSON.stringify(new URL('fixtures/memory-host.ts', import.meta.url).href)};
const { host, log } = memoryHost((name, input, path) => {
  if (name === 'ship' && input.level === 'heavy') throw new Error('too heavy');
  return { measure: { width: 3, height: 4 }, weigh: 10 + (input?.at ?? 0) % 7, weighBox: 12, 'box.measured': { id: 'b', size: { width: 3, height: 4 } } }[name];
});
const output = await system.flows.sendBox.run(host, { id: 'b', fragile: true, notes: ['n', 'nn'] });
console.log(JSON.stringify({ output, log, waits: system.flows.sendBox.waits, names: [Object.keys(system.events), Object.keys(system.machines)] }));
`;

test('every kind of step and every way to write a lambda goes from the source to code that Node runs', async () => {
  project.write('src/boxes.dsl.ts', entry);
  project.write('src/parts.dsl.ts', parts);
  project.write('src/limits.ts', limits);
  const { system, diagnostics } = await readSystem(project.path('src/boxes.dsl.ts'));
  expect(diagnostics).toEqual([]);
  if (system === undefined) throw new Error('no system');
  expect(project.compile(system).diagnostics).toEqual([]);
  expect(project.check()).toBe('');

  const { output, log, waits, names } = project.run('src/run.ts', script) as {
    readonly output: unknown;
    readonly log: readonly (readonly [string, string, unknown])[];
    readonly waits: unknown;
    readonly names: unknown;
  };
  expect(output).toEqual({ id: 'b', runId: 'run-1', sides: [3, 4, 10 + 2, 11 + 4], weight: 12 + 13, label: 'careful' });
  expect(waits).toEqual([
    { event: 'box.measured', fields: [] },
    { event: 'box.measured', fields: ['id', 'size'] },
  ]);
  expect(names).toEqual([['box.measured'], ['box']]);
  expect(log.map(([path, verb]) => `${path} ${verb}`)).toEqual([
    'size call task measure',
    'weight call flow weighBox',
    'kind branch',
    'kind/false/pause sleep',
    'fragile branch',
    'fragile/true/care/try/again call task ship',
    'tries[0]/try call task weigh',
    'tries[1]/try call task weigh',
    'tries[2]/try call task weigh',
    'tries[3]/try call task weigh',
    'notes map',
    'notes[0]/both/left/left call task weigh',
    'notes[1]/both/left/left call task weigh',
    'any receive box.measured',
    'mine receive box.measured',
    'told call event box.measured',
    'ignored call task ship',
  ]);
  expect(log[3]?.[2]).toBe('12s');
  expect(log[14]?.[2]).toEqual(
    [{ id: 'b', size: { width: 3, height: 4 } }, undefined, undefined].map((value) => value ?? null),
  );
});
