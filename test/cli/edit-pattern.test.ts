import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { initialised, repository, stackTrace, type Project } from './dsl.ts';

const typeChecked = ({ root }: Project) =>
  spawnSync(process.execPath, [join(repository, 'node_modules/typescript/bin/tsc'), '-p', root], { encoding: 'utf8' });

const saga = [
  '--pattern',
  'saga',
  '--set',
  'name=bookTrip',
  '--set',
  'steps=flight,car:rentCar:returnCar',
  '--set',
  'input=id,nights:integer',
];

test('dsl edit --pattern adds a pattern to a system; with stubs it compiles, type-checks and runs', async () => {
  using it = await initialised('hello');
  const path = join(it.root, 'hello.dsl.ts');
  const before = readFileSync(path, 'utf8');
  const dry = await it.dsl(['edit', 'hello.dsl.ts', ...saga, '--dry-run']);
  expect(dry).toMatchObject({
    code: 0,
    stdout: expect.stringContaining("+export const bookTrip = flow('bookTrip', {"),
  });
  expect(readFileSync(path, 'utf8')).toBe(before);
  const done = await it.dsl(['edit', 'hello.dsl.ts', ...saga, '--json']);
  expect(done.code).toBe(0);
  expect(JSON.parse(done.stdout)).toMatchObject({ ok: true, system: 'hello', written: ['hello.dsl.ts'], edits: 5 });
  expect(readFileSync(path, 'utf8')).toContain('z.object({ id: z.string(), nights: z.int() })');
  expect(await it.dsl(['compile', '--stubs'])).toMatchObject({
    code: 0,
    stdout: expect.stringContaining('tasks/return-car.ts'),
  });
  for (const [file, result] of [
    ['do-flight', "{ reference: 'f-1' }"],
    ['rent-car', "{ reference: 'c-1' }"],
  ] as const) {
    const stub = join(it.root, `tasks/${file}.ts`);
    writeFileSync(stub, readFileSync(stub, 'utf8').replace(/=> \{[^]*\}\);/, `=> (${result}));`));
  }
  expect(typeChecked(it)).toMatchObject({ status: 0, stdout: '' });
  const input = JSON.stringify({ id: 't', nights: 2 });
  expect(await it.dsl(['run', 'hello.dsl.ts', 'bookTrip', '--input', input])).toMatchObject({
    code: 0,
    stdout: '{\n  "flight": "f-1",\n  "car": "c-1"\n}\n',
  });
  // A second time: nothing that stands is overwritten.
  expect(await it.dsl(['edit', 'hello.dsl.ts', ...saga])).toMatchObject({
    code: 1,
    stderr: expect.stringContaining('MR1782'),
  });
});

test('all patterns, with odd fields and every type, in one system: it checks, compiles and type-checks', async () => {
  using it = await initialised('hello');
  const odd = JSON.stringify({
    "it's": 'integer',
    'a-b': 'string',
    '1': 'boolean',
    class: 'number',
    '`${x}`': 'string',
  });
  const all = [
    ['map-reduce', 'name=countWords', 'map=countPage', 'reduce=addUp', 'item=boolean', 'value=string', 'concurrency=1'],
    ['pipeline', 'name=importRows', 'stages=read,clean,store:storeRows', 'data=number'],
    [
      'approval',
      'name=payOut',
      'event=decided',
      'ask=askBoss',
      'perform=pay',
      'refuse=sayNo',
      'timeout=1.5h',
      `input=${odd}`,
    ],
    ['saga', 'name=bookTrip', 'steps=[{"id":"flight","undo":"cancelFlight"},"hotel"]', `input=${odd}`],
    [
      'retry-until',
      'name=makeReport',
      'start=startReport',
      'check=checkReport',
      'every=250ms',
      'max=1',
      `input=${odd}`,
    ],
  ];
  for (const [pattern = '', ...settings] of all) {
    const done = await it.dsl([
      'edit',
      'hello.dsl.ts',
      '--pattern',
      pattern,
      ...settings.flatMap((each) => ['--set', each]),
    ]);
    expect({ pattern, ...done }).toMatchObject({ pattern, code: 0 });
  }
  expect(await it.dsl(['compile', '--stubs'])).toMatchObject({
    code: 0,
    stderr: expect.not.stringMatching(/warning|error/),
  });
  expect(await it.dsl(['check', '--max-warnings', '0'])).toMatchObject({ code: 0 });
  expect(typeChecked(it)).toMatchObject({ status: 0, stdout: '' });
});

test.each([
  [['--pattern', 'sage'], 1, /^error MR2034: There is no pattern 'sage'\. Did you mean 'saga'\?/],
  [
    ['--pattern', 'saga', '--set', 'name=class'],
    1,
    /^error MR2035: .*'name' cannot be 'class'.*'steps' is missing[^]*hint: It takes: name \(the flow\), steps/,
  ],
  [['--pattern', 'saga', '--set', 'name=a', '--set', 'steps=b:c:d:e'], 1, /MR2035: .*'steps\[0\]' has no 'name 4'/],
  [['--pattern', 'saga', '--set', 'name=a', '--set', 'steps=[1'], 1, /MR2009/],
  [
    ['--pattern', 'map-reduce', '--set', 'concurrency=many'],
    1,
    /'concurrency' should be a whole number from 1 on, not NaN/,
  ],
  [['--pattern', 'saga', '--set', 'name'], 1, /MR2003: --set takes a key and a value/],
  [['--pattern', 'saga', '--ops', '[]'], 2, /MR2003: --ops and --pattern exclude each other/],
  [['--ops', '[]', '--set', 'a=b'], 2, /MR2003: --set and --into are for --pattern/],
  [[], 2, /MR2003: There is nothing to do/],
] as const)('dsl edit FILE %j is refused in words', async (args, code, message) => {
  using it = await initialised('hello');
  const done = await it.dsl(['edit', 'hello.dsl.ts', ...args]);
  expect(done).toMatchObject({ code, stderr: expect.stringMatching(message) });
  expect(done.stderr).not.toMatch(stackTrace);
});
