import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { rmSync } from 'node:fs';
import type { ScriptedTurn } from '../llm/index.ts';
import { catalogue, scripted } from './fixtures/models.ts';
import { goodCases, goodCode, shop, testProject, type TestProject } from './fixtures/project.ts';
import { playedTypes, playedVerifier } from './fixtures/verifier.ts';
import { generate } from './generate-task.ts';
import type { GenerateOptions } from './options.ts';

let made: TestProject;
beforeAll(async () => {
  made = await testProject();
});
afterAll(() => made[Symbol.dispose]());
beforeEach(() => rmSync(made.path('.millrace'), { recursive: true, force: true }));

const good: ScriptedTurn = { json: { code: goodCode, cases: goodCases, notes: 'Rounds down.' } };
const bad = (gate: string): ScriptedTurn => ({ json: { code: `// FAILS ${gate}\n${goodCode}`, cases: goodCases } });

const generateTask = async (options: GenerateOptions) =>
  (await generate(options, () => Promise.resolve(playedTypes))).result;

function generating(script: Parameters<typeof scripted>[0], more: Partial<GenerateOptions> = {}) {
  const { models, provider } = scripted(script);
  const verifier = playedVerifier();
  const options = { system: made.system, task: 'priceBasket', places: made.places, models, catalogue, verifier };
  return { provider, verifier, generate: () => generateTask({ ...options, ...more }) };
}

