import { messageOf, nearest, type ErrorRecord } from '../../core/index.ts';
import { unifiedDiff } from '../../core/unified-diff.ts';
import { ReactiveSystemRuntime, type RuntimeEvent } from '../../runtime/index.ts';
import { openMemory } from '../../store/index.ts';
import { silentLogger, type BoundSystem, type Logger } from '../../tasks/index.ts';
import { seededRandom } from '../random.ts';
import { SimulatedClock } from '../simulated-clock.ts';
import type { Problem } from './compare.ts';
import { ScenarioError } from './errors.ts';
import { observe, type Played } from './observe.ts';
import { Script, type TaskCall } from './script.ts';
import { checkScenario } from './check.ts';
import type { Scenario, ScenarioDefinition, When } from './types.ts';

/** What came of a scenario. */
export interface ScenarioResult {
  readonly name: string;
  readonly ok: boolean;
  /** What is not as the scenario says. */
  readonly problems: readonly Problem[];
  /** What should be beside what is, as a unified diff; empty when all is well. */
  readonly diff: string;
  /** What should be, and what is, of the same shape. */
  readonly expected: unknown;
  readonly actual: unknown;
  /** What happened, a line each. */
  readonly trace: readonly string[];
}

type AnySource = Readonly<Record<string, never>>;
type AnyWhen = When<AnySource>;

/**
 * Plays a scenario on the engine, in memory, with a clock that moves as the scenario says and tasks that answer as it says.
 *
 * @throws ScenarioError MR3571 when it is empty or names what the system does not have.
 * @example
 * ```ts
 * import { playScenario, type Scenario } from 'millrace/testing';
 * import type { BoundSystem } from 'millrace/tasks';
 *
 * declare const system: BoundSystem; // the default export of the generated index.ts
 * declare const approved: Scenario;
 * const { ok, diff } = await playScenario(system, approved);
 * if (!ok) console.error(diff);
 * ```
 */
export async function playScenario(
  system: BoundSystem,
  scenario: Scenario,
  options: { readonly logger?: Logger } = {},
): Promise<ScenarioResult> {
  checkScenario(system, scenario);
  const { given = {}, when, expect } = scenario.definition as ScenarioDefinition<AnySource>;
  const script = new Script(system, given.tasks ?? {});
  const store = openMemory();
  let runtime: ReactiveSystemRuntime | undefined;
  const clock = new SimulatedClock({
    ...(given.at === undefined ? {} : { start: Date.parse(given.at) }),
    settle: () => runtime?.idle() ?? Promise.resolve(),
  });
  const logger = options.logger ?? silentLogger;
  const random = seededRandom(scenario.name);
  runtime = new ReactiveSystemRuntime(system, { store, clock, random, logger, stopwatch: () => clock.now() });
  runtime.registerTaskImplementations(script.implementations());
  const trace: string[] = [];
  const off = runtime.on((event) => trace.push(lineOf(event)));
  const played: Played = { runtime, store, calls: script.calls };
  const seen: { readonly expected: unknown; readonly actual: unknown; readonly problems: readonly Problem[] }[] = [];
  try {
    for (const [machine, ids] of Object.entries((given.instances ?? {}) as Instances))
      for (const [id, { context }] of Object.entries(ids))
        await runtime.create(machine, { id, ...(context === undefined ? {} : { context }) });
    for (const [index, step] of when.entries()) {
      if ('expect' in step) {
        seen.push(observe(played, step.expect, `when[${index}].expect`));
        continue;
      }
      const problem = await happen(runtime, clock, step).then(
        () => undefined,
        (thrown: unknown) => refused(index, thrown),
      );
      await runtime.idle();
      if (problem === undefined) continue;
      seen.push({ expected: {}, actual: {}, problems: [problem] });
      break;
    }
    if (seen.every(({ problems }) => problems.length === 0)) seen.push(observe(played, expect, 'expect'));
  } finally {
    off();
    await runtime.close();
    store.close();
  }
  const problems = [...script.unanswered.map(unanswered), ...seen.flatMap((each) => each.problems)];
  const { expected, actual } = seen.findLast((each) => each.problems.length > 0) ??
    seen.at(-1) ?? { expected: {}, actual: {} };
  const ok = problems.length === 0;
  return {
    name: scenario.name,
    ok,
    problems,
    diff: ok ? '' : diffOf(scenario.name, expected, actual),
    expected,
    actual,
    trace,
  };
}

type Instances = Readonly<Record<string, Readonly<Record<string, { readonly context?: unknown }>>>>;

/**
 * Plays a scenario, for a test runner: `it(each.name, () => assertScenario(system, each))`.
 *
 * @throws ScenarioError MR3573 with the difference when it comes out otherwise than it says.
 * @example
 * ```ts
 * import { assertScenario, scenariosIn } from 'millrace/testing';
 * import type { BoundSystem } from 'millrace/tasks';
 *
 * declare const system: BoundSystem; // the default export of the generated index.ts
 * declare const scenarios: object; // import * as scenarios from './orders.scenarios.ts'
 * for (const each of scenariosIn(scenarios)) await assertScenario(system, each);
 * ```
 */
