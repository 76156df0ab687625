import { performance } from 'node:perf_hooks';
import { isDeepStrictEqual } from 'node:util';
import type { Diagnostic } from '../../model/index.ts';
import type { CaseResult, GateOptions, GateReport, Stage, Subject, TaskCase } from '../contract.ts';
import { gotOf, judge, shown, textOf } from '../sandbox/judge.ts';
import { runCases, trying, type RunOptions, type Verdict } from '../sandbox/run-cases.ts';
import { trialOf } from '../sandbox/trial.ts';
import { buildStage } from '../stage/build-stage.ts';
import { loadContracts, type LiveContract } from '../stage/load-contracts.ts';
import { checkCases } from './check-cases.ts';
import { propertiesGate, type PropertyInput } from './properties.ts';
import { problemOf, report } from './problems.ts';

/** How the gates that run code do it. */
export type SandboxOptions = Partial<Omit<RunOptions, 'output' | 'events' | 'signal' | 'timeZone' | 'attempt'>>;

/** Gates `cases`, `properties` and `stability`, up to the first that does not hold. */
export async function runGates(
  code: string,
  cases: readonly TaskCase[],
  subject: Subject,
  options: GateOptions & SandboxOptions,
): Promise<readonly GateReport[]> {
  const started = performance.now();
  const live = await loadContracts(subject);
  const wrong = checkCases(cases, subject, live);
  if (wrong.length > 0) return [report('cases', started, wrong, { results: [] })];
  if (cases.length === 0)
    return [
      report('cases', started, [problemOf(subject, 'MR5047', 'There is no case, so nothing would be verified.')], {
        results: [],
      }),
    ];
  const built = await buildStage(code, subject);
  if (!built.ok) return [report('cases', started, built.problems, { results: [] })];
  const emitted = new Set<string>();
  let asked = 0;
  const verdict = await runEach(built.stage, cases, {
    ...options,
    output: live.output,
    events: live.events,
    onAnswer: (answer) => {
      for (const { event } of answer.emitted) emitted.add(event);
      asked += answer.asked.length;
    },
  });
  // Whoever called it off wants no verdict.
  options.signal?.throwIfAborted();
  const problems = [
    ...problemsOf(verdict, cases, subject, /\bnow\b/.test(code)),
    ...(verdict.pass ? unsaid(cases, emitted, asked).map((why) => problemOf(subject, 'MR5047', why)) : []),
  ];
  const first = report('cases', started, problems, { results: verdict.results, walls: verdict.walls });
  if (!first.ok) return [first];
  const { gate, inputs } = await propertiesGate(built.stage, cases, subject, live, options);
  options.signal?.throwIfAborted();
  if (!gate.ok) return [first, gate];
  const stable = await stability(built.stage, cases, verdict.results, inputs, subject, live, options);
  options.signal?.throwIfAborted();
  return [first, gate, stable];
}

/** What the cases leave open although the code does it, or say although it does not. */
function unsaid(cases: readonly TaskCase[], emitted: ReadonlySet<string>, asked: number): readonly string[] {
  const said = new Set(cases.flatMap(({ expect }) => (expect.emits ?? []).map(({ event }) => event)));
  const events = [...emitted].filter((event) => !said.has(event));
  const isAnswered = cases.some(({ fakes, expect }) => 'output' in expect && (fakes?.fetch?.length ?? 0) > 0);
  return [
    ...events.map(
      (event) => `The code emits '${shown(event)}', and no case expects it ('emits'): nobody would notice.`,
    ),
    ...(isAnswered && asked === 0
      ? ["Cases have answers of the world ('fakes.fetch'), and the code asks for none: it knows them by heart."]
      : []),
  ];
}

/** How often code may end its process before the rest of the cases is not tried. */
const restarts = 3;

/** Runs cases, and goes on behind one that ended its process: each case gets a verdict of its own. */
async function runEach(stage: Stage, cases: readonly TaskCase[], options: RunOptions): Promise<Verdict> {
  const results: CaseResult[] = [];
  let last: Verdict | undefined;
  let why: string | undefined;
  for (let tries = 0; tries <= restarts && results.length < cases.length; tries++) {
    last = await runCases(stage, cases.slice(results.length), options);
    why ??= last.why;
    const end = last.results.findIndex((one) => !one.pass && one.got === undefined);
    // One that cannot even be loaded does so no better the next time.
    if (
      last.why === undefined ||
      end < 0 ||
      tries === restarts ||
      options.signal?.aborted === true ||
      last.broken === true
    )
      results.push(...last.results);
    else results.push(...last.results.slice(0, end + 1));
  }
  const pass = why === undefined && results.length === cases.length && results.every((one) => one.pass);
  return { pass, results, walls: last?.walls ?? [], took: 0, ...(why === undefined ? {} : { why }) };
}

