import { describe, expect, it } from 'vitest';
import { systemSchema } from '../../model/index.ts';
import { basics, head, lines, marks, modelOf, readText } from '../fixtures/read-text.ts';

const taskText = (options: string, below = ''): string =>
  `${basics}export const t = task('t', { input: z.string(), output: z.string(), ${options} });\n${below}`;
const taskOf = async (options: string, below?: string): Promise<object> => {
  const model = await modelOf(taskText(options, below));
  expect(systemSchema.parse(model)).toEqual(model);
  return model.tasks['t']!;
};

describe('definitions', () => {
  it('of every kind, with every option', async () => {
    const common =
      "description: 'D', tags: ['a', { key: 'k', value: 1, scope: 's' }], metadata: { a: [1, { b: null }] }, hints: { concepts: ['c'], rules: ['r'], related: ['t'] }";
    const model = await modelOf(`${basics}
export const e = event('e', { payload: z.string(), ttl: '3d', ${common} });
export const db = resource('db', { kind: 'database', env: ['DB_URL'], options: { pool: 4 }, ${common} });
export const clerk = agent('clerk', { role: 'fast', model: 'x', system: 'You ' + 'sort.', tools: ['charge', refund], maxTokens: 5, options: { t: 0.5 }, ${common} });
export const t = task('t', {
  input: z.object({ id: z.string() }), output: z.object({ path: z.string() }),
  retry: { attempts: 3, backoff: 'linear', delay: '1s', maxDelay: '1m', jitter: false }, timeout: '5s', concurrency: 2, queue: 0,
  rateLimit: { limit: 5, per: '1s' }, priority: -1, breaker: { failures: 3, rate: 0.5, per: '1m', reset: '10s', halfOpen: 2 }, idempotent: true, cache: { ttl: '1h' },
  evidence: [{ fileExists: { path: ({ output }) => output.path, type: 'file' }, name: 'n' }, { row: { resource: db, table: 't', where: { id: 1 }, values: ({ input }) => input } }, { exitCode: { actual: 0 } }],
  examples: [{ description: 'x', input: { id: 'a' }, output: { path: 'p' } }, { input: {}, error: 'E' }], errors: ['E'],
  needs: { net: ['h'], fs: ['f'], env: ['V'], resources: [db] },
  model: { agent: clerk, prompt: ({ input }) => input.id, tools: [charge], context: { show: ['id', { member: 'id', as: 'ref' }], strategy: { keepLast: 4 } }, maxTokens: 10 },
  ${common},
});`);
    expect(systemSchema.parse(model)).toEqual(model);
    const shared = {
      description: 'D',
      tags: ['a', { key: 'k', value: 1, scope: 's' }],
      metadata: { a: [1, { b: null }] },
      hints: { concepts: ['c'], rules: ['r'], related: ['t'] },
    };
    expect(model.events['e']).toMatchObject({
      kind: 'event',
      payload: { text: 'z.string()', uses: ['z'] },
      ttl: '3d',
      ...shared,
    });
    expect(model.resources['db']).toMatchObject({
      kind: 'resource',
      type: 'database',
      env: ['DB_URL'],
      options: { pool: 4 },
      ...shared,
    });
    expect(model.agents['clerk']).toMatchObject({
      role: 'fast',
      model: 'x',
      system: 'You sort.',
      tools: ['charge', 'refund'],
      maxTokens: 5,
      options: { t: 0.5 },
      ...shared,
    });
    expect(model.tasks['t']).toMatchObject({
      retry: { attempts: 3, backoff: 'linear', delay: '1s', maxDelay: '1m', jitter: false },
      timeout: '5s',
      concurrency: 2,
      queue: 0,
      rateLimit: { limit: 5, per: '1s' },
      priority: -1,
      breaker: { failures: 3, rate: 0.5, per: '1m', reset: '10s', halfOpen: 2 },
      idempotent: true,
      cache: { ttl: '1h' },
      evidence: [
        {
          kind: 'fileExists',
          name: 'n',
          options: { path: { kind: 'expression', text: '({ output }) => output.path' }, type: 'file' },
        },
        { kind: 'row', options: { resource: 'db', table: 't', where: { id: 1 }, values: { kind: 'expression' } } },
        { kind: 'exitCode', options: { actual: 0 } },
      ],
      examples: [
        { description: 'x', input: { id: 'a' }, output: { path: 'p' } },
        { input: {}, error: 'E' },
      ],
      errors: ['E'],
      needs: { net: ['h'], fs: ['f'], env: ['V'], resources: ['db'] },
      model: {
        agent: 'clerk',
        prompt: { kind: 'expression' },
        tools: ['charge'],
        context: { show: ['id', { member: 'id', as: 'ref' }], strategy: { keepLast: 4 } },
        maxTokens: 10,
      },
      ...shared,
    });
  });

  it('the same declaration gives the same frozen data', async () => {
    const [first, second] = [await modelOf(taskText("timeout: '5s'")), await modelOf(taskText("timeout: '5s'"))];
    expect(JSON.stringify(first)).toBe(JSON.stringify(second));
    expect(Object.isFrozen(first.tasks['t'])).toBe(true);
  });

  it('options that are left undefined are absent', async () => {
    expect(await taskOf('timeout: undefined, metadata: { a: undefined, b: 1 }')).toMatchObject({ metadata: { b: 1 } });
    expect(await taskOf('timeout: undefined')).not.toHaveProperty('timeout');
  });

  it('with comments in odd places, and with letters of other scripts', async () => {
    const model = await modelOf(
      `${basics}export /* a */ const /* b */ größe /* c */ = /* d */ task(/* e */ 'größe'.length /* f */, 1);`
        .replace("'größe'.length", "'groesse'")
        .replace(
          ', 1)',
          ', /* g */ { /* h */ input /* i */ : /* j */ z. /* k */ any() /* l */, // m\n output: z.any() } /* n */) /* o */ ',
        ),
    );
    expect(model.tasks['groesse']).toMatchObject({
      input: { text: 'z. /* k */ any()' },
      location: { line: 8, column: 30 },
    });
    const letters = await modelOf(
      `${basics}const 数 = ({ input }: any) => input.größe * 2;\nexport const zähle = flow('zaehle', { input: z.any() }, (ƒ) => ƒ.returns(({ input }) => 数({ input })));`,
    );
    expect(letters.flows['zaehle']?.body.steps).toMatchObject([{ value: { uses: ['数'] } }]);
  });

  it('names of things that objects have anyway', async () => {
    const model = await modelOf(
      `${head}export const a = event('constructor', { payload: z.any() });\nexport const b = event('__proto__', { payload: z.any(), metadata: { __proto__: 1, toString: 2 } });`,
    );
    expect(Object.keys(model.events)).toEqual(['constructor', '__proto__']);
    expect(Object.entries(Object.entries(model.events)[1]?.[1].metadata ?? {})).toEqual([
      ['__proto__', 1],
      ['toString', 2],
    ]);
  });
});

