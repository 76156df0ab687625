import { systemClock } from '../../../core/clock.ts';
import type { AnyTask } from '../../../flow/index.ts';
import { runAttempt } from '../../../tasks/attempt.ts';
import type { TaskImplementation } from '../../../tasks/index.ts';
import { fakeWorld } from '../../../tasks/world/fake.ts';
import type { Answered, Asked } from './wire.ts';

/** What a stage exports. The contract is the generated one, whatever the code passes to `implement`. */
interface TaskModule {
  readonly contract: AnyTask;
  readonly run: TaskImplementation['run'];
}

const parse = JSON.parse;

/** One attempt, as an engine would make it, in a world of data. */
export async function perform(
  { input, fakes }: Asked,
  { contract, run }: TaskModule,
  note: (misdeed: string) => void,
): Promise<Omit<Answered, 'id' | 'misdeeds'>> {
  const world = fakeWorld(fakes);
  const clock = systemClock();
  const outcome = await runAttempt({
    contract,
    implementation: { kind: 'implementation', contract, run },
    input,
    attempt: 1,
    runId: 'verification',
    step: contract.contract,
    // The same for equal cases: nothing to tell them apart by.
    idempotencyKey: `verification ${contract.contract}`,
    clock,
    logger: {
      debug: () => {},
      info: () => {},
      error: () => {},
      warn: (message, fields) => {
        if (fields?.['code'] === 'MR3133' || message.startsWith('An event was emitted after')) note(message);
      },
    },
    world,
  });
  const files = world.files();
  if (!outcome.ok) {
    const { name, code, message } = outcome.error;
    return { outcome: { ok: false, error: { name, code, message: message.slice(0, 2000) } }, emitted: [], files };
  }
  return {
    outcome: { ok: true, ...(outcome.output === undefined ? {} : { output: parse(outcome.output) as unknown }) },
    emitted: outcome.emitted.map(({ event, payload }) => ({
      event: event.contract,
      ...(payload === undefined ? {} : { payload: parse(payload) as unknown }),
    })),
    files,
  };
}
