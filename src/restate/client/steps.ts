import type { ErrorRecord } from '../../core/index.ts';
import { decision } from '../../engine/index.ts';
import type { RunView, StepStatus, StepView } from '../../runtime/index.ts';
import { taskOf } from '../host/task/record.ts';
import { timeOf, type Desk } from './desk.ts';
import { calledOff, failedIn, fromBytes, resultOf, signalOf, type Entry } from './journal.ts';

/** A command of a journal that belongs to a step. */
export interface Command {
  readonly entry: Entry;
  readonly result: Entry | undefined;
  /** Of the step, with `~undo` and the like, without the number of the try. */
  readonly path: string;
  readonly attempt: number;
  readonly does: 'attempt' | 'pause' | 'sleep' | 'child' | 'receive' | 'approve' | 'emit';
  /** The task, flow or event. */
  readonly target?: string;
}

/** What an attempt has left in the journal, as far as it is shown. */
export interface Attempt {
  readonly asked?: string;
  readonly at?: number;
  readonly ok?: boolean;
  readonly output?: unknown;
  readonly error?: ErrorRecord;
  readonly evidence?: StepView['evidence'];
  readonly emitted?: readonly { readonly event: string; readonly payload?: unknown }[];
}

/** The record of an attempt. */
export const recordIn = (result: Entry | undefined): Attempt => (fromBytes(success(result)) ?? {}) as Attempt;

/** A step that publishes is recorded as one that has asked for its own event. */
function isEmit(result: Entry | undefined): boolean {
  const { asked, emitted } = recordIn(result);
  return (
    asked !== undefined &&
    emitted?.length === 1 &&
    emitted[0]?.event === taskOf(asked) &&
    !('output' in recordIn(result))
  );
}

/** The commands of a journal by which steps are shown; what the engine asks for itself is left out. */
export function commandsOf({ names, flows: all }: Desk, entries: readonly Entry[]): readonly Command[] {
  const flows = new Map(all.map((name) => [names.flow(name), name]));
  return entries.flatMap((entry): readonly Command[] => {
    if (!entry.command || entry.name === '') return [];
    const { path, attempt, isWait } = named(entry.name);
    const common = { entry, result: resultOf(entries, entry), path, attempt };
    if (entry.type === 'Run') return [{ ...common, does: isEmit(common.result) ? 'emit' : 'attempt' }];
    const { Service, VirtualObject } = entry.content.request?.invocation_target ?? {};
    const { name = '', handler = '' } = Service ?? VirtualObject ?? {};
    const isTimer = entry.type === 'OneWayCall' && name === names.signals;
    if (entry.type === 'Sleep' || isTimer) {
      // The limit of another wait, or of the run.
      if (/(?<!\/)~[a-z]/i.test(path)) return [];
      const does = isWait ? 'pause' : 'sleep';
      return [{ ...common, ...(isTimer ? { result: signalOf(entries, entry.name) } : {}), does }];
    }
    if (entry.type !== 'Call' && entry.type !== 'OneWayCall') return [];
    const flow = flows.get(name);
    if (flow !== undefined && entry.type === 'Call') return [{ ...common, does: 'child', target: flow }];
    if (name === names.buffers && handler === 'wait')
      return [{ ...common, does: 'receive', target: VirtualObject?.key?.split(' ')[0] ?? '' }];
    if (name === names.decisions && handler === 'ask') return [{ ...common, does: 'approve', target: decision }];
    return [];
  });
}

/** `held[3]~2`: the second try; `held[3]~wait2`: the time before it. What is below a step begins with `/~`, as `charged/~undo`. */
function named(name: string): { readonly path: string; readonly attempt: number; readonly isWait: boolean } {
  const [, path = name, wait, number] = /^(.*[^/])~(wait)?(\d+)$/s.exec(name) ?? [];
  return { path, attempt: number === undefined ? 1 : Number(number), isWait: wait !== undefined };
}

/** The steps of a run, in the order in which they began, as its journal shows them. */
export function stepsOf(
  desk: Desk,
  entries: readonly Entry[],
  view: Pick<RunView, 'endedAt' | 'error' | 'errors'>,
): StepView[] {
  const steps = new Map<string, StepView>();
  for (const command of commandsOf(desk, entries)) {
    const next = after(desk, steps.get(command.path), command, entries, view.endedAt);
    if (next !== undefined) steps.set(command.path, next);
  }
  return [...steps.values()].map((step) => (step.status === 'failed' ? { ...step, ...placed(step.path, view) } : step));
}

/** The error of a step as its run tells it, with the place in the source. */
function placed(path: string, { error, errors }: Pick<RunView, 'error' | 'errors'>): Pick<StepView, 'error'> {
  const own = error?.details?.['step'] === path ? error : errors.find((each) => each.path === path)?.error;
  return own === undefined ? {} : { error: own };
}

/** Does one of its steps wait for an event, a person or a time? */
export function awaits(desk: Desk, entries: readonly Entry[]): boolean {
  return commandsOf(desk, entries).some(
    (command) => waits.has(command.does) && !hasCome(command, entries) && left(command, entries) === undefined,
  );
}

const waits: ReadonlySet<Command['does']> = new Set(['sleep', 'pause', 'receive', 'approve']);

function hasCome(command: Command, entries: readonly Entry[]): boolean {
  const { does, result } = command;
  return (does === 'sleep' || does === 'pause' ? result : cameIn(command, entries)) !== undefined;
}

