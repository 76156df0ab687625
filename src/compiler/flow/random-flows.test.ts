import { afterAll, expect, test } from 'vitest';
import { eventContract, taskContract } from '../../flow/index.ts';
import { z } from 'zod';
import { event, imported, local, restart, system, task } from '../fixtures/build-model.ts';
import { interpret } from '../fixtures/interpret.ts';
import { memoryHost, type Answer } from '../fixtures/memory-host.ts';
import { Project } from '../fixtures/project.ts';
import { FlowMaker } from '../fixtures/random-flow.ts';

const project = new Project();
afterAll(() => project.dispose());

const count = Number(process.env['FLOWS'] ?? 60);
const from = Number(process.env['FROM'] ?? 1);
const names = Array.from({ length: count }, (_, index) => `flow${from + index}`);

const numbers = z.object({ a: z.number(), b: z.number() });
const source = 'x.dsl.ts:1:1';
const bindings = {
  calc: taskContract('calc', { input: numbers, output: z.number(), policy: {}, source }),
  fail: taskContract('fail', { input: z.number(), output: z.number(), policy: {}, source }),
  ping: eventContract('ping', { payload: z.object({ n: z.number() }), ttl: '1d', source }),
  double: (n: number) => n * 2,
  threshold: 12,
};
const answerText = `(name, input) => {
  if (name === 'fail' || (name === 'calc' && input.a % 7 === 3)) throw new Error('no ' + input);
  if (name === 'ping') return { n: (input?.n ?? 0) % 100 };
  return (input.a * 3 + input.b) % 1000;
}`;
const input = { n: 5, items: [3, 4, 9], flag: true };

test('random flows with hostile names type-check and do what reading them says', async () => {
  restart();
  const model = system('random', [
    imported('z', 'zod'),
    local('Input0', 'const Input0 = z.object({ n: z.number(), items: z.array(z.number()), flag: z.boolean() });'),
    local('threshold', 'const threshold = 12;'),
    local('double', 'function double(n: number): number {\n  return n * 2;\n}'),
    event('ping', 'z.object({ n: z.number() })'),
    task('calc', 'z.object({ a: z.number(), b: z.number() })', 'z.number()'),
    task('fail', 'z.number()', 'z.number()'),
    ...names.map((name, index) => new FlowMaker(from + index, name).make()),
  ]);
  expect(project.compile(model).diagnostics).toEqual([]);
  expect(project.check()).toBe('');

  const compiled = project.run(
    'src/run.ts',
    `import system from '../generated/random/index.ts';
import { memoryHost } from ${JSON.stringify(new URL('../fixtures/memory-host.ts', import.meta.url).href)};
const results = [];
for (const flow of Object.values(system.flows)) {
  const { host, log, undo } = memoryHost(${answerText});
  const outcome = await flow.run(host, ${JSON.stringify(input)}).then((output) => ({ output }), (error) => (undo(), { error: error.message }));
  results.push([flow.contract.contract, outcome, log]);
}
console.log(JSON.stringify(results));`,
  ) as readonly [string, unknown, unknown][];
  expect(compiled.length).toBe(count);

  // eslint-disable-next-line no-eval -- the same text runs in the other process
  const answer = (0, eval)(answerText) as Answer;
  for (const [name, outcome, log] of compiled) {
    const node = model.flows[name];
    if (node === undefined) throw new Error(name);
    const memory = memoryHost(answer);
    const expected = await interpret(node, memory.host, input, bindings).then(
      (output) => ({ output }),
      (error: Error) => (memory.undo(), { error: error.message }),
    );
    const direct: unknown = JSON.parse(JSON.stringify([name, expected, memory.log]));
    expect([name, outcome, log]).toEqual(direct);
  }
});