describe('descriptions', () => {
  it('are the doc comment when none is given', async () => {
    const body = '{ input: z.any(), output: z.any() }';
    const model = await modelOf(
      `${head}/** One.\n * Two\n *   indented\n * @deprecated no\n */\nexport const a = task('a', ${body});\n/* plain */\nexport const b = task('b', ${body});\n/** Doc */\n// between\nexport const c = task('c', ${body});\n/** Doc */\nexport const d = task('d', { ...${body}, description: 'own' });\n/**\r\n * Windows\r\n */\r\nexport const e = task('e', ${body});\n/***** banner *****/\nexport const f = task('f', ${body}); /** Not mine. */`,
    );
    expect(Object.values(model.tasks).map(({ description }) => description)).toEqual([
      'One.\nTwo\n  indented',
      undefined,
      'Doc',
      'own',
      'Windows',
      undefined,
    ]);
  });

  it('of the system, too', async () => {
    expect((await modelOf(head.replace('export default', '/** All of it. */\nexport default'))).description).toBe(
      'All of it.',
    );
  });
});

describe('the system', () => {
  it('with every option', async () => {
    const text = `${basics.replace("'1.0.0' }", `'1.2.3-beta.1', description: 'D', contexts: { Sales: { description: 'x', members: [charge, 'placed'], responsibilities: ['r'], dependencies: ['Other'] }, Other: { members: [] } }, retention: { runs: { maxAge: '3d' } }, budget: { run: '4 USD', tasks: { refund: '0.5 USD' } }, access: {}, tags: ['t'], metadata: { m: 1 } }`)}`;
    expect(await modelOf(text)).toMatchObject({
      name: 's',
      version: '1.2.3-beta.1',
      contexts: {
        Sales: { kind: 'context', members: ['charge', 'placed'], responsibilities: ['r'], dependencies: ['Other'] },
        Other: { members: [] },
      },
      retention: { runs: { maxAge: '3d' } },
      budget: { run: '4 USD', tasks: { refund: '0.5 USD' } },
      access: {},
      tags: ['t'],
      metadata: { m: 1 },
    });
  });

  it('with mistakes', async () => {
    expect(await marks(head.replace("'1.0.0' }", "'1', foo: 1 }"))).toEqual(["MR1104 '1'", 'MR1102 foo']);
    expect(await marks(head.replace(", { version: '1.0.0' }", ''))).toEqual(["MR1109 system('s')"]);
  });
});

