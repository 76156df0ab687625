import { performance } from 'node:perf_hooks';
import { isDeepStrictEqual } from 'node:util';
import { MillraceError } from '../../core/index.ts';
import { specifier } from '../../compiler/paths.ts';
import { quote } from '../../model/text/names.ts';
import { dirname } from 'node:path';
import type { z } from 'zod';
import type { Diagnostic } from '../../model/index.ts';
import type { GateOptions, GateReport, Subject, TaskCase } from '../contract.ts';
import { sampleInputs } from '../../tasks/properties/index.ts';
import { judge } from '../sandbox/judge.ts';
import { trying } from '../sandbox/run-cases.ts';
import { buildStage, buildVariants } from '../stage/build-stage.ts';
import { loadContracts, type LiveContract } from '../stage/load-contracts.ts';
import { problemOf, report } from '../verify/problems.ts';
import type { SandboxOptions } from '../verify/run-gates.ts';
import { chosen, mutantsOf, type Mutant } from './mutants.ts';

export interface StrengthOptions {
  /** The share of little mistakes that the cases have to notice. Default 0.6. */
  readonly leastScore?: number;
  /** How many mistakes are tried at most. Default 60. */
  readonly mostMutants?: number;
  /** How long they are tried, in ms. Default 30000. */
  readonly mutationMs?: number;
}

/** Gates `stub` and `mutation`: do the cases tell this code from none, and from code that is a little wrong? */
export async function strengthGates(
  code: string,
  cases: readonly TaskCase[],
  subject: Subject,
  options: GateOptions & SandboxOptions & StrengthOptions = {},
): Promise<readonly GateReport[]> {
  const started = performance.now();
  const live = await loadContracts(subject);
  const stubs = [stubOf(subject), ...constantsOf(subject, cases)];
  const mutants = chosen(mutantsOf(code), options.mostMutants ?? 60);
  const noticed = await tryAll([...stubs, ...mutants.map((one) => one.code)], cases, subject, live, options);
  options.signal?.throwIfAborted();
  const vacuous = noticed[0]?.passed ?? [];
  const stub = report(
    'stub',
    started,
    vacuous.map((name) =>
      problemOf(
        subject,
        'MR5049',
        `The case '${name}' holds for code that does nothing but throw: it verifies nothing.`,
        'Expect an output, or the very code of the error that the task declares.',
      ),
    ),
  );
  if (!stub.ok) return [stub];
  if (!cases.some(({ expect }) => 'output' in expect) && givesOutput(live)) {
    const problem = problemOf(
      subject,
      'MR5050',
      'Every case expects an error: none would notice what the code gives when it succeeds.',
      'Add cases that expect an output; leave the code as it is.',
    );
    return [stub, report('mutation', started, [problem])];
  }
  const constants = stubs.slice(1).map((_, index): Mutant & { readonly outcome: Noticed } => ({
    code: '',
    line: 1,
    was: 'the whole task',
    became: `an answer that is always the same as that of a case (${index + 1})`,
    outcome: noticed[index + 1] ?? missed,
  }));
  // Of a task that can give one thing only, code that always gives it is right: no case could notice.
  const isOnly = await hasOneOutput(live);
  const tried = [
    ...constants.filter(({ outcome }) => outcome.killed || !isOnly),
    ...mutants.map((one, index) => ({ ...one, outcome: noticed[stubs.length + index] ?? missed })),
  ].filter(({ outcome }) => outcome.tried);
  return [stub, mutationReport(tried, subject, started, options.leastScore ?? 0.6, mutants.length + constants.length)];
}

/** Is there any output that the contract takes? A task whose output is `never` can only fail. */
function givesOutput({ output }: LiveContract): boolean {
  return (output as Partial<z.ZodType>)._zod?.def.type !== 'never';
}

async function hasOneOutput({ output }: LiveContract): Promise<boolean> {
  const { inputs } = await sampleInputs(output, { count: 20, seed: 1 });
  return inputs.length > 0 && inputs.every((one) => isDeepStrictEqual(one, inputs[0]));
}

