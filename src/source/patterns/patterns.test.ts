import { readFileSync, readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { visitSteps } from '../../model/index.ts';
import { validateSystem } from '../../rules/index.ts';
import { flowGraph, graphMermaid } from '../../convert/index.ts';
import { lines, modelOf, readText } from '../fixtures/read-text.ts';
import { expandPattern, library, patternText } from './expand.ts';
import { exampleOf, parameterRows, samples } from './fixtures/pages.ts';
import { patterns } from './index.ts';

const head = `import { event, flow, system, task } from 'millrace';
import { z } from 'zod';
export default system('s', { version: '1.0.0' });
`;

/** Everything that the reader and the rules say about a system of just this pattern. */
async function judged(name: string, parameters: object): Promise<readonly string[]> {
  const result = await readText(`${head}${patternText(name, parameters)}`);
  if (result.system === undefined || result.diagnostics.length > 0) return lines(result);
  return validateSystem(result.system).issues.map(({ code, message }) => `${code} ${message}`);
}

const page = readFileSync(fileURLToPath(new URL('../../../docs/patterns.md', import.meta.url)), 'utf8');

describe.each(library)('$name', (pattern) => {
  const { name } = pattern;

  test('with as little as it needs passes all rules', async () => {
    expect(await judged(name, samples[name] ?? {})).toEqual([]);
  });

  test('docs/patterns.md shows it: how it is added, its parameters, its picture, its code', async () => {
    const { command, source } = exampleOf(name);
    const { flows, ...system } = await modelOf(source);
    const [flow] = Object.values(flows);
    if (flow === undefined) throw new Error('It has no flow.');
    expect(page).toContain(
      `\`\`\`sh\n${command}\n\`\`\`\n\n| parameter | | default |\n|---|---|---|\n${parameterRows(pattern).join('\n')}\n`,
    );
    expect(page).toContain(`\`\`\`ts\n${source}\`\`\`\n`);
    expect(page).toContain(`\`\`\`mermaid\n${graphMermaid(flowGraph(flow, { ...system, flows })).trim()}\n\`\`\`\n`);
    // The example is as little as it needs.
    for (const { key, fallback } of pattern.parameters) {
      expect(Object.hasOwn(samples[name] ?? {}, key)).toBe(fallback === undefined);
    }
  });
});

// Mostly sound: of five names, one that is refused refuses the whole.
const word = fc.oneof(
  { weight: 30, arbitrary: fc.stringMatching(/^[a-z][A-Za-z0-9_]{0,12}$/) },
  fc.constantFrom(
    'do',
    'class',
    'input',
    'Order',
    'fetch',
    'constructor',
    'toString',
    '__proto__',
    'z',
    'f',
    'name',
    'a.b',
    'é',
    '',
  ),
);
const type = fc.oneof(
  { weight: 20, arbitrary: fc.constantFrom('string', 'integer', 'number', 'boolean') },
  fc.constant('date'),
);
const oddField = fc.constantFrom("it's", 'a-b', '1', '`${x}`', 'approved', '\n', 'class', '*/', '\u2028');
const fields = fc.dictionary(fc.oneof({ weight: 2, arbitrary: word }, oddField), type, { minKeys: 1, maxKeys: 3 });
const duration = fc.oneof(
  { weight: 9, arbitrary: fc.constantFrom('1s', '30s', '2h', '0.5d') },
  fc.constantFrom('0s', 'soon', "'; x", 3),
);
const count = fc.oneof(
  { weight: 9, arbitrary: fc.integer({ min: 1, max: 1000 }) },
  fc.constantFrom(0, -1, 1.5, Number.NaN),
);
const items = (names: readonly string[]) =>
  fc.array(
    fc.oneof(word, fc.record(Object.fromEntries(['id', ...names].map((key) => [key, word])), { requiredKeys: ['id'] })),
    {
      maxLength: 5,
    },
  );
const anyParameters: Readonly<Record<string, fc.Arbitrary<object>>> = {
  'map-reduce': fc.record(
    { name: word, map: word, reduce: word, item: type, value: type, concurrency: count },
    { requiredKeys: ['name', 'map', 'reduce'] },
  ),
  pipeline: fc.record({ name: word, stages: items(['run']), data: type }, { requiredKeys: ['name', 'stages'] }),
  approval: fc.record(
    { name: word, event: word, ask: word, perform: word, refuse: word, timeout: duration, input: fields },
    { requiredKeys: ['name', 'event', 'ask', 'perform', 'refuse'] },
  ),
  saga: fc.record({ name: word, steps: items(['do', 'undo']), input: fields }, { requiredKeys: ['name', 'steps'] }),
  'retry-until': fc.record(
    { name: word, start: word, check: word, every: duration, max: count, input: fields },
    { requiredKeys: ['name', 'start', 'check'] },
  ),
};

test.each(library)(
  '$name: whatever the parameters are, it is refused in words or passes all rules',
  async ({ name }) => {
    let passed = 0;
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(anyParameters[name] as fc.Arbitrary<object>, async (parameters) => {
        const expanded = expandPattern(name, parameters);
        if ('problems' in expanded) {
          refused += 1;
          expect(expanded.problems.length).toBeGreaterThan(0);
          return;
        }
        passed += 1;
        expect(await judged(name, parameters)).toEqual([]);
      }),
      { numRuns: 300 },
    );
    expect(Math.min(passed, refused)).toBeGreaterThan(10);
  },
  60_000,
);

