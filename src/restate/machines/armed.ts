import type { MachineEvent, Snapshot } from '../../machine/index.ts';
import type { ArmedState, HistoryEntry, InstanceState } from './contract.ts';

/** How many timers and how much work an entry keeps: each entry keeps all that there is at its time. */
const mostArmed = 100;

/** What an entry keeps of the timers and the work. */
export function armed({ status, timers = [], work = [] }: InstanceState): ArmedState | 'too many' | undefined {
  const count = timers.length + work.length;
  if (status !== 'active' || count === 0) return undefined;
  return count > mostArmed ? 'too many' : { timers, work };
}

/** What an entry keeps of a snapshot beside the states and the context. */
export function moreOf({
  state: _state,
  context: _context,
  status,
  ...more
}: Snapshot<unknown>): Partial<Snapshot<unknown>> | undefined {
  if (status === 'active' && Object.keys(more).length === 0) return undefined;
  return { ...(status === 'active' ? {} : { status }), ...more };
}

/** Where an instance stood. */
export function snapshotAt({ to, context, more }: HistoryEntry): Snapshot<unknown> {
  return { state: to, context, status: 'active', ...more };
}

/** The payload as it is stored: what a schema has made of it may be more than JSON. */
export function payloadOf({ payload }: MachineEvent): { readonly payload?: unknown } {
  const text = payload === undefined ? undefined : JSON.stringify(payload);
  return text === undefined ? {} : { payload: JSON.parse(text) as unknown };
}