function after(
  desk: Desk,
  before: StepView | undefined,
  command: Command,
  entries: readonly Entry[],
  endedAt: number | undefined,
): StepView | undefined {
  const { entry, result, path, attempt, does, target } = command;
  const open = (status: StepStatus): Pick<StepView, 'status' | 'endedAt'> =>
    endedAt === undefined ? { status } : { status: 'cancelled', endedAt };
  const common = {
    path,
    kind: kinds[does],
    startedAt: before?.startedAt ?? entry.at,
    attempts: Math.max(before?.attempts ?? 0, tried.has(does) ? attempt : 0),
    ...(target === undefined ? {} : { target }),
  };
  switch (does) {
    case 'attempt': {
      const made = recordIn(result);
      // Something that the engine does itself.
      if (result !== undefined && made.asked === undefined) return before;
      const task = made.asked === undefined ? before?.target : taskOf(made.asked);
      const facts = { ...common, ...(task === undefined ? {} : { target: task }) };
      if (result === undefined || made.ok === undefined) return { ...facts, ...open('running') };
      const at = made.at ?? result.at;
      if (made.ok) {
        const { output, evidence } = made;
        return {
          ...facts,
          status: 'completed',
          ...(output === undefined ? {} : { output }),
          ...(evidence === undefined ? {} : { evidence }),
          endedAt: at,
        };
      }
      return { ...facts, status: 'failed', ...(made.error === undefined ? {} : { error: made.error }), endedAt: at };
    }
    case 'pause': {
      // It has failed, and is tried again.
      if (before === undefined) return undefined;
      const { endedAt: _, ...failed } = before;
      return { ...failed, ...(left(command, entries) ?? open('waiting')) };
    }
    case 'child': {
      const asks = fromBytes(entry.content.request?.parameter) as { readonly input?: unknown } | undefined;
      const facts = { ...common, ...(asks?.input === undefined ? {} : { input: asks.input }) };
      if (result === undefined) return { ...facts, ...open('running') };
      const failure = result.content.result;
      if (failure !== undefined && 'Failure' in failure) {
        const told = failedIn(failure);
        return { ...facts, status: 'failed', ...(told === undefined ? {} : { error: told.error }), endedAt: result.at };
      }
      const gives = fromBytes(success(result)) as { readonly output?: unknown } | undefined;
      return {
        ...facts,
        status: 'completed',
        ...(gives?.output === undefined ? {} : { output: gives.output }),
        endedAt: result.at,
      };
    }
    case 'sleep': {
      const due = timeOf(desk, dueOf(entry));
      if (result === undefined) return { ...common, output: due, ...(left(command, entries) ?? open('waiting')) };
      return { ...common, output: due, status: 'completed', endedAt: result.at };
    }
    case 'receive':
    case 'approve': {
      const came = cameIn(command, entries);
      if (came === undefined) return { ...common, ...(left(command, entries) ?? open('waiting')) };
      const { value, at } = came;
      return { ...common, status: 'completed', ...(value === undefined ? {} : { output: value }), endedAt: at };
    }
    case 'emit': {
      const { emitted: [event] = [], at } = recordIn(result);
      return {
        ...common,
        status: 'completed',
        ...(event === undefined ? {} : { target: event.event }),
        ...(event?.payload === undefined ? {} : { input: event.payload }),
        endedAt: at ?? entry.at,
      };
    }
  }
}

/** What is tried, and may be tried again. */
const tried: ReadonlySet<Command['does']> = new Set(['attempt', 'pause', 'child']);

const kinds = {
  attempt: 'step',
  pause: 'step',
  sleep: 'sleep',
  child: 'child',
  receive: 'receive',
  approve: 'approve',
  emit: 'emit',
} as const;

/** What a wait has got: at once, or by the signal that is called as its step. */
export function cameIn(
  { entry, result, path, does }: Command,
  entries: readonly Entry[],
): { readonly value: unknown; readonly at: number } | undefined {
  const told = fromBytes(success(result)) as { readonly came?: Came } | undefined;
  if (told?.came !== undefined && result !== undefined) return { value: told.came.event.payload, at: result.at };
  const signal = signalOf(entries, entry.name) ?? signalOf(entries, path);
  if (signal === undefined) return undefined;
  const value = fromBytes(success(signal));
  if (does === 'receive') return { value: (value as Came | undefined)?.event.payload, at: signal.at };
  // When it was said is the time of the step.
  const { at = signal.at, ...decided } = (value ?? {}) as { readonly at?: number };
  return { value: decided, at };
}

/** A wait that was given up: its time was over, or its part was stopped. */
export function left(
  { entry, path, does }: Command,
  entries: readonly Entry[],
): { readonly status: 'failed' | 'cancelled'; readonly endedAt: number } | undefined {
  if (does === 'sleep' || does === 'pause') {
    const off = calledOff(entries, entry);
    return off === undefined ? undefined : { status: 'cancelled', endedAt: off.at };
  }
  const leave = leftBy(entry, path, entries);
  if (leave === undefined) return undefined;
  const rung = signalOf(entries, `${path}~timeout`);
  return { status: rung !== undefined && rung.index < leave.index ? 'failed' : 'cancelled', endedAt: leave.at };
}

function leftBy({ name }: Entry, path: string, entries: readonly Entry[]): Entry | undefined {
  const names = new Set([`${name}~leave`, `${name}~leave2`]);
  return entries.find(
    (each) => each.command && (names.has(each.name) || (each.name === path && handlerOf(each) === 'leave')),
  );
}

/** When a sleep is over. */
export const dueOf = ({ content: { wake_up_time: due, invoke_time: rings } }: Entry): number | undefined =>
  due ?? rings;

const handlerOf = ({ content }: Entry): string | undefined =>
  content.request?.invocation_target?.VirtualObject?.handler;

interface Came {
  readonly event: { readonly payload?: unknown };
}

const success = (entry: Entry | undefined): readonly number[] | undefined => {
  const result = entry?.content.result;
  return result !== undefined && 'Success' in result ? result.Success : undefined;
};
