import type { SystemModel } from 'millrace/model';
import { expect, test } from 'vitest';
import { difference } from '../print/same.ts';
import { readSource } from '../read.ts';
import { textsOf } from './save.ts';

const path = '/project/a.dsl.ts';
type Files = Readonly<Record<string, string>>;
/** All of it but JSON, which goes on without end. */
type Json = 'metadata' | 'options' | 'examples' | 'retention' | 'budget' | 'access' | 'evidence' | 'model';
type Writable<T> = T extends object ? { -readonly [K in keyof T]: K extends Json ? T[K] : Writable<T[K]> } : T;

const reader =
  (files: Files) =>
  (file: string): string => {
    const text = files[file.replace('/project/', '')];
    if (text === undefined) throw Object.assign(new Error(`ENOENT: ${file}`), { code: 'ENOENT' });
    return text;
  };

/** Reads files, changes the model, saves; gives the files. What is read from them is what was saved. */
function edited(
  files: Files,
  change: (model: Writable<SystemModel>) => void,
): { files: Files; notes: readonly string[] } {
  const { system, diagnostics } = readSource(path, '/project', reader(files));
  expect(diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  const model = structuredClone(system) as unknown as Writable<SystemModel>;
  change(model);
  const saved = textsOf(model as unknown as SystemModel, path, '/project', reader(files));
  expect(saved.diagnostics.filter(({ severity }) => severity === 'error')).toEqual([]);
  const texts = Object.fromEntries([...saved.texts].map(([file, text]) => [file.replace('/project/', ''), text]));
  const after = { ...files, ...texts };
  const again = readSource(path, '/project', reader(after)).system as SystemModel;
  expect(difference(model as unknown as SystemModel, again)).toBeUndefined();
  return { files: after, notes: saved.diagnostics.map(({ message }) => message) };
}

/** The lines that went and came. */
function changes(before: string, after: string): string {
  const [old, next] = [before.split('\n'), after.split('\n')];
  const count = (line: string, all: readonly string[]): number => all.filter((each) => each === line).length;
  return [
    ...old.filter((line) => count(line, old) > count(line, next)).map((line) => `- ${line}`),
    ...next.filter((line) => count(line, next) > count(line, old)).map((line) => `+ ${line}`),
  ].join('\n');
}

const shop = `// A shop.
import { event, flow, machine, system, task } from "millrace"
import { z } from "zod"

/** The shop. */
export default system("shop", { version: "1.0.0" /* first */ })

const Id = z.string() // short

export const placed = event("order.placed", { payload: z.object({ id: Id }) })

/** Charges. */
export const chargeCard = task("charge", {
\t// what comes in
\tinput: z.object({ id: Id }),
\toutput: z.object({ ok: z.boolean() }), // what goes out
\tretry: { attempts: 3, delay: "1s" },
\tidempotent: true, // the bank knows
})

export const pay = flow("pay", { input: z.object({ id: Id }) }, (steps) => steps
\t// first
\t.step("one", ({ input }) => chargeCard(input)) // one
\t.sleep("wait", "1h") // a while
\t/* last */
\t.step("two", ({ input }) => chargeCard(input)))

export const order = machine("order", { key: "id", context: z.object({ n: z.number() }), events: { placed } }).states("open", {
\t// the beginning
\topen: { on: { placed: { target: "busy", assign: ({ context }) => ({ n: context.n + 1 }) } } }, // open
\tbusy: { after: { "1h": "shut" } },
\tshut: { final: true }, // the end
})
`;

function shopChange(change: (model: Writable<SystemModel>) => void): string {
  const { files, notes } = edited({ 'a.dsl.ts': shop }, change);
  expect(notes).toEqual([]);
  return changes(shop, files['a.dsl.ts'] as string);
}

const at = <T>(map: Record<string, T>, name: string): T => map[name] as T;

test('what is the same is not written', () => {
  const { files } = edited({ 'a.dsl.ts': shop }, () => {});
  expect(files['a.dsl.ts']).toBe(shop);
});

test('a member of options: changed, added, removed', () => {
  expect(shopChange(({ tasks }) => void (at(tasks, 'charge').retry = { attempts: 4, delay: '1s' })))
    .toMatchInlineSnapshot(`
    "- 	retry: { attempts: 3, delay: "1s" },
    + 	retry: { attempts: 4, delay: "1s" },"
  `);
  expect(shopChange(({ tasks }) => void (at(tasks, 'charge').timeout = '5s'))).toMatchInlineSnapshot(
    `"+ 	timeout: "5s","`,
  );
  expect(shopChange(({ tasks }) => void delete at(tasks, 'charge').idempotent)).toMatchInlineSnapshot(
    `"- 	idempotent: true, // the bank knows"`,
  );
  expect(shopChange((model) => void (model.version = '1.1.0'))).toMatchInlineSnapshot(`
    "- export default system("shop", { version: "1.0.0" /* first */ })
    + export default system("shop", { version: "1.1.0" /* first */ })"
  `);
});

test('descriptions', () => {
  expect(shopChange(({ tasks }) => void (at(tasks, 'charge').description = 'Takes money.'))).toMatchInlineSnapshot(`
    "- /** Charges. */
    + /** Takes money. */"
  `);
  expect(shopChange(({ flows }) => void (at(flows, 'pay').description = 'Pays.\nTwice.'))).toMatchInlineSnapshot(`
    "+ /**
    +  * Pays.
    +  * Twice.
    +  */"
  `);
  expect(shopChange(({ tasks }) => void delete at(tasks, 'charge').description)).toMatchInlineSnapshot(
    `"- /** Charges. */"`,
  );
});

test('steps: removed, added, moved', () => {
  const steps = (model: Writable<SystemModel>) => at(model.flows, 'pay').body.steps;
  expect(shopChange((model) => void steps(model).splice(1, 1))).toMatchInlineSnapshot(
    `"- 	.sleep("wait", "1h") // a while"`,
  );
  expect(shopChange((model) => void steps(model).splice(2, 1))).toMatchInlineSnapshot(`
    "- 	/* last */
    - 	.step("two", ({ input }) => chargeCard(input)))
    + 	)"
  `);
  expect(shopChange((model) => void steps(model).splice(0, 3, ...steps(model).toReversed()))).toMatchInlineSnapshot(`
    "- 	.step("two", ({ input }) => chargeCard(input)))
    + 	.step("two", ({ input }) => chargeCard(input))
    + 	)"
  `);
  const sleep = {
    kind: 'sleep' as const,
    id: 'more',
    time: '2d' as const,
    location: { file: '', line: 1, column: 1, endLine: 1, endColumn: 1 },
  };
  expect(shopChange((model) => void steps(model).splice(1, 0, sleep))).toMatchInlineSnapshot(
    `"+ 	.sleep("more", "2d")"`,
  );
});

test('states and transitions', () => {
  const states = (model: Writable<SystemModel>) => at(model.machines, 'order').states;
  expect(shopChange((model) => void (states(model)[0]!.on[0]!.transitions[0]!.targets = ['shut'])))
    .toMatchInlineSnapshot(`
    "- 	open: { on: { placed: { target: "busy", assign: ({ context }) => ({ n: context.n + 1 }) } } }, // open
    + 	open: { on: { placed: { target: "shut", assign: ({ context }) => ({ n: context.n + 1 }) } } }, // open"
  `);
  expect(shopChange((model) => void (states(model)[0]!.description = "It's open"))).toMatchInlineSnapshot(`
    "- 	open: { on: { placed: { target: "busy", assign: ({ context }) => ({ n: context.n + 1 }) } } }, // open
    + 	open: { description: 'It\\'s open', on: { placed: { target: "busy", assign: ({ context }) => ({ n: context.n + 1 }) } } }, // open"
  `);
  expect(shopChange((model) => void states(model).push({ ...states(model)[2]!, name: 'lost' }))).toMatchInlineSnapshot(
    `"+ 	lost: { final: true },"`,
  );
  expect(
    shopChange((model) => {
      states(model)[0]!.on[0]!.transitions[0]!.targets = ['shut'];
      states(model).splice(1, 1);
    }),
  ).toMatchInlineSnapshot(`
    "- 	open: { on: { placed: { target: "busy", assign: ({ context }) => ({ n: context.n + 1 }) } } }, // open
    - 	busy: { after: { "1h": "shut" } },
    + 	open: { on: { placed: { target: "shut", assign: ({ context }) => ({ n: context.n + 1 }) } } }, // open"
  `);
});

test('new and removed definitions', () => {
  expect(
    shopChange(
      (model) =>
        void (model.tasks['ship'] = {
          ...structuredClone(at(model.tasks, 'charge')),
          name: 'ship',
          description: 'Ships.',
        }),
    ),
  ).toMatchInlineSnapshot(`
    "+ 
    + 
    + 
    + 
    + 	input: z.object({ id: Id }),
    + 	retry: { attempts: 3, delay: "1s" },
    + })
    + 
    + /** Ships. */
    + export const ship = task("ship", {
    + 	input: z.object({ id: Id }),
    + 	output: z.object({ ok: z.boolean() }),
    + 	retry: { attempts: 3, delay: "1s" },
    + 	idempotent: true,
    + })
    + 
    + 
    + })
    + "
  `);
  expect(shopChange((model) => void delete model.machines['order'])).toMatchInlineSnapshot(`
    "- })
    - export const order = machine("order", { key: "id", context: z.object({ n: z.number() }), events: { placed } }).states("open", {
    - 	// the beginning
    - 	open: { on: { placed: { target: "busy", assign: ({ context }) => ({ n: context.n + 1 }) } } }, // open
    - 	busy: { after: { "1h": "shut" } },
    - 	shut: { final: true }, // the end
    - })"
  `);
  expect(shopChange((model) => void delete model.flows['pay'])).toMatchInlineSnapshot(`
    "- 
    - 
    - 
    - 
    - 
    - export const pay = flow("pay", { input: z.object({ id: Id }) }, (steps) => steps
    - 	// first
    - 	.step("one", ({ input }) => chargeCard(input)) // one
    - 	.sleep("wait", "1h") // a while
    - 	/* last */
    - 	.step("two", ({ input }) => chargeCard(input)))
    - 
    - "
  `);
});

test('declarations: changed and new, before what needs them', () => {
  expect(shopChange(({ locals }) => void (at(locals, 'Id').text = 'const Id = z.string().min(3);')))
    .toMatchInlineSnapshot(`
      "- const Id = z.string() // short
      + const Id = z.string().min(3) // short"
    `);
  expect(
    shopChange((model) => {
      const local = at(model.locals, 'Id');
      model.locals['Sum'] = { ...local, name: 'Sum', text: 'const Sum = z.number().max(top);', uses: ['top', 'z'] };
      model.locals['top'] = { ...local, name: 'top', text: 'const top = 9;', uses: [] };
      at(model.tasks, 'charge').output = {
        ...at(model.tasks, 'charge').output,
        text: 'z.object({ sum: Sum })',
        uses: ['Sum', 'top', 'z'],
      };
    }),
  ).toMatchInlineSnapshot(`
    "- 	output: z.object({ ok: z.boolean() }), // what goes out
    + 
    + 
    + 
    + 
    + const top = 9;
    + const Sum = z.number().max(top);
    + 
    + 	output: z.object({ sum: Sum }), // what goes out
    + 
    + 
    + "
  `);
});

test('what a file does not import yet', () => {
  const files = {
    'a.dsl.ts':
      "import { system } from 'millrace';\nimport * as jobs from './jobs.dsl.ts';\nexport default system('s', { version: '1.0.0', parts: [jobs] });\n",
    'jobs.dsl.ts':
      "import { task } from 'millrace';\nimport { z as zod } from 'zod';\nexport const run = task('run', { input: zod.any(), output: zod.any() });\n",
  };
  const add = (file: string): string => {
    const { files: made } = edited(files, (model) => {
      const { location, input } = at(model.tasks, 'run');
      const place = { ...location, file };
      const text = '({ input }) => go(input)';
      const lambda = {
        kind: 'expression' as const,
        text,
        uses: [],
        lambda: { parameter: '{ input }', reads: ['input'], body: 'go(input)', block: false },
        location,
      };
      const call = {
        kind: 'call' as const,
        target: { kind: 'task' as const, name: 'run' },
        lambda,
        argument: 'input',
        location,
      };
      model.events['gone'] = { kind: 'event', name: 'gone', payload: structuredClone(input), location: place };
      model.flows['again'] = {
        kind: 'flow',
        name: 'again',
        input: structuredClone(input),
        on: 'failed.run',
        body: { kind: 'body', steps: [{ kind: 'step', id: 'one', call, location }], location },
        location: place,
      };
    });
    return made[file] as string;
  };
  expect(add('a.dsl.ts')).toMatchInlineSnapshot(`
    "import { system, event, flow, failed } from 'millrace';
    import * as jobs from './jobs.dsl.ts';
    import { z as zod } from 'zod';
    export default system('s', { version: '1.0.0', parts: [jobs] });

    export const gone = event('gone', { payload: zod.any() });

    export const again = flow('again', { input: zod.any(), on: failed(jobs.run) }, (f) => f
      .step('one', ({ input }) => jobs.run(input)));
    "
  `);
  expect(add('jobs.dsl.ts')).toMatchInlineSnapshot(`
    "import { task, event, flow, failed } from 'millrace';
    import { z as zod } from 'zod';
    export const run = task('run', { input: zod.any(), output: zod.any() });

    export const gone = event('gone', { payload: zod.any() });

    export const again = flow('again', { input: zod.any(), on: failed(run) }, (f) => f
      .step('one', ({ input }) => run(input)));
    "
  `);
});

test('a new definition that others need when they are executed stands before them', () => {
  const { files } = edited({ 'a.dsl.ts': shop }, (model) => {
    model.events['lost'] = { ...structuredClone(at(model.events, 'order.placed')), name: 'lost' };
    at(model.machines, 'order').events.push({ alias: 'lost', name: 'lost' });
  });
  const text = files['a.dsl.ts'] as string;
  expect(text.indexOf('export const lost =')).toBeLessThan(text.indexOf('export const order ='));
});

test('what no small change can say is written anew as a whole, and reported', () => {
  const text = `import { machine, event, system } from 'millrace';
import { z } from 'zod';
export default system('s', { version: '1.0.0' });
export const placed = event('placed', { payload: z.object({ id: z.string() }) });
const states = { open: { on: { placed: 'shut' } }, shut: {} } as const;
// above
export const door = machine('door', { key: 'id', context: z.object({}), events: { placed } }).states('open', {
  ...states, // both
}); // behind
`;
  const { files, notes } = edited({ 'a.dsl.ts': text }, ({ machines }) => {
    const { states } = at(machines, 'door');
    states.splice(1, 0, { ...structuredClone(states[1]!), name: 'ajar' });
  });
  expect(notes).toEqual(["'door' was written anew from its options on; comments inside of it are gone."]);
  const written = "  open: { on: { placed: 'shut' } },\n  ajar: {},\n  shut: {},\n";
  expect(files['a.dsl.ts']).toBe(text.replace('  ...states, // both\n', written));
});
