import { milliseconds } from '../../core/index.ts';
import { json } from '../json.ts';
import type { Run } from './run.ts';
import { setTimer } from './timer.ts';

const name = '~timeout';

/** The time after which a run has taken too long. */
export interface Limit {
  /** The run is another invocation from here on: its time begins anew. */
  again(): void;
  /** It has come to its end before. */
  off(): Promise<void>;
}

/** Sets the time limit of a run, if it has one. */
export function limit(run: Run): Limit | undefined {
  const { asks, ctx, driver, place, program } = run;
  const timeout = asks.timeoutMs ?? (program.timeout === undefined ? undefined : milliseconds(program.timeout));
  if (timeout === undefined) return undefined;
  let over = false;
  let off = setTimer(run, name, Math.max(0, asks.at + timeout - place.clock.now()));
  driver.listen(ctx.signal<null>(name, json()), () => {
    over = true;
    run.stop({
      reason: 'timeout',
      error: {
        name: 'RunError',
        message: `Run '${run.id}' took longer than its flow allows.`,
        code: 'MR3217',
        retryable: true,
        fault: 'environment',
        details: { run: run.id },
      },
    });
  });
  return {
    again: () => {
      off = setTimer(run, name, timeout);
    },
    off: () => (over ? Promise.resolve() : off()),
  };
}