function mutationReport(
  tried: readonly (Mutant & { readonly outcome: Noticed })[],
  subject: Subject,
  started: number,
  least: number,
  planned: number,
): GateReport {
  const total = tried.length;
  const survivors = tried
    .filter(({ outcome }) => !outcome.killed)
    .map(({ line, was, became }) => ({ line, was, became }));
  const killed = total - survivors.length;
  const score = total === 0 ? 1 : killed / total;
  const problems: Diagnostic[] = [];
  if (total === 0 && planned > 0)
    problems.push(problemOf(subject, 'MR5050', 'There was no time to see whether the cases notice mistakes.'));
  if (score < least) {
    const shown = survivors.slice(0, 8).map(({ line, was, became }) => `line ${line}: '${was}' could be '${became}'`);
    problems.push(
      problemOf(
        subject,
        'MR5050',
        `The cases notice ${killed} of ${total} little mistakes (${Math.floor(score * 100)} %, and at least ${Math.round(least * 100)} % are wanted). They hold also if, in ${shown.join('; ')}${survivors.length > shown.length ? `; and ${survivors.length - shown.length} more` : ''}.`,
        'Add cases at the boundaries, and for every branch; leave the code as it is.',
      ),
    );
  }
  return report('mutation', started, problems, {
    killed,
    total,
    score,
    survivors,
    ...(planned > total ? { planned } : {}),
  });
}

interface Noticed {
  /** Was there time for it? */
  readonly tried: boolean;
  readonly killed: boolean;
  /** The cases that held, as far as they were tried. */
  readonly passed: readonly string[];
}
const missed: Noticed = { tried: false, killed: false, passed: [] };

/** Tries each variant on the cases, up to the first that does not hold; the first variant, the stub, on all of them. */
async function tryAll(
  codes: readonly string[],
  cases: readonly TaskCase[],
  subject: Subject,
  live: LiveContract,
  options: GateOptions & SandboxOptions & StrengthOptions,
): Promise<readonly Noticed[]> {
  const { files, entries } = await buildVariants(codes, subject);
  const own = await buildStage(codes[0] ?? '', subject);
  if (!own.ok)
    throw new MillraceError('The stub of a task could not be put together.', {
      code: 'MR5044',
      retryable: false,
      fault: 'internal',
      details: { problems: own.problems },
    });
  const stage = { ...own.stage, files };
  const results: Noticed[] = codes.map(() => missed);
  const until = performance.now() + (options.mutationMs ?? 30_000);
  let next = 0;
  // One that spins or ends the process is noticed; the process is then begun again for those after it.
  const worker = async (): Promise<void> => {
    while (next < entries.length && performance.now() < until && options.signal?.aborted !== true) {
      await trying(stage, { ...options, timeoutMs: Math.min(options.timeoutMs ?? 2000, 1000) }, async (ask) => {
        for (let alive = true; alive && next < entries.length && performance.now() < until;) {
          const index = next;
          next += 1;
          const passed: string[] = [];
          let killed = false;
          for (const one of cases) {
            const answer = await ask(one, entries[index]);
            const holds = typeof answer !== 'string' && judge(one, answer, live) === undefined;
            if (holds) passed.push(one.name);
            else killed = true;
            // Nor is a process used any more in which one did what it may not.
            alive = typeof answer !== 'string' && answer.misdeeds.length === 0;
            if (!alive || (killed && index > 0)) break;
          }
          results[index] = { tried: true, killed, passed };
        }
      });
    }
  };
  await Promise.all([worker(), worker()]);
  return results;
}

/** Code that does nothing but fail. */
function stubOf(subject: Subject): string {
  return moduleOf(subject, "{ throw new Error('not implemented'); }");
}

/** Code that knows one answer. */
function constantsOf(subject: Subject, cases: readonly TaskCase[]): readonly string[] {
  const outputs = cases.flatMap(({ expect }) =>
    'output' in expect ? [JSON.stringify(expect.output) ?? 'undefined'] : [],
  );
  return [...new Set(outputs)].slice(0, 2).map((output) => moduleOf(subject, `(${output} as never)`));
}

function moduleOf({ contract, contracts, file }: Subject, body: string): string {
  return [
    "import { implement } from 'millrace/tasks';",
    `import { ${contract} } from ${quote(specifier(dirname(file), contracts))};`,
    `export default implement(${contract}, () => ${body});`,
  ].join('\n');
}