describe('a generation', () => {
  test('gives code and tests that passed every gate, says what it took, and writes nothing', async () => {
    const before = made.files();
    const { provider, verifier, generate } = generating([good]);
    const result = await generate();
    expect(result).toMatchObject({
      success: true,
      origin: 'generated',
      code: goodCode,
      tests: '// priceBasket: one line, ten pieces, nothing, nine pieces, rounds down, two lines\n',
      notes: 'Rounds down.',
      attempts: 1,
      usage: { input: 10, output: 5, total: 15 },
      report: { calls: 1, cost: { micros: 60, currency: 'USD' }, attempts: [{ kind: 'sample', attempt: 1 }] },
    });
    expect(result.report.attempts[0]?.stages.map(({ stage, ok }) => [stage, ok])).toEqual([
      ['answer', true],
      ['policy', true],
      ['types', true],
      ['cases', true],
      ['mutation', true],
    ]);
    expect(verifier.asked).toEqual(['policy', 'cases', 'mutation']);
    expect(provider.asked).toHaveLength(1);
    const after = Object.entries(made.files()).filter(([name]) => !name.startsWith('.millrace/'));
    expect(Object.fromEntries(after)).toEqual(before);
  });

  test('sends what failed back once, with what is wrong and nothing else, and takes what is mended', async () => {
    const { provider, generate } = generating([bad('policy'), good]);
    const result = await generate();
    expect(result).toMatchObject({ success: true, attempts: 2, report: { calls: 2, cost: { micros: 120 } } });
    expect(result.report.attempts).toMatchObject([
      { kind: 'sample', failedAt: 'policy' },
      { kind: 'repair', cost: { micros: 60 } },
    ]);
    const [first, second] = provider.asked;
    expect(second?.system).toBe(first?.system);
    expect(second?.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
    const { text } = second!.messages[2]!;
    expect(text).toContain('It got as far as: what code may contain.');
    expect(text).toContain('- line 3:7: policy does not hold');
    expect(text).not.toContain('EMPTY_BASKET');
  });

  test('mends twice, then asks the next model afresh, which may mend twice, and then it has failed', async () => {
    const { provider, generate } = generating(() => bad('cases'));
    const result = await generate();
    expect(provider.asked.map(({ model, messages }) => `${model} ${messages.length}`)).toEqual([
      'small 1',
      'small 3',
      'small 5',
      'large 1',
      'large 3',
      'large 5',
    ]);
    expect(result).toMatchObject({ success: false, code: '', tests: '', attempts: 6, report: { calls: 6 } });
    expect(result.error).toMatchObject({
      code: 'MR5000',
      message: expect.stringMatching(/of 6.*failed at 'cases': cases does not hold/),
      details: { failedAt: Array.from({ length: 6 }, () => 'cases') },
    });
  });

  test('takes what the next model gives', async () => {
    const { provider, generate } = generating((request) => (request.model === 'large' ? good : bad('policy')));
    expect(await generate()).toMatchObject({ success: true, attempts: 4 });
    expect(provider.asked.at(-1)?.model).toBe('large');
  });

  test('asks another model when an answer cannot be read: the same would say the same', async () => {
    const { provider, generate } = generating((request) => (request.model === 'large' ? good : 'Here you are!'));
    const result = await generate();
    // `askFor` mends the shape once by itself.
    expect(provider.asked.map(({ model }) => model)).toEqual(['small', 'small', 'large']);
    expect(result).toMatchObject({
      success: true,
      attempts: 2,
      report: { calls: 3, usage: { total: 45 }, cost: { micros: 180 } },
    });
    expect(result.report.attempts[0]).toMatchObject({
      failedAt: 'answer',
      stages: [{ stage: 'answer', problems: [{ code: 'MR4013', message: expect.stringContaining('not JSON') }] }],
    });
  });

  test.each([
    ['auth', 'MR4003'],
    ['quota', 'MR4002'],
  ] as const)('ends at once when %s fails: asking again is no help', async (fails, code) => {
    const { generate } = generating(() => ({ fails }));
    const result = await generate();
    expect(result).toMatchObject({ success: false, attempts: 1, report: { calls: 0 } });
    expect(JSON.stringify([result.error?.code, result.error?.message])).toContain(code);
  });

  test('asks for more cases only, when only the cases are weak, and keeps the code', async () => {
    const { models, provider } = scripted([
      good,
      { json: { cases: [...goodCases, { ...goodCases[0], name: 'more' }] } },
    ]);
    const verifier = playedVerifier((cases) => cases === 6);
    const result = await generateTask({
      system: made.system,
      task: 'priceBasket',
      places: made.places,
      models,
      catalogue,
      verifier,
    });
    expect(result).toMatchObject({ success: true, code: goodCode, attempts: 2 });
    expect(result.cases.map(({ name }) => name)).toContain('more');
    expect(result.report.attempts).toMatchObject([{ failedAt: 'mutation' }, { kind: 'more-cases' }]);
    expect(provider.asked[1]?.messages[2]?.text).toMatch(/stays as it is[^]*`>=` became `>`/);
    // What passed the gates that look at code alone need not pass them again.
    expect(verifier.asked).toEqual(['policy', 'cases', 'mutation', 'cases', 'mutation']);
  });
});

describe('limits', () => {
  test('a call that the money does not allow is not made', async () => {
    const { provider, generate } = generating([good], { limits: { maxCost: '0.000001 USD' } });
    const result = await generate();
    expect(provider.asked).toHaveLength(0);
    expect(result).toMatchObject({ success: false, report: { calls: 0 }, error: { code: 'MR4080' } });
  });

  test('money that is for one call is not spent on two', async () => {
    // The first call may cost 0.085 USD at most, and is not told to have cost less.
    const costly = { ...(bad('policy') as object), usage: { input: 3_000, output: 8_000 } };
    const { provider, generate } = generating(() => costly, { limits: { maxCost: '0.10 USD' } });
    const result = await generate();
    expect(provider.asked).toHaveLength(1);
    expect(result).toMatchObject({ success: false, attempts: 2, error: { code: 'MR4080' }, report: { calls: 1 } });
  });

  test('what overruns the budget is judged, and nothing is asked after it', async () => {
    const much = (turn: ScriptedTurn) => ({ ...(turn as object), usage: { input: 10, output: 50_000 } });
    const first = generating(() => much(bad('policy')), { limits: { maxCost: '0.10 USD' } });
    expect(await first.generate()).toMatchObject({ success: false, error: { code: 'MR5006' }, report: { calls: 1 } });
    expect(first.provider.asked).toHaveLength(1);
    const second = generating(() => much(good), { limits: { maxCost: '0.10 USD' } });
    expect(await second.generate()).toMatchObject({ success: true });
  });

  test('time that is over ends it', async () => {
    const { generate } = generating([{ ...(good as object), delayMs: 60_000 }], { limits: { withinMs: 300 } });
    expect(await generate()).toMatchObject({ success: false, code: '', error: { code: 'MR5007' } });
  });

  test('called off, it ends as called off', async () => {
    const controller = new AbortController();
    const { generate } = generating(
      () => {
        controller.abort();
        return good;
      },
      { signal: controller.signal },
    );
    expect(await generate()).toMatchObject({ success: false, error: { code: 'MR5009' } });
  });
});

describe('the cache', () => {
  test('asks nobody a second time, and looks again whether it is right', async () => {
    await generating([good]).generate();
    const { provider, verifier, generate } = generating([]);
    const result = await generate();
    expect(result).toMatchObject({
      success: true,
      origin: 'cached',
      code: goodCode,
      report: { calls: 0 },
      usage: { total: 0 },
    });
    expect(result.notes).toBe('Rounds down.');
    expect(provider.asked).toHaveLength(0);
    expect(verifier.asked).toEqual(['policy', 'cases', 'mutation']);
  });

  test('is not believed: what does not pass any more is asked for anew', async () => {
    await generating([good]).generate();
    const { models, provider } = scripted([{ json: { code: `// mended\n${goodCode}`, cases: goodCases } }]);
    const verifier = playedVerifier();
    const strict = {
      ...verifier,
      policy: (code: string) =>
        verifier.policy(code.startsWith('// mended') ? code : '// FAILS policy', undefined as never),
    };
    const result = await generateTask({
      system: made.system,
      task: 'priceBasket',
      places: made.places,
      models,
      catalogue,
      verifier: strict,
    });
    expect(provider.asked).toHaveLength(1);
    expect(result).toMatchObject({ success: true, origin: 'generated' });
    expect(result.report.attempts).toMatchObject([
      { attempt: 1, kind: 'cached', failedAt: 'policy' },
      { attempt: 2, kind: 'sample' },
    ]);
  });

  test('is for the same task, model and way of writing; how colleagues write does not count', async () => {
    const keyOf = async (more: Partial<GenerateOptions>) =>
      (await generating(() => good, { ...more, cache: 'bypass' }).generate()).report.key;
    const key = await keyOf({});
    made.write('tasks/say-total.ts', '// somebody else');
    expect(await keyOf({})).toBe(key);
    rmSync(made.path('tasks'), { recursive: true });
    const others = await Promise.all([
      keyOf({ choice: { model: 'large' } }),
      keyOf({ includeErrorHandling: false }),
      keyOf({ imports: ['lodash'] }),
      keyOf({ limits: { maxOutputTokens: 5_000 } }),
    ]);
    expect(new Set([key, ...others]).size).toBe(5);
  });

  test('keeps nothing that failed', async () => {
    await generating(() => bad('policy')).generate();
    expect(Object.keys(made.files()).filter((name) => name.startsWith('.millrace'))).toEqual([]);
  });
});

describe('the way of writing', () => {
  test('comments that nobody asked for are taken out, and fail nothing', async () => {
    const plain = goodCode.replace('/** Ten per cent off from ten pieces on. */\n', '');
    const { provider, generate } = generating([good], { includeComments: false });
    expect(await generate()).toMatchObject({ success: true, code: plain, attempts: 1 });
    expect(provider.asked[0]?.system).toContain('- has no comments.');
  });

  test('without tests there is no test file, and the cases are tried all the same', async () => {
    const { verifier, generate } = generating([good], { includeTests: false });
    expect(await generate()).toMatchObject({ success: true, tests: '' });
    expect(verifier.asked).toContain('cases');
  });

  test('without error handling the model is told so', async () => {
    const { provider, generate } = generating([good], { includeErrorHandling: false });
    await generate();
    expect(provider.asked[0]?.system).toContain('lets failures of the outside go through');
  });

  test('only TypeScript is written', async () => {
    const { provider, generate } = generating([good], { language: 'javascript' as 'typescript' });
    await expect(generate()).rejects.toMatchObject({ code: 'MR5008' });
    expect(provider.asked).toHaveLength(0);
  });
});

describe('what is wrong before anybody is asked', () => {
  test.each([
    ['an unknown task', { task: 'priceBaskett' }, 'MR5001', "Did you mean 'priceBasket'?"],
    ['a name that every object has', { task: 'constructor' }, 'MR5001', 'no task'],
    ['a limit that cannot be meant', { limits: { withinMs: Number.NaN } }, 'MR5008', 'withinMs'],
    ['money that is none', { limits: { maxCost: 'a lot' } }, 'MR4070', ''],
    ['a prompt that does not fit', { limits: { contextTokens: 200 } }, 'MR4090', ''],
  ] as const)('%s', async (_name, more, code, message) => {
    const { provider, generate } = generating([good], more);
    await expect(generate()).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
    expect(provider.asked).toHaveLength(0);
  });

  test('a place outside the project, also by a link', async () => {
    for (const tasksDir of ['/tmp', made.path('../elsewhere')]) {
      const { generate } = generating([good], { places: { ...made.places, tasksDir } });
      await expect(generate()).rejects.toMatchObject({ code: 'MR5020' });
    }
    const { symlinkSync } = await import('node:fs');
    symlinkSync('/tmp', made.path('linked'));
    const { generate } = generating([good], { places: { ...made.places, tasksDir: made.path('linked/tasks') } });
    await expect(generate()).rejects.toMatchObject({ code: 'MR5020' });
    rmSync(made.path('linked'));
  });

  test('contracts that are not there, or of another model', async () => {
    using other = await testProject();
    const { models, provider } = scripted([good]);
    const options = { task: 'priceBasket', places: other.places, models, catalogue, verifier: playedVerifier() };
    other.write('shop.dsl.ts', shop.replace("'EMPTY_BASKET'],", "'EMPTY_BASKET', 'NEW'],"));
    const { readSystem } = await import('../source/index.ts');
    const { system } = await readSystem(other.places.sourcePath);
    await expect(generateTask({ ...options, system: system! })).rejects.toMatchObject({ code: 'MR5003' });
    await other.compile();
    rmSync(other.path('generated'), { recursive: true });
    await expect(generateTask({ ...options, system: system! })).rejects.toMatchObject({ code: 'MR5003' });
    expect(provider.asked).toHaveLength(0);
  });
});

test('without anybody to ask there is a scaffold, which nobody can take for done', async () => {
  const result = await generateTask({
    system: made.system,
    task: 'priceBasket',
    places: made.places,
    verifier: playedVerifier(),
  });
  expect(result).toMatchObject({ success: false, origin: 'scaffold', error: { code: 'MR5021' }, attempts: 0 });
  expect(result.code).toContain('throw new NotImplementedError(');
  expect(result.tests).toBe('// priceBasket: one line, ten pieces, nothing todo\n');
});

test('what is done is told as it is done', async () => {
  const told: string[] = [];
  const { generate } = generating([bad('policy'), good], {
    onProgress: ({ task, stage, attempt, failed }) =>
      told.push(`${task} ${stage} ${attempt}${failed === undefined ? '' : `: ${failed}`}`),
  });
  await generate();
  expect(told).toEqual([
    'priceBasket project 1',
    'priceBasket prompt 1',
    'priceBasket answer 1',
    'priceBasket policy 1',
    'priceBasket policy 1: policy does not hold',
    'priceBasket answer 2',
    'priceBasket policy 2',
    'priceBasket types 2',
    'priceBasket cases 2',
    'priceBasket mutation 2',
  ]);
});
