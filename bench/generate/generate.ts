/** What each stage of a generation takes: the real type checker and sandbox, and a model that answers at once. */
import { catalogue } from '../../src/generate/fixtures/models.ts';
import { goodCases, goodCode, testProject } from '../../src/generate/fixtures/project.ts';
import { generateTask, type GeneratedTask } from '../../src/generate/index.ts';
import { openModels, scriptedProvider } from '../../src/llm/index.ts';
import { median, type Row } from '../table.ts';

const rounds = 5;

export async function run(): Promise<readonly Row[]> {
  using made = await testProject();
  const { system, places } = made;
  const provider = scriptedProvider(() => ({ json: { code: goodCode, cases: goodCases } }), { name: 'scripted' });
  const models = openModels({ providers: [provider], catalogue });
  const results: GeneratedTask[] = [];
  for (let round = 0; round <= rounds; round += 1) {
    // The first round also loads the parser, the bundler and what runs in the sandbox.
    const result = await generateTask({ system, task: 'priceBasket', places, models, catalogue, cache: 'bypass' });
    if (!result.success) throw result.error ?? new Error('The code of the benchmark did not pass.');
    results.push(result);
  }
  const [first, ...others] = results;
  const names = others[0]?.report.attempts[0]?.stages.map(({ stage }) => stage) ?? [];
  return [
    ...names.map((name) => ({
      name: `stage ${name}`,
      value: median(others.map(({ report }) => tookOf(report.attempts[0]?.stages ?? [], name))),
      unit: 'ms',
    })),
    { name: 'stages project and prompt, the first time', value: sum(first?.report.stages ?? []), unit: 'ms' },
    { name: 'all, the first time', value: first?.report.took ?? Number.NaN, unit: 'ms' },
    { name: 'all, after that', value: median(others.map(({ report }) => report.took)), unit: 'ms' },
  ];
}

interface Timed {
  readonly stage: string;
  readonly took: number;
}

function tookOf(stages: readonly Timed[], name: string): number {
  return stages.find(({ stage }) => stage === name)?.took ?? Number.NaN;
}

function sum(stages: readonly Timed[]): number {
  return stages.reduce((total, { took }) => total + took, 0);
}
