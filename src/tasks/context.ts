import { messageOf, milliseconds, type Clock } from '../core/index.ts';
import type { Call } from '../flow/index.ts';
import type { AttemptRequest, EmittedEvent } from './attempt.ts';
import { AttemptOverError, CheckpointError, TaskOutputError, toTaskError, type AttemptIds } from './errors.ts';
import type { TaskContext } from './implement.ts';
import { decodeJson, encodeJson } from './json.ts';
import { withFields } from './logger.ts';
import { transientServices } from './services.ts';

/** One attempt, as its context sees it. */
interface Attempt {
  readonly ids: AttemptIds;
  readonly signal: AbortSignal;
  readonly emitted: EmittedEvent[];
  /** Has it ended? Then whatever its code still asks for is refused. */
  over(): boolean;
  /** A sign of life. */
  beat(details: unknown): void;
  /** Runs when the attempt ends. */
  onEnd(work: () => void): void;
}

/** What an implementation gets beside its input. */
export function contextOf(request: AttemptRequest, attempt: Attempt): TaskContext {
  const { ids, signal } = attempt;
  const logger = withFields(request.logger, { ...ids });
  const services = request.services ?? transientServices(request.idempotencyKey);
  const wall: Clock = request.clock.wall ?? request.clock;
  /** Work that is refused, and whose failure is told, whether or not somebody waits for it. */
  const keeping = <T>(what: string, work: () => Promise<T>): Promise<T> => {
    const doing = attempt.over() ? Promise.reject<T>(new AttemptOverError(what, ids)) : work();
    doing.catch((error: unknown) => {
      const { message, code } = toTaskError(error, ids);
      if (error instanceof AttemptOverError || error instanceof CheckpointError) logger.warn(message, { code });
    });
    return doing;
  };
  const checkpoint = (state: () => unknown): Promise<void> =>
    keeping('saved its state', async () => {
      let text: ReturnType<typeof encodeJson>;
      try {
        text = encodeJson(state());
      } catch (error) {
        throw new CheckpointError(`what should give it threw (${messageOf(error)})`, false, ids, error);
      }
      if (!text.ok) throw new CheckpointError(`its state is no JSON (${text.problems})`, false, ids);
      attempt.beat(undefined);
      try {
        await services.checkpoint(text.value ?? 'null');
      } catch (error) {
        throw new CheckpointError(messageOf(error), true, ids, error);
      }
    });
  return {
    signal,
    idempotencyKey: request.idempotencyKey,
    attempt: request.attempt,
    runId: request.runId,
    step: request.step,
    logger,
    emit(call) {
      if (attempt.over())
        logger.warn('An event was emitted after the end of its attempt and is ignored.', {
          event: call.contract.contract,
        });
      else attempt.emitted.push(emittedBy(call, ids));
    },
    heartbeat(details) {
      if (attempt.over()) return;
      attempt.beat(details);
      services.heartbeat?.(details);
    },
    checkpoint: (state) => checkpoint(() => state),
    checkpointEvery(interval, state) {
      const every = milliseconds(interval);
      let stop = (): void => {};
      let ended = false;
      const end = (): void => {
        ended = true;
        stop();
      };
      const arm = (): void => {
        if (ended || attempt.over()) return;
        stop = wall.at(wall.now() + every, () => {
          // A failure has been told; the next save may succeed.
          checkpoint(state).then(arm, arm);
        });
      };
      arm();
      attempt.onEnd(end);
      return end;
    },
    get state() {
      const saved = services.state();
      return saved === undefined ? undefined : (JSON.parse(saved) as unknown);
    },
    tool: (name, args, run, options) =>
      keeping(`used the tool '${name}'`, () => services.tool(signal)(name, args, run, options)),
    once: (key, asked, run, options) =>
      keeping(`asked for '${key}'`, () => services.once(signal)(key, asked, run, options)),
    metadata: request.metadata ?? {},
  };
}

function emittedBy(call: Call<void>, ids: AttemptIds): EmittedEvent {
  const event = call.contract;
  if (event.kind !== 'event')
    throw new TaskOutputError(`it emitted the ${event.kind} '${event.contract}', which is not an event`, ids);
  const encoded = encodeJson(call.input);
  const checked = encoded.ok ? decodeJson(event.payload, encoded.value) : encoded;
  if (!checked.ok || !encoded.ok)
    throw new TaskOutputError(`the event '${event.contract}' it emitted: ${checked.ok ? '' : checked.problems}`, ids);
  return { event, payload: encoded.value };
}
