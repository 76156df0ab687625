import fc from 'fast-check';
import { parse, stringify } from 'smol-toml';
import { expect, test } from 'vitest';
import { modelOf } from '../../source/fixtures/read-text.ts';
import { printSystem } from '../../source/print/print-system.ts';
import { difference } from '../../source/print/same.ts';
import { exportWorkflowToml } from './export-workflow-toml.ts';
import { review } from './fixtures/review.ts';
import { importWorkflowToml } from './import-workflow-toml.ts';

const name = fc.oneof(
  fc.stringMatching(/^[a-z][a-z-]{0,4}$/),
  fc.constantFrom('input', 'scope', 'class', 'z', 'the end', "it's", 'ä', '1', 'a.b', 'x', 'context', 'machine'),
);
const said = fc.constantFrom('Some words.', 'Two\nlines */ "of" it.', "it's", '');
const types = fc.constantFrom(
  'string',
  'number?',
  'integer[]',
  'boolean',
  'object',
  'object[]?',
  'array',
  'array[]',
  'any',
  'any?',
);
const fields = fc.dictionary(name, types, { minKeys: 1, maxKeys: 3, noNullPrototype: true });
/** Members that may be absent. */
const some = <T extends Record<string, fc.Arbitrary<unknown>>>(members: T) => fc.record(members, { requiredKeys: [] });
const list = (of: readonly string[]) => fc.uniqueArray(fc.constantFrom(...of), { minLength: 1, maxLength: 2 });

function workflowOf(
  states: readonly string[],
  guards: readonly string[],
  agents: readonly string[],
  resources: readonly string[],
) {
  const target = fc.constantFrom(...states);
  const handler = fc
    .tuple(
      fc.oneof(name, fc.constant('*')),
      some({
        description: said,
        target,
        guard: fc.constantFrom(...guards),
        actions: fc.array(name, { minLength: 1, maxLength: 2 }),
      }),
    )
    .map(([event, rest]) => ({ event, ...rest }));
  // Handlers of one event stand together, as they do in a machine.
  const handlers = fc.array(handler, { minLength: 1, maxLength: 3 }).map((all) => {
    const events = [...new Set(all.map(({ event }) => event))].toSorted(
      (a, b) => Number(/^\d/.test(b)) - Number(/^\d/.test(a)),
    );
    return events.flatMap((event) => all.filter((each) => each.event === event));
  });
  const common = { description: said, entry_actions: fc.array(name, { minLength: 1, maxLength: 2 }) };
  const contract = some({ description: said, input: fields, output: fields });
  const timeout = fc.option(
    fc.record({ timeout_seconds: fc.constantFrom(1, 0.25, 90, 86_400), timeout_target: target }),
    { nil: {} },
  );
  const state = fc
    .tuple(
      some({
        ...common,
        exit_actions: fc.array(name, { minLength: 1, maxLength: 2 }),
        agents: list(agents),
        required_resources: list(resources),
        handlers,
        contracts: fc.dictionary(name, contract, { minKeys: 1, maxKeys: 2, noNullPrototype: true }),
      }),
      timeout,
    )
    .map(([rest, time]) => ({ ...rest, ...time }));
  const terminal = some(common).map((rest) => ({ ...rest, terminal: true }));
  return fc
    .record({
      about: some({ description: said, tags: fc.array(name, { minLength: 1, maxLength: 2 }) }),
      initial: target,
      states: fc.tuple(...states.map(() => fc.oneof({ weight: 3, arbitrary: state }, terminal))),
      words: fc.tuple(...guards.map(() => said)),
    })
    .map(({ about, initial, states: bodies, words }) => ({
      name: 'the flow',
      ...about,
      initial,
      guards: Object.fromEntries(guards.map((guard, index) => [guard, words[index]])),
      states: Object.fromEntries(states.map((each, index) => [each, bodies[index]])),
    }));
}

const unique = (minLength: number) => fc.uniqueArray(name, { minLength, maxLength: 3 });
const document = fc.tuple(unique(1), unique(1), unique(1), unique(1)).chain(([states, guards, agents, resources]) => {
  const agent = fc
    .tuple(
      name,
      some({
        description: said,
        max_tokens: fc.integer({ min: 1, max: 9999 }),
        temperature: fc.constantFrom(0, 0.5, 1),
        tags: fc.array(name),
      }),
    )
    .map(([model, rest]) => ({ model, ...rest }));
  const secrets = fc.oneof(fc.constant(['A_KEY', 'B']), fc.constant({ user: 'A_KEY', 'pass word': 'B' }));
  const resource = fc
    .tuple(
      fc.constantFrom('http', 'webhook', 'database', 'custom'),
      some({
        description: said,
        url: said,
        secrets,
        options: fc.constant({ depth: 2, 'a b': [1, { c: 'd' }] }),
        tags: fc.array(name),
      }),
    )
    .map(([type, rest]) => ({ type, ...rest }));
  return fc.record({
    metadata: some({ description: said, tags: fc.array(name, { minLength: 1 }), author: said }).map((rest) => ({
      name: 's',
      version: '1.2.0',
      ...rest,
    })),
    agents: fc
      .tuple(...agents.map(() => agent))
      .map((all) => Object.fromEntries(agents.map((each, index) => [each, all[index]]))),
    resources: fc
      .tuple(...resources.map(() => resource))
      .map((all) => Object.fromEntries(resources.map((each, index) => [each, all[index]]))),
    workflows: workflowOf(states, guards, agents, resources).map((workflow) => [workflow]),
  });
});

