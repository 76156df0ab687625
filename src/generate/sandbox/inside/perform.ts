import { systemClock } from '../../../core/clock.ts';
import type { AnyTask } from '../../../flow/index.ts';
import { runAttempt } from '../../../tasks/attempt.ts';
import type { TaskImplementation } from '../../../tasks/index.ts';
import { fakeWorld, type FakeWorld } from '../../../tasks/world/fake.ts';
import type { Asked } from './wire.ts';

/** What a stage exports. The contract is the generated one, whatever the code passes to `implement`. */
interface TaskModule {
  readonly contract: AnyTask;
  readonly run: TaskImplementation['run'];
}

/** What came of one attempt: everything as text. */
export interface Came {
  readonly failed?: { readonly name: string; readonly code: string; readonly message: string };
  /** JSON; absent for a task that gives nothing. */
  readonly output?: string;
  /** JSON. */
  readonly emitted: string;
  /** JSON. */
  readonly files: string;
  /** JSON. */
  readonly asked: string;
}

const { stringify } = JSON;
const hexDigits = '0123456789abcdef';
const toText = String;

/** One attempt, as an engine would make it, in a world of data. */
export async function perform(
  { input, fakes, trial }: Asked,
  { contract, run }: TaskModule,
  note: (misdeed: string) => void,
): Promise<Came> {
  let ids = 0;
  const world: FakeWorld = {
    ...fakeWorld({ now: trial.now, ...fakes }),
    newId: () => trial.ids + twelveDigits(++ids),
  };
  const outcome = await runAttempt({
    contract,
    implementation: { kind: 'implementation', contract, run },
    input,
    // The same for every case: nothing to tell them apart by.
    attempt: trial.attempt,
    runId: trial.runId,
    step: contract.contract,
    idempotencyKey: trial.idempotencyKey,
    clock: systemClock(),
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
  const files = stringify(world.files());
  const asked = stringify(world.asked);
  if (!outcome.ok) {
    const { name, code, message } = outcome.error;
    const failed = { name: toText(name), code: toText(code), message: toText(message).slice(0, 2000) };
    return { failed, emitted: '[]', files, asked };
  }
  const emitted = outcome.emitted.map(
    ({ event, payload }) =>
      `{"event":${stringify(event.contract)}${payload === undefined ? '' : `,"payload":${payload}`}}`,
  );
  return {
    ...(outcome.output === undefined ? {} : { output: outcome.output }),
    emitted: `[${emitted.join(',')}]`,
    files,
    asked,
  };
}

/** A number in 12 hexadecimal digits, by nothing that code under trial could have replaced. */
function twelveDigits(number: number): string {
  let text = '';
  for (let rest = number, place = 0; place < 12; place += 1, rest = (rest - (rest % 16)) / 16)
    text = (hexDigits[rest % 16] ?? '') + text;
  return text;
}