function problemsOf(
  { pass, results, why }: Verdict,
  cases: readonly TaskCase[],
  subject: Subject,
  timed: boolean,
): readonly Diagnostic[] {
  if (pass) return [];
  const problems: Diagnostic[] = [];
  if (why !== undefined) problems.push(problemOf(subject, 'MR5045', `The code did what no task may do: ${why}.`));
  for (const [index, result] of results.entries()) {
    if (result.pass || result.why === why) continue;
    problems.push(
      problemOf(
        subject,
        'MR5046',
        `The ${cases[index]?.origin ?? 'generated'} case '${result.name}' does not hold: ${result.why}.`,
        timed && cases[index]?.fakes?.now === undefined
          ? "Where the time matters, a case says it in 'fakes.now': else it is any."
          : undefined,
      ),
    );
  }
  return problems;
}

/** Another order, another machine, another attempt, another time: what comes of a case depends on none of them. */
const others = [
  {
    timeZone: 'America/St_Johns',
    attempt: 2,
    later: 8_000_000_000,
    order: <T>(list: readonly T[]) => list.toReversed(),
  },
  {
    timeZone: 'Pacific/Kiritimati',
    attempt: 3,
    later: 29_000_000_000,
    order: <T>(list: readonly T[]) => [...list.slice(list.length >> 1), ...list.slice(0, list.length >> 1)],
  },
];

async function stability(
  stage: Stage,
  cases: readonly TaskCase[],
  before: readonly CaseResult[],
  inputs: readonly PropertyInput[],
  subject: Subject,
  live: LiveContract,
  options: GateOptions & SandboxOptions,
): Promise<GateReport> {
  const started = performance.now();
  const first = new Map<unknown, Pick<CaseResult, 'got'>>([
    ...cases.map((one, index) => [one, before[index] ?? {}] as const),
    ...inputs.map((one) => [one, one] as const),
  ]);
  const problems: Diagnostic[] = [];
  const { now } = trialOf(stage, 1);
  for (const { timeZone, attempt, later, order } of others) {
    const asked = order([...cases, ...inputs]);
    let index = 0;
    const { why } = await trying(stage, { ...options, timeZone, attempt }, async (ask) => {
      for (const one of asked) {
        index += 1;
        // What has to come of a case is said: unless it says the time, too, that may be any.
        const isTimed = 'expect' in one && one.fakes?.now === undefined;
        const answer = await ask(isTimed ? { ...one, fakes: { ...one.fakes, now: now + later } } : one);
        const wrong = typeof answer === 'string' ? answer : 'expect' in one ? judge(one, answer, live) : undefined;
        const got = typeof answer === 'string' ? undefined : gotOf(answer);
        const known = first.get(one)?.got;
        if (wrong === undefined && (isTimed || isDeepStrictEqual(got, known))) continue;
        const how = wrong ?? `gave ${textOf(known)} first, and then ${textOf(got)}`;
        problems.push(
          problemOf(
            subject,
            'MR5048',
            `${'name' in one ? `The case '${one.name}'` : `What comes of the input ${textOf(one.input)}`} is not the same each time (in another order, in the time zone ${timeZone}, as attempt ${attempt}${isTimed ? ', at another time' : ''}): ${how}.`,
            'Keep nothing between calls; take the time from ctx.now() and ids from ctx.newId(); format dates in UTC; do the same in each attempt. A case for which the time matters says it in fakes.now.',
          ),
        );
        if (typeof answer === 'string' || problems.length > 3) break;
      }
    });
    if (why !== undefined && problems.length === 0)
      problems.push(problemOf(subject, 'MR5048', `The code did not come to an end the same each time: ${why}.`));
    if (problems.length > 0) break;
  }
  return report('stability', started, problems, { runs: 1 + others.length });
}
