import { messageOf } from '../../../core/index.ts';
import type { TimerData } from '../../../runtime/instances/armed.ts';
import type { TimerRow } from '../../../store/index.ts';
import { NotCarried, own } from '../world.ts';
import { eventName, type StepNames } from './names.ts';

/** A delivery that waits, in the middle of a migration. */
export interface Pending {
  readonly row: TimerRow;
  readonly data: TimerData;
  /** Of an `after`: the state as it was called at first, and the number. */
  readonly after?: { readonly state: string; readonly number: number };
}

export function pendingOf(row: TimerRow): Pending {
  const data = JSON.parse(row.data ?? '{}') as TimerData;
  const [, state, number] = (data.target === undefined && /^after\.(.*)\.(\d+)$/.exec(data.name)) || [];
  return { row, data, ...(state !== undefined && { after: { state, number: Number(number) } }) };
}

/** A delivery after one step. An `after` waits for the end, when it is known where the machine stands. */
export function carryPending(pending: Pending, names: StepNames, active: Iterable<string>): Pending {
  const { data, after } = pending;
  if (after !== undefined) return pending;
  return { ...pending, data: { ...data, ...carried(data, names, active) } };
}

function carried(data: TimerData, names: StepNames, active: Iterable<string>): Partial<TimerData> {
  const { name, target, payload } = data;
  const { step } = names;
  if (target !== undefined) {
    const to =
      target.startsWith('#') && target !== '#parent' ? `#${names.work(target.slice(1), active)}` : names.target(target);
    return { name: eventName(step, name), target: to, ...payloadOf(names, name, payload) };
  }
  const work = /^(done|error)\.run\.(.*)$/.exec(name);
  if (work !== null) return { name: `${work[1]}.run.${names.work(work[2] ?? '', active)}` };
  if (name.startsWith('done.state.'))
    return { name: `done.state.${names.state(name.slice(11))?.[0] ?? name.slice(11)}` };
  if (name.startsWith('error.')) return {};
  const { alias, event } = names.alias(name);
  return { name: alias, ...payloadOf(names, event, payload) };
}

function payloadOf({ step }: StepNames, event: string, payload: unknown): { readonly payload?: unknown } {
  const change = own(step.parts.events, event)?.payload;
  if (typeof change !== 'function') return {};
  try {
    return { payload: change(payload as never) };
  } catch (thrown) {
    throw new NotCarried(
      `the payload of '${event}', which waits for its time, cannot be changed: ${messageOf(thrown)}`,
    );
  }
}
