/**
 * `npm run eval [-- --provider NAME] [--model ID] [--only TASK,…] [--record] [--max-cost '5 USD'] [--out FILE]`: has a model
 * write a fixed set of tasks, and tries what comes on tests that it never sees.
 *
 * Without a provider nobody is asked: answers are replayed that a stand-in gave, so that the run shows how the pipeline
 * fares, and nothing of any model. `--record` takes them up again, after a change of the prompts.
 */
import { appendFileSync, mkdirSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import {
  anthropicProvider,
  cassetteFetch,
  directoryCassettes,
  environmentProviders,
  openModels,
  type Provider,
} from '../../src/llm/index.ts';
import { runEvals, type EvalResult } from './run-evals.ts';
import { startStandIn } from './stand-in.ts';

const { values } = parseArgs({
  options: {
    provider: { type: 'string', default: 'cassettes' },
    model: { type: 'string' },
    only: { type: 'string' },
    record: { type: 'boolean', default: false },
    'max-cost': { type: 'string' },
    out: { type: 'string' },
  },
});
const cassettes = fileURLToPath(new URL('./cassettes', import.meta.url));
await using standIn = values.record ? await startStandIn() : undefined;
if (values.record) rmSync(cassettes, { recursive: true, force: true });

const providers = providersOf(values.provider);
const model = values.model;
const only = values.only?.split(',');
const results = await runEvals({
  models: openModels({ providers }),
  ...(model === undefined ? {} : { choice: { model } }),
  ...(only === undefined ? {} : { only }),
  ...(values['max-cost'] === undefined ? {} : { maxCost: values['max-cost'] }),
  onResult: (result) => console.error(lineOf(result)),
});
const summary = summaryOf(results);
if (results.some(({ why }) => why?.includes('MR4018') === true || why?.includes('cassette') === true)) {
  console.error(
    '\nThe prompts have changed since the answers were recorded: run `npm run eval -- --record`, and look at the difference.',
  );
  process.exitCode = 1;
}
console.error(
  `\n${summary.passed} of ${summary.tasks} passed; prompts ${results[0]?.promptVersion ?? '-'}${values.provider === 'cassettes' ? '; the answers are those of a stand-in, and so are tokens and costs' : ''}`,
);
if (values.out !== undefined) {
  mkdirSync(dirname(values.out), { recursive: true });
  const { provider } = values;
  appendFileSync(
    values.out,
    `${JSON.stringify({ provider, model, promptVersion: results[0]?.promptVersion, ...summary })}\n`,
  );
}
console.log(JSON.stringify(summary));

function providersOf(name: string): readonly Provider[] {
  if (name === 'cassettes') {
    const store = directoryCassettes(cassettes);
    const fetch = cassetteFetch({ store, mode: values.record ? 'record' : 'replay' });
    return [
      anthropicProvider({ apiKey: 'none', baseURL: standIn?.baseURL('messages') ?? 'http://cassettes.invalid', fetch }),
    ];
  }
  const found = environmentProviders(process.env).filter((one) => one.name === name);
  const [only] = found;
  if (only === undefined)
    return fail(`There is no provider '${name}'. There are: anthropic, openai, gemini, cassettes.`);
  return only.readiness.ready ? found : fail(`The provider '${name}' cannot be asked: ${only.readiness.reason}`);
}

function fail(message: string): never {
  console.error(message);
  process.exit(2);
}

function lineOf({ task, passed, written, why, repairs, mutationScore, micros, took }: EvalResult): string {
  const score = mutationScore === undefined ? '' : `, ${Math.round(mutationScore * 100)} % of mistakes noticed`;
  const cost = micros === undefined ? '' : `, ${(micros / 1e6).toFixed(4)} USD`;
  const how = passed ? 'passed' : written ? 'passed every gate, but not the hidden tests' : 'was not written';
  return `${passed ? '✓' : '✗'} ${task}: ${how}, ${repairs} repairs${score}${cost}, ${(took / 1000).toFixed(1)} s${why === undefined ? '' : `\n    ${why}`}`;
}

/** The last line of the output. */
function summaryOf(all: readonly EvalResult[]) {
  const scores = all.flatMap(({ mutationScore }) => (mutationScore === undefined ? [] : [mutationScore]));
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);
  const isPriced = all.every(({ micros }) => micros !== undefined);
  return {
    tasks: all.length,
    passed: all.filter(({ passed }) => passed).length,
    repairRounds: sum(all.map(({ repairs }) => repairs)),
    mutationScore: scores.length === 0 ? null : Math.round((sum(scores) / scores.length) * 1000) / 1000,
    costUsd: isPriced ? sum(all.map(({ micros = 0 }) => micros)) / 1e6 : null,
  };
}
