import { expect, test } from 'vitest';
import { modelOf } from '../../source/fixtures/read-text.ts';
import { printSystem } from '../../source/print/print-system.ts';
import { difference } from '../../source/print/same.ts';
import { review } from './fixtures/review.ts';
import { importWorkflowToml } from './import-workflow-toml.ts';

function said(text: string): string[] {
  const { diagnostics } = importWorkflowToml(text, { file: 'a.toml' });
  return diagnostics
    .filter(({ severity }) => severity !== 'info')
    .map(({ code, line, column, message }) => `${code} ${line}:${column} ${message}`);
}
const flow = (states: string): string => `[[workflows]]\nname = "w"\ninitial = "a"\n${states}`;

test('a configuration becomes a system that can be written and read', async () => {
  const { model, machines, diagnostics } = importWorkflowToml(review, { file: 'review.toml' });
  expect(diagnostics.filter(({ severity }) => severity !== 'info')).toEqual([]);
  expect(machines).toEqual(['pull_request']);
  if (model === undefined) throw new Error('no model');
  const { text = '', diagnostics: refused } = printSystem(model);
  expect(refused).toEqual([]);
  expect(difference(await modelOf(text), model)).toBeUndefined();
  expect(text).toMatchInlineSnapshot(`
    "import { agent, event, machine, resource, system, task } from 'millrace';
    import { z } from 'zod';

    /** Reviews. */
    export default system('review', { version: '2.1.0', tags: ['code'], metadata: { author: 'Ada' } });

    /** Fill in: the fields of the context that change. */
    function open(..._: readonly unknown[]): never {
      throw new Error("The action 'open' is not filled in.");
    }

    /** Fill in: the fields of the context that change. */
    function close(..._: readonly unknown[]): never {
      throw new Error("The action 'close' is not filled in.");
    }

    /** Fill in: true or false. All checks are green. */
    function isReady(..._: readonly unknown[]): never {
      throw new Error("The guard 'is-ready' is not filled in.");
    }

    /** Fill in: the fields of the context that change. */
    function tellAll(..._: readonly unknown[]): never {
      throw new Error("The action 'tell-all' is not filled in.");
    }

    /** Fill in: the fields of the context that change. */
    function count(..._: readonly unknown[]): never {
      throw new Error("The action 'count' is not filled in.");
    }

    /** Fill in: true or false. Less than 100 lines. */
    function small(..._: readonly unknown[]): never {
      throw new Error("The guard 'small' is not filled in.");
    }

    export const reader = agent('reader', { model: 'big-1', maxTokens: 4000, temperature: 0.2, tags: ['careful'] });

    export const second_reader = agent('second_reader', { model: 'small-1', metadata: { name: 'second reader' } });

    export const forge = resource('forge', {
      kind: 'http',
      env: ['FORGE_TOKEN'],
      options: { url: 'https://forge.example' },
    });

    export const store = resource('store', {
      kind: 'database',
      env: ['DB_USER', 'DB_PASSWORD'],
      metadata: { secrets: { user: 'DB_USER', password: 'DB_PASSWORD' } },
    });

    export const submit = event('submit', { payload: z.looseObject({ id: z.string() }) });

    export const approve = event('approve', { payload: z.looseObject({ id: z.string() }) });

    export const summarise = task('summarise', {
      input: z.object({ text: z.string(), 'line count': z.int().optional() }),
      output: z.object({ notes: z.array(z.string()), more: z.unknown() }),
      needs: { resources: [forge] },
      model: { agent: reader, prompt: 'Do \\'summarise\\'.' },
    });

    /** One request. */
    export const pull_request = machine('pull_request', {
      key: 'id',
      context: z.object({}),
      events: { submit, approve },
      tasks: { summarise },
      metadata: {
        name: 'pull request',
        guards: { 'is-ready': 'All checks are green.', small: 'Less than 100 lines.' },
        functions: { isReady: 'is-ready', tellAll: 'tell-all' },
        states: {
          reading: {
            agents: ['reader', 'second_reader'],
            required_resources: ['forge'],
            contracts: { summarise: 'summarise' },
          },
        },
      },
    }).states('draft', {
      draft: {
        entry: { do: [{ assign: open }, { assign: tellAll }] },
        exit: { assign: close },
        on: { submit: [{ target: 'reading', guard: isReady, assign: tellAll }, { assign: count }] },
      },
      reading: {
        description: 'Somebody reads.',
        on: { approve: { target: 'merged', guard: small }, '*': 'draft' },
        after: { '90s': 'draft' },
      },
      merged: { final: true },
    });
    "
  `);
});

test.each([
  ['a = = 1', ['MR1790 1:5 This is not TOML: invalid value.']],
  ['', ["MR1791 1:1 A configuration has '[[workflows]]'."]],
  [
    '[metadat]\nname = "x"\n[[workflows]]\nname = "w"\ninitial = "a"\nstates = { a = {} }',
    ["MR1792 1:2 A configuration has no 'metadat': it is left out."],
  ],
  ['[[workflows]]\nname = "w"\n[workflows.states.a]\n', ["MR1797 1:1 The workflow 'w' has no 'initial'."]],
  [flow('[workflows.states.b]\n'), ["MR1793 3:11 'a' is no state. There are: b."]],
  [
    flow('[workflows.states.a]\n[[workflows.states.a.handlers]]\nevent = "go"\ntarget = "nowhere"\nguard = "g"\n'),
    ["MR1793 7:10 'nowhere' is no state.", "MR1793 8:9 'g' is no guard."],
  ],
  [
    flow('[workflows.states.a]\nterminal = true\nhandlers = [{ event = "go", target = "a" }]\n'),
    ["MR1796 6:1 The terminal state 'a' has handlers."],
  ],
  [
    flow('[workflows.states.a]\nterminal = true\ntimeout_seconds = 1\ntimeout_target = "a"\n'),
    ["MR1796 6:1 The terminal state 'a' has a timeout."],
  ],
  [
    flow('[workflows.states.a]\ntimeout_seconds = 1\n'),
    ["MR1791 5:1 The state 'a' has a 'timeout_seconds' and no 'timeout_target'."],
  ],
  [
    flow('[workflows.states.a]\nagents = [\n  "x", # who?\n  "y"\n]\n[agents.xx]\nmodel = "m"\n'),
    ["MR1793 6:3 'x' is no agent. There are: xx.", "MR1793 7:3 'y' is no agent. There are: xx."],
  ],
  [
    flow('[workflows.states.a]\nhandlers = [{ event = "x" }, { event = "*" },\n  { event = "x" }]\n'),
    [expect.stringMatching(/^MR1754 6:3 Handlers of 'x' stand together here/) as string],
  ],
  [flow('[workflows.states.a]\nhandler = []\n'), ["MR1792 5:1 The state 'a' has no 'handler': it is left out."]],
  [
    flow('[workflows.states.a]\n[resources.r]\ntype = "ftp"\nsecrets = ["sk-123"]\n'),
    [
      "MR1793 6:8 'ftp' is no type of resource. There are: http, webhook, database, custom.",
      'MR1791 7:12 A secret is given by the name of an environment variable only.',
    ],
  ],
  [
    flow('[workflows.states.a.contracts.c]\ninput = { n = "int" }\n'),
    ["MR1793 5:15 'int' is no type of fields. There are: string, number, integer, boolean, object, array, any."],
  ],
  [
    flow('[workflows.states.a]\n__proto__ = 1\n'),
    ['MR1790 5:1 This is not TOML: document contains an unsafe property.'],
  ],
])('%s', (text, expected) => {
  expect(said(text)).toEqual(expected);
});