export async function assertScenario(system: BoundSystem, scenario: Scenario): Promise<void> {
  const { ok, problems, diff, expected, actual, trace } = await playScenario(system, scenario);
  if (ok) return;
  const told = problems.map(problemText).join('\n');
  throw new ScenarioError(
    'MR3573',
    `'${scenario.name}' comes out otherwise:\n${told}\n\n${diff}\nWhat happened:\n  ${trace.join('\n  ')}`,
    {
      expected,
      actual,
    },
  );
}

/** One problem on a line. */
export function problemText({ at, note, message, ...values }: Problem): string {
  if (message !== undefined) return `${at}: ${message}`;
  const actual = 'actual' in values ? text(values.actual) : 'nothing';
  return `${at}: expected ${text(values.expected)}, but there is ${actual}${note === undefined ? '' : ` (${note})`}`;
}

function text(value: unknown): string {
  const shown = value === undefined ? 'nothing' : JSON.stringify(value);
  return shown.length > 120 ? `${shown.slice(0, 119)}…` : shown;
}

/** Lets one thing happen. */
async function happen(
  runtime: ReactiveSystemRuntime,
  clock: SimulatedClock,
  step: Exclude<AnyWhen, { expect: unknown }>,
): Promise<unknown> {
  const each = step as Partial<
    Record<'send' | 'start' | 'advance' | 'decide' | 'cancel' | 'pause' | 'resume', string>
  > & {
    readonly payload?: unknown;
    readonly input?: unknown;
    readonly id?: string;
    readonly run?: string;
    readonly approved?: boolean;
    readonly by?: string;
    readonly form?: unknown;
  };
  if (each.send !== undefined) return runtime.sendEvent(each.send, each.payload);
  if (each.start !== undefined)
    return runtime.start(each.start, each.input, each.id === undefined ? {} : { id: each.id });
  if (each.advance === 'end') return clock.runUntilIdle();
  if (each.advance !== undefined) return clock.advance(each.advance as never);
  if (each.cancel !== undefined) return runtime.cancel(runNamed(runtime, each.cancel));
  if (each.pause !== undefined) return runtime.pause(runNamed(runtime, each.pause));
  if (each.resume !== undefined) return runtime.resume(runNamed(runtime, each.resume));
  const { decide = '', run, approved = false, by = 'somebody', form } = each;
  const asked = runtime.reader.decisions().filter(({ step: path }) => path === decide);
  const wanted = run === undefined ? asked : asked.filter(({ runId, flow }) => runId === run || flow === run);
  const [first] = wanted;
  if (first === undefined || wanted.length > 1) {
    const open = runtime.reader.decisions().map(({ runId, step: path }) => `'${path}' of run '${runId}'`);
    throw new Error(
      first === undefined
        ? `Nobody is asked to decide '${decide}'. Open: ${open.join(', ') || 'none'}.`
        : `${wanted.length} runs wait at '${decide}': say which by \`run\`.`,
    );
  }
  return runtime.decide(first.runId, decide, { approved, by, ...(form === undefined ? {} : { form }) });
}

/** A run by its id, or the only one of a flow. */
function runNamed(runtime: ReactiveSystemRuntime, name: string): string {
  if (runtime.status(name) !== undefined) return name;
  const runs = runtime.list({ target: name });
  const [only] = runs;
  if (only !== undefined && runs.length === 1) return only.id;
  const ids = runtime.list().map(({ id }) => id);
  const like = nearest(name, ids);
  throw new Error(
    only === undefined
      ? `There is no run '${name}', nor one of a flow of that name.${like === undefined ? '' : ` Did you mean '${like}'?`}`
      : `There are ${runs.length} runs of '${name}': name one by its id.`,
  );
}

function refused(index: number, thrown: unknown): Problem {
  const { code } = thrown as { readonly code?: unknown };
  const message = `${typeof code === 'string' ? `${code}: ` : ''}${messageOf(thrown)}`;
  return { at: `when[${index}]`, expected: 'to happen', message: `it cannot happen. ${message}` };
}

function unanswered({ task, input, why }: TaskCall): Problem {
  const message =
    why === undefined
      ? `it was called with ${text(input)}, and the scenario has no answer.`
      : `it cannot be 'real': ${why}`;
  return { at: `given.tasks.${task}`, expected: 'an answer', message };
}

function diffOf(name: string, expected: unknown, actual: unknown): string {
  const [before, after] = [expected, actual].map((value) => `${JSON.stringify(value, undefined, 2)}\n`) as [
    string,
    string,
  ];
  if (before === after) return '';
  const [, , , ...lines] = unifiedDiff([{ path: name, before, after }]).split('\n');
  return ['- expected', '+ what is there', ...lines].join('\n');
}

function lineOf(event: RuntimeEvent): string {
  const { type, error, ...facts } = event as { readonly type: string; readonly error?: ErrorRecord };
  const words = ['runId', 'machine', 'instance', 'instanceId', 'step', 'target', 'event', 'to'].flatMap((key) => {
    const value = (facts as Readonly<Record<string, unknown>>)[key];
    return value === undefined || value === null ? [] : [Array.isArray(value) ? value.join('+') : String(value)];
  });
  return [type, ...words, ...(error === undefined ? [] : [`${error.code}: ${error.message}`])].join(' ');
}
