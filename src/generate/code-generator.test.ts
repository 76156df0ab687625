import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { CodeGenerator } from './code-generator.ts';
import { catalogue, scripted } from './fixtures/models.ts';
import { goodCases, goodCode, testProject, type TestProject } from './fixtures/project.ts';
import { playedVerifier } from './fixtures/verifier.ts';

// `tsc` takes its time where others work, too.
vi.setConfig({ testTimeout: 120_000 });

let made: TestProject;
beforeAll(async () => {
  made = await testProject();
});
afterAll(() => made[Symbol.dispose]());

const generator = (script: Parameters<typeof scripted>[0]) => {
  const { models, provider } = scripted(script);
  return {
    provider,
    generator: new CodeGenerator({ places: made.places, models, catalogue, verifier: playedVerifier() }),
  };
};

test('gives the code of a task and its tests, and writes no task', async () => {
  const { provider, generator: ours } = generator([{ json: { code: goodCode, cases: goodCases } }]);
  const { code, tests, success, error, usage, attempts, report } = await ours.generateTaskCode(
    'priceBasket',
    made.system,
    {
      language: 'typescript',
      includeComments: true,
      includeTests: true,
      includeErrorHandling: true,
    },
  );
  expect({ code, success, error, attempts }).toEqual({ code: goodCode, success: true, error: undefined, attempts: 1 });
  expect(tests).toContain('nine pieces');
  expect([usage.total, report.calls, provider.asked.length]).toEqual([15, 1, 1]);
  expect(Object.keys(made.files()).some((name) => name.startsWith('tasks'))).toBe(false);
});

test('asks nobody about a task that is not there', async () => {
  const { provider, generator: ours } = generator([]);
  await expect(ours.generateTaskCode('nothing', made.system)).rejects.toMatchObject({ code: 'MR5001' });
  expect(provider.asked).toHaveLength(0);
});

test('the code of a flow is what the compiler writes', () => {
  const { provider, generator: ours } = generator([]);
  const { code, success, diagnostics } = ours.generateFlowCode('sell', made.system);
  const body = (text: string): string => text.slice(text.indexOf('\n'));
  expect(success).toBe(true);
  expect(body(code)).toBe(body(made.read('generated/shop/flows/sell.ts') ?? ''));
  expect([diagnostics, provider.asked]).toEqual([[], []]);
  expect(() => ours.generateFlowCode('priceBasket', made.system)).toThrow(RangeError);
});