/** What makes the flow of each template: `dsl init --template NAME`. */
const templates: Readonly<Record<string, object>> = {
  'map-reduce': { name: 'countWords', map: 'countFile', reduce: 'addUp', value: 'integer' },
  pipeline: {
    name: 'importContacts',
    stages: ['read', 'clean', 'store'].map((id) => ({ id, run: `${id}Rows` })),
  },
  approval: { name: 'payExpense', event: 'expenseDecided', ask: 'askBoss', perform: 'payOut', refuse: 'sayNo' },
  saga: {
    name: 'bookTrip',
    steps: [
      { id: 'flight', do: 'bookFlight', undo: 'cancelFlight' },
      { id: 'room', do: 'bookRoom', undo: 'cancelRoom' },
      { id: 'car', do: 'rentCar', undo: 'returnCar' },
    ],
  },
  'retry-until': { name: 'makeReport', start: 'startReport', check: 'checkReport' },
};

test.each(Object.entries(templates))(
  'the flow of the template %s is what the pattern makes',
  async (name, parameters) => {
    const folder = fileURLToPath(new URL(`../../../templates/init/${name}/`, import.meta.url));
    const [entry = ''] = readdirSync(folder).filter((file) => file.endsWith('.dsl.ts'));
    const text = readFileSync(`${folder}${entry}`, 'utf8');
    const shape = async (source: string): Promise<readonly string[]> => {
      const [flow] = Object.values((await modelOf(source)).flows);
      const steps: string[] = [];
      if (flow !== undefined) {
        visitSteps(flow, (step, { path }) => {
          const calls = step.kind === 'step' ? [step.call.target.name, step.undo?.target.name ?? ''] : [];
          steps.push([step.kind, path, ...calls].join(' ').trim());
        });
      }
      return steps;
    };
    expect((await shape(text)).length).toBeGreaterThan(3);
    expect(await shape(`${head}${patternText(name, parameters)}`)).toEqual(await shape(text));
  },
);

test('all that is wrong is told at once', () => {
  expect(
    expandPattern('saga', { steps: [{ id: 'a', undo: 'class', redo: 1 }, 3], input: { id: 'date' }, nmae: 'x' }),
  ).toEqual({
    code: 'MR2035',
    problems: [
      "there is no parameter 'nmae'; there are: name, steps, input",
      "'name' is missing: the flow",
      "'steps[0]' has no 'redo': it is 'flight' or { id: …, do: …, undo: … }",
      "'steps[0].undo' cannot be 'class', which means something in TypeScript",
      "'steps[1].id' should be a name, not undefined",
      "'steps[1].do' should be a name, not undefined",
      "'steps[1].undo' should be a name, not undefined",
      `the type of field "id" should be one of 'string', 'integer', 'number', 'boolean', not "date"`,
    ],
  });
  expect(expandPattern('saga', { name: 'a', steps: ['b', 'b'] })).toMatchObject({
    problems: ["the name 'b' is used twice", "the name 'doB' is used twice", "the name 'undoB' is used twice"],
  });
  expect(expandPattern('sage', {})).toEqual({
    code: 'MR2034',
    problems: ["There is no pattern 'sage'. Did you mean 'saga'?"],
  });
  expect(expandPattern('saga', [])).toMatchObject({ code: 'MR2035' });
});

test('the functions take typed parameters and throw one error with all that is wrong', () => {
  expect(patterns.saga({ name: 'bookTrip', steps: ['flight'] }).map(({ op, path }) => `${op} ${path}`)).toEqual([
    'add tasks.doFlight',
    'add tasks.undoFlight',
    'add flows.bookTrip',
  ]);
  expect(patterns.pipeline({ name: 'p', stages: ['clean'] }, { file: 'b.dsl.ts' })).toMatchObject([
    { file: 'b.dsl.ts' },
    {},
  ]);
  expect(() => patterns.mapReduce({ name: 'm', map: 'm', reduce: 'r', concurrency: 0 })).toThrow(
    expect.objectContaining({
      code: 'MR2035',
      message: expect.stringContaining("'concurrency' should be") as string,
    }) as Error,
  );
});
