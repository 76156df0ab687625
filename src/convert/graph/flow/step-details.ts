import type { CallNode, ExpressionNode, FlowNode, RetryPolicy, StepNode, SystemModel } from '../../../model/index.ts';
import { visitStep, type StepVisitor } from '../../../model/visit/index.ts';
import { codeText, cut, valueText } from '../code-text.ts';
import type { GraphDetail } from '../graph.ts';

const said = (value: string | ExpressionNode): string => (typeof value === 'string' ? value : cut(codeText(value), 48));
const option = (text: string): GraphDetail => ({ kind: 'option', text });
const calls = ({ target }: CallNode): GraphDetail => ({ kind: 'call', text: target.name, target });
const attempts = ({ attempts }: RetryPolicy): readonly GraphDetail[] =>
  attempts === 1 ? [] : [option(`up to ${attempts} attempts`)];
const atOnce = (count: number | undefined): readonly GraphDetail[] =>
  count === undefined ? [] : [option(`at most ${count} at a time`)];
const until = (timeout: string | undefined, onTimeout: string | undefined): readonly GraphDetail[] =>
  timeout === undefined ? [] : [option(`at most ${timeout}${onTimeout === 'continue' ? ', then goes on' : ''}`)];

/** What stands in the box of a step below its name. */
export function stepDetails(step: StepNode, model: SystemModel): readonly GraphDetail[] {
  return visitStep(step, '', words(model));
}

const words = (model: SystemModel): StepVisitor<readonly GraphDetail[]> => ({
  step: ({ call, retry, timeout, onFailure, undo }) => {
    const { target } = call;
    const declared = target.kind === 'task' ? model.tasks[target.name]?.retry : undefined;
    const tries = retry ?? declared;
    return [
      calls(call),
      ...(tries === undefined ? [] : attempts(tries)),
      ...until(timeout, undefined),
      ...(onFailure === 'continue' ? [option('goes on when it fails')] : []),
      ...(typeof onFailure === 'object' ? [option('has a fallback')] : []),
      ...(undo === undefined
        ? []
        : [{ kind: 'undo', text: `undone by ${undo.target.name}`, target: undo.target } as const]),
    ];
  },
  parallel: ({ concurrency }) => [option('at the same time'), ...atOnce(concurrency)],
  branch: ({ on }) => [option(said(on))],
  map: ({ over, concurrency }) => [option(`for each of ${said(over)}`), ...atOnce(concurrency)],
  repeat: ({ until: condition, max, delay }) => [
    option(`until ${said(condition)}`),
    option(`at most ${max} times${delay === undefined ? '' : `, ${delay} apart`}`),
  ],
  graph: ({ concurrency, onFailure }) => [
    option('in the order of their needs'),
    ...atOnce(concurrency),
    ...(onFailure === undefined || onFailure === 'failFast' ? [] : [option(`on failure: ${onFailure}`)]),
  ],
  race: () => [option('the first to finish wins')],
  attempt: () => [],
  waitFor: ({ event, match, timeout, onTimeout }) => [
    { kind: 'trigger', text: `waits for ${event}`, target: { kind: 'event', name: event } },
    ...(match.length === 0 ? [] : [option(`same ${match.map(({ field }) => field).join(', ')}`)]),
    ...until(timeout, onTimeout),
  ],
  approve: ({ message, timeout, onTimeout }) => [
    option('a person decides'),
    ...(message === undefined ? [] : [option(said(message))]),
    ...until(timeout, onTimeout),
  ],
  sleep: ({ time }) => [option(`sleeps ${said(time)}`)],
  emit: ({ call }) => [{ kind: 'call', text: `emits ${call.target.name}`, target: call.target }],
  returns: ({ value }) => [{ kind: 'output', text: valueText(value) }],
});

/** What is said of a whole flow. */
export function flowDetails({ on, schedule, http, timeout, onFailure }: FlowNode): readonly GraphDetail[] {
  return [
    ...(on === undefined ? [] : [{ kind: 'trigger', text: `on ${on}`, target: { kind: 'event', name: on } } as const]),
    ...(schedule === undefined ? [] : [{ kind: 'trigger', text: `cron ${schedule.cron}` } as const]),
    ...(http === undefined ? [] : [{ kind: 'trigger', text: http } as const]),
    ...until(timeout, undefined),
    ...(onFailure === undefined
      ? []
      : [{ kind: 'call', text: `on failure: ${onFailure.target.name}`, target: onFailure.target } as const]),
  ];
}