describe('names', () => {
  it.each([
    ['MR1109 task()', 'task()'],
    ['MR1115 name', 'task(name, {})'],
    ["MR1112 'a b'", "task('a b', {})"],
    ["MR1112 ''", "task('', {})"],
    ['MR1105 `y${1}`', 'task(`y${1}`, {})'],
    ["MR1105 'a' + 'b'", "task('a' + 'b', {})"],
    ['MR1104 5', 'task(5, {})'],
  ])('%s', async (mark, text) => {
    expect(await marks(`${head}export const t = ${text};`)).toEqual([mark]);
  });

  it('from a constant, or a template without anything in it', async () => {
    expect(
      Object.keys(
        (
          await modelOf(
            `${head}const NAME = 'shop.a-1' as const;\nexport const a = event(NAME, { payload: z.any() });\nexport const b = event(\`b\`, { payload: z.any() });`,
          )
        ).events,
      ),
    ).toEqual(['shop.a-1', 'b']);
  });

  it('used twice: both places, and the first stays', async () => {
    const result = await readText(
      `${basics}export const other = event('charge', { payload: z.any() });\nexport const third = task('charge', { input: z.any(), output: z.any() });`,
    );
    expect(lines(result)).toEqual([
      "MR1113 8:28 The name 'charge' is used twice.",
      "MR1113 9:27 The name 'charge' is used twice.",
    ]);
    expect(result.diagnostics[1]?.related).toEqual([
      { message: "'charge' is first used here, by task 'charge'", file: 'a.dsl.ts', line: 6, column: 28 },
    ]);
    expect(result.system?.tasks['charge']?.location.line).toBe(6);
    expect(result.system?.events).not.toHaveProperty('charge');
  });

  it('one definition under two exported names is one', async () => {
    expect(Object.keys((await modelOf(`${basics}export { charge as again, placed };`)).tasks)).toEqual([
      'charge',
      'refund',
    ]);
  });
});

describe('definitions in the wrong place', () => {
  it('not exported, with a fix', async () => {
    const { diagnostics } = await readText(`${head}/** D */\nconst hidden = event('hidden', { payload: z.any() });`);
    expect(diagnostics).toMatchObject([
      {
        code: 'MR1013',
        line: 5,
        column: 7,
        fix: { title: "Export 'hidden'", edits: [{ text: 'export ', start: `${head}/** D */\n`.length }] },
      },
    ]);
  });

  it.each([
    ["MR1121 event('a', { payload: z.any() })", "event('a', { payload: z.any() });"],
    ["MR1121 event('a', { payload: z.any() })", "export let a = event('a', { payload: z.any() });"],
    ["MR1121 event('a', { payload: z.any() })", "export const all = { a: event('a', { payload: z.any() }) };"],
    [
      'MR1121 event(name, { payload: z.any() })',
      "const make = (name: string) => event(name, { payload: z.any() });\nexport const a = make('a');",
    ],
    [
      "MR1121 event('a', { payload: z.any() })",
      "export function createMore() { const a = event('a', { payload: z.any() }); return a; }",
    ],
    [
      "MR1121 machine('a', { key: 'id', context: z.any(), events: {} })",
      "const all = [machine('a', { key: 'id', context: z.any(), events: {} }).states('x', {})];",
    ],
  ])('%s', async (mark, text) => {
    expect(await marks(`${head}${text}`)).toEqual([mark]);
  });
});