function imported(text: string) {
  const { model, diagnostics } = importWorkflowToml(text);
  if (model === undefined) throw new Error(`${text}\n${JSON.stringify(diagnostics, null, 1)}`);
  return model;
}

test('a configuration with everything is exported as it was', () => {
  const model = imported(review);
  const { text = '', diagnostics } = exportWorkflowToml(Object.values(model.machines), model);
  expect(diagnostics).toEqual([]);
  expect(parse(text)).toEqual(parse(review));
});

test('what was imported is exported as it was, and imported as the same system', () => {
  fc.assert(
    fc.property(document, (config) => {
      const model = imported(stringify(config));
      const { text = '', diagnostics } = exportWorkflowToml(Object.values(model.machines), model);
      expect(diagnostics).toEqual([]);
      expect(parse(text)).toEqual(parse(stringify(config)));
      expect(difference(imported(text), model)).toBeUndefined();
    }),
    { numRuns: 300 },
  );
});

test('through a file it is the same, too', async () => {
  await fc.assert(
    fc.asyncProperty(document, async (config) => {
      // JavaScript puts members called by whole numbers first: a file whose order that would change is refused (MR1740).
      fc.pre(!/"\d+"/.test(JSON.stringify(config)));
      const model = imported(stringify(config));
      const { text = '', diagnostics } = printSystem(model);
      expect(diagnostics).toEqual([]);
      const read = await modelOf(text);
      expect(difference(read, model)).toBeUndefined();
      expect(exportWorkflowToml(Object.values(read.machines), read)).toMatchObject({ diagnostics: [] });
    }),
    { numRuns: 40 },
  );
});

const head = `import { event, machine, system } from 'millrace';
import { z } from 'zod';
export default system('s', { version: '1.0.0' });
export const go = event('go', { payload: z.object({ id: z.string(), n: z.number() }) });
`;

test('what has no place is said', async () => {
  const model = await modelOf(`${head}
export const m = machine('m', { key: 'id', context: z.object({ n: z.number().default(0) }), events: { go } }).states('a', {
  a: { on: { go: { target: 'b', guard: ({ event }) => event.n > 1, assign: ({ event }) => ({ n: event.n }) } } },
  b: { always: { target: 'c' } },
  c: { final: true },
});
`);
  const { text, diagnostics } = exportWorkflowToml(Object.values(model.machines), model);
  expect(
    diagnostics.map(
      ({ code, line, column, message }) => `${code} ${line}:${column} ${message.replace(/ has no place .*/, '')}`,
    ),
  ).toMatchInlineSnapshot(`
    [
      "MR1799 6:53 The context of the machine 'm'",
      "MR1799 4:42 What the event 'go' carries",
      "MR1799 7:40 The code of a guard, called 'a-go' there,",
      "MR1799 7:76 The action \`assign\`",
      "MR1799 8:3 'always' of the state 'b'",
    ]
  `);
  expect(text).toMatchInlineSnapshot(`
    "[metadata]
    name = "s"
    version = "1.0.0"

    [[workflows]]
    name = "m"
    initial = "a"

    [workflows.guards]
    a-go = "({ event }) => event.n > 1"

    [[workflows.states.a.handlers]]
    event = "go"
    target = "b"
    guard = "a-go"

    [workflows.states.b]
    [workflows.states.c]
    terminal = true
    "
  `);
});

test('states in states are an error, and no text', async () => {
  const model = await modelOf(`${head}
export const m = machine('m', { key: 'id', context: z.object({}), events: { go } }).states('a', {
  a: { initial: 'b', states: { b: { on: { go: 'c' } }, c: {} } },
});
`);
  const { text, diagnostics } = exportWorkflowToml(Object.values(model.machines), model);
  expect(text).toBeUndefined();
  expect(diagnostics.find(({ severity }) => severity === 'error')?.message).toBe(
    "The compound state 'a' has no place in a workflow in TOML: it is left out.",
  );
});
