import { messageOf, toErrorRecord } from '../../core/index.ts';
import type { MachineStep } from '../../machine/index.ts';
import type { ArmedState } from './contract.ts';
import { begin, idOf, setTimer, stepToken } from './effects.ts';
import type { Turn } from './turn.ts';

/** Gives an instance its timers and its work again: work begins anew. Gives what could not begin, for the history. */
export function rearm(turn: Turn, seq: number, { timers, work }: ArmedState): MachineStep['errors'] {
  const errors: { message: string; at: string }[] = [];
  for (const [index, { id, target, event, due }] of timers.entries())
    setTimer(turn, { id, ...(target === undefined ? {} : { target }), event }, due, stepToken(turn, seq, index));
  for (const [index, { token: _token, invocation: _invocation, ...item }] of work.entries()) {
    try {
      turn.whole(() => begin(turn, item, idOf(turn, seq, index)));
    } catch (thrown) {
      turn.push({ event: { name: `error.run.${item.ref}`, payload: toErrorRecord(thrown) }, id: undefined });
      errors.push({ message: messageOf(thrown), at: 'run' });
    }
  }
  return errors;
}