describe('values', () => {
  it('from constants, spreads, members, and other files', async () => {
    const above =
      "const P = Object.freeze({ retry: { attempts: 2 }, 'a-b': { timeout: '7s' } } as const);\nconst tags = ['x'] satisfies string[];\n";
    expect(
      await taskOf(
        "...P['a-b'], retry: P.retry, tags: [...tags, 'y'], priority: -(-3), metadata: { hex: 0x10, big: 1_000, text: `plain` }",
        above,
      ),
    ).toMatchObject({
      timeout: '7s',
      retry: { attempts: 2 },
      tags: ['x', 'y'],
      priority: 3,
      metadata: { hex: 16, big: 1000, text: 'plain' },
    });
    const model = await modelOf({
      'a.dsl.ts': `import { TIMEOUT } from './consts.ts';\nimport * as all from './consts.ts';\nimport tags from './consts.ts';\n${taskText("timeout: TIMEOUT, retry: all.retry, tags, ...all['more']")}`,
      'consts.ts':
        "export { TIMEOUT } from './more.js';\nexport const retry = { attempts: 3 };\nexport default ['a', 'b'];\nexport const more = { priority: 7 };",
      'more.ts': "export const TIMEOUT = '9s';",
    });
    expect(model.tasks['t']).toMatchObject({ timeout: '9s', retry: { attempts: 3 }, tags: ['a', 'b'], priority: 7 });
    expect(model.files).toEqual(['a.dsl.ts', 'consts.ts', 'more.ts']);
  });

  it('a later member wins over a spread, in its place', async () => {
    expect(
      await taskOf("...P, timeout: '1s'", "const P = { timeout: '5s', retry: { attempts: 2 } } as const;"),
    ).toMatchObject({ timeout: '1s', retry: { attempts: 2 } });
    expect(await taskOf("timeout: '1s', ...P", "const P = { timeout: '5s' } as const;")).toMatchObject({
      timeout: '5s',
    });
  });

  it.each([
    [['MR1102 retrys'], 'retrys: {}'],
    [["MR1106 'timeout'"], "timeout: '5s', 'timeout': '6s'"],
    [["MR1105 ['time' + 'out']"], "['time' + 'out']: '5s'"],
    [["MR1107 get timeout() { return '5s'; }"], "get timeout() { return '5s'; }"],
    [['MR1107 timeout() {}'], 'timeout() {}'],
    [['MR1108 ...bar()'], '...bar()'],
    [['MR1108 ...(x ? {} : {})'], '...(x ? {} : {})'],
    [['MR1115 foo'], '...foo'],
    [["MR1104 '5 seconds'"], "timeout: '5 seconds'"],
    [['MR1104 5'], 'timeout: 5'],
    [["MR1104 '0s'"], "timeout: '0s'"],
    [["MR1104 '99999999999d'"], "timeout: '99999999999d'"],
    [['MR1104 0', "MR1104 'expo'"], "retry: { attempts: 0, backoff: 'expo' }"],
    [['MR1104 1.5'], 'priority: 1.5'],
    [['MR1104 0'], 'concurrency: 0'],
    [['MR1104 -1'], 'queue: -1'],
    [["MR1104 '0s'"], "rateLimit: { limit: 1, per: '0s' }"],
    [['MR1104 0'], "rateLimit: [{ limit: 5, per: '1s' }, { limit: 0, per: '1m' }]"],
    [['MR1104 []'], 'rateLimit: []'],
    [['MR1103 { limit: 5 }'], 'rateLimit: { limit: 5 }'],
    [['MR1104 50'], "breaker: { failures: 5, rate: 50, per: '1m', reset: '1s' }"],
    [["MR1104 '0s'"], "breaker: { failures: 5, reset: '0s' }"],
    [["MR1103 { threshold: 5, reset: '1s' }", 'MR1102 threshold'], "breaker: { threshold: 5, reset: '1s' }"],
    [["MR1104 'yes'"], "idempotent: 'yes'"],
    [['MR1104 `a ${1}`'], 'description: `a ${1}`'],
    [['MR1104 () => 1'], 'metadata: { a: () => 1 }'],
    [['MR1104 new Date(0)'], 'metadata: { a: new Date(0) }'],
    [['MR1104 1n'], 'metadata: { a: 1n }'],
    [['MR1104 {}'], 'tags: {}'],
    [['MR1103 {}'], 'evidence: [{ exitCode: {} }]'],
    [['MR1102 foo', 'MR1104 { foo: 1 }'].slice(0, 1), 'evidence: [{ foo: 1 }]'],
    [['MR1118 charge'], 'needs: { resources: [charge] }'],
    [['MR1103 {}', 'MR1103 {}'], 'model: {}'],
  ])('%s in %s', async (expected, options) => {
    expect(await marks(taskText(options))).toEqual(expected);
  });

  it('that lead in a circle', async () => {
    expect(await marks(taskText('timeout: a', 'const a = b; const b = a;'))).toEqual(['MR1114 a']);
    expect(await marks(taskText('...a', 'const a = { ...a };'))).toEqual(['MR1114 { ...a }']);
    expect(await marks(taskText('metadata: a', 'const a = { x: a };'))).toEqual(['MR1114 { x: a }']);
    expect(await marks(taskText('tags: a', 'const a = [...a];'))).toEqual(['MR1114 ...a']);
    expect(await marks(taskText('metadata: { a }', 'const a = [a];'))).toEqual(['MR1114 [a]']);
  });

  it('that are not known when the file is read', async () => {
    expect(await marks(taskText('timeout: a', "let a = '5s';"))).toEqual(['MR1101 a']);
    expect(await marks(taskText('timeout: a', "import { a } from 'pkg';"))).toEqual(['MR1101 a']);
    expect(await marks(taskText('timeout: a', "import * as a from './a.dsl.ts';"))).toContain('MR1101 a');
    expect(await marks(taskText('timeout: a', 'type a = 1;'))).toEqual(['MR1101 a']);
    expect(await marks(taskText('timeout: a.b.c', 'const a = { b: {} };'))).toEqual(['MR1115 a.b.c']);
  });

  it('schemas', async () => {
    expect(await marks(`${head}export const e = event('e', { payload: { a: 1 } });`)).toEqual(['MR1104 { a: 1 }']);
    expect(await marks(`${head}export const e = event('e', { payload: undefined });`)).toEqual([
      expect.stringMatching(/^MR1103/),
    ]);
    expect(await marks(`${head}export const e = event('e', { payload: Ordr });\nconst Order = z.any();`)).toEqual([
      'MR1115 Ordr',
    ]);
  });
});

describe('durations', () => {
  it.each([
    ['5 * 60 * 1000', "Write it in quotes, with a unit: '5m' if it counts milliseconds."],
    ['(2 * 750)', "Write it in quotes, with a unit: '1500ms' if it counts milliseconds."],
    ['patience * 2', "Write it in quotes, with a unit: such as '5m'."],
    ['`${patience}s`', "Write it in quotes, with a unit: such as '5m'."],
  ])('%s is computed, and is no name', async (given, hint) => {
    const { diagnostics } = await readText(taskText(`timeout: ${given}`, 'const patience = 500;'));
    expect(diagnostics).toMatchObject([
      {
        code: 'MR1104',
        message: expect.stringMatching(/^Expected a duration, written out, but found/) as string,
        hint,
      },
    ]);
  });

  it.each(['500', 'patience'])('%s is answered with one', async (given) => {
    const { diagnostics } = await readText(taskText(`timeout: ${given}`, 'const patience = 500;'));
    expect(diagnostics.map(({ code, message, hint }) => ({ code, message, hint }))).toEqual([
      {
        code: 'MR1104',
        message: `Expected a duration such as '30s', but found \`${given === 'patience' ? '500' : given}\`.`,
        hint: expect.stringMatching(
          /^Write it in quotes, with a unit\. If it counts milliseconds: '-?\d+ms'\.$/,
        ) as string,
      },
    ]);
  });
});
