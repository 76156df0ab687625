import { messageOf, milliseconds, MillraceError, type Clock } from '../core/index.ts';
import type { Call } from '../flow/index.ts';
import type { AttemptRequest, EmittedEvent } from './attempt.ts';
import { AttemptOverError, CheckpointError, TaskOutputError, toTaskError, type AttemptIds } from './errors.ts';
import type { TaskContext } from './implement.ts';
import { decodeJson, encodeJson } from './json.ts';
import { withFields, type Logger } from './logger.ts';
import { transientServices, type AttemptServices } from './services.ts';
import { WorldError } from './world/errors.ts';
import type { TaskWorld } from './world/world.ts';

/** One attempt, as its context sees it. */
export interface Attempt {
  readonly ids: AttemptIds;
  /** Made when somebody asks for it. */
  signal(): AbortSignal;
  readonly emitted: EmittedEvent[];
  /** Has it ended? Then whatever its code still asks for is refused. */
  over(): boolean;
  /** A sign of life. */
  beat(details: unknown): void;
  /** What is left of its time, in ms. */
  remainingMs(): number;
  /** Runs when the attempt ends. */
  onEnd(work: () => void): void;
}

/**
 * What an implementation gets beside its input. Each part is made when it is asked for, as most tasks ask for few, and
 * can be taken out of it: `({ emit }) => emit(…)`.
 */
export class AttemptContext implements TaskContext {
  readonly attempt: number;
  readonly again: boolean;
  readonly runId: string;
  readonly step: string;
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly #request: AttemptRequest;
  readonly #attempt: Attempt;
  #services: AttemptServices | undefined;
  #logger: Logger | undefined;
  #world: TaskWorld | undefined;
  #ids = 0;

  constructor(request: AttemptRequest, attempt: Attempt) {
    this.attempt = request.attempt;
    this.again = request.again === true;
    this.runId = request.runId;
    this.step = request.step;
    this.metadata = request.metadata ?? {};
    this.#request = request;
    this.#attempt = attempt;
  }

  get idempotencyKey(): string {
    return this.#request.idempotencyKey;
  }

  get signal(): AbortSignal {
    return this.#attempt.signal();
  }

  get logger(): Logger {
    return (this.#logger ??= withFields(this.#request.logger, { ...this.#attempt.ids }));
  }

  get emit(): TaskContext['emit'] {
    return (call) => {
      if (this.#attempt.over())
        this.logger.warn('An event was emitted after the end of its attempt and is ignored.', {
          event: call.contract.contract,
        });
      else this.#attempt.emitted.push(emittedBy(call, this.#attempt.ids));
    };
  }

  get heartbeat(): TaskContext['heartbeat'] {
    return (details) => {
      if (this.#attempt.over()) return;
      this.#attempt.beat(details);
      this.#kept().heartbeat?.(details);
    };
  }

  get checkpoint(): TaskContext['checkpoint'] {
    return (state) => this.#checkpoint(() => state);
  }

  get checkpointEvery(): TaskContext['checkpointEvery'] {
    return (interval, state) => {
      const every = milliseconds(interval);
      const wall: Clock = this.#request.clock.wall ?? this.#request.clock;
      let stop = (): void => {};
      let ended = false;
      const end = (): void => {
        ended = true;
        stop();
      };
      const arm = (): void => {
        if (ended || this.#attempt.over()) return;
        stop = wall.at(wall.now() + every, () => {
          // A failure has been told; the next save may succeed.
          this.#checkpoint(state).then(arm, arm);
        });
      };
      arm();
      this.#attempt.onEnd(end);
      return end;
    };
  }

  get state(): unknown {
    const saved = this.#kept().state();
    return saved === undefined ? undefined : (JSON.parse(saved) as unknown);
  }

  get tool(): TaskContext['tool'] {
    return (name, args, run, options) =>
      this.#keeping(`used the tool '${name}'`, () => this.#kept().tool(this.signal)(name, args, run, options));
  }

  get once(): TaskContext['once'] {
    return (key, asked, run, options) =>
      this.#keeping(`asked for '${key}'`, () => this.#kept().once(this.signal)(key, asked, run, options));
  }

  get fetch(): TaskContext['fetch'] {
    return this.#open().fetch;
  }

  get fs(): TaskContext['fs'] {
    return this.#open().fs;
  }

  get env(): TaskContext['env'] {
    return this.#open().env;
  }

  get resource(): TaskContext['resource'] {
    return this.#open().resource;
  }

  get remainingMs(): TaskContext['remainingMs'] {
    return () => this.#attempt.remainingMs();
  }

  get now(): TaskContext['now'] {
    return () => this.#request.world?.now?.() ?? this.#request.clock.now();
  }

  get newId(): TaskContext['newId'] {
    return () => this.#request.world?.newId?.() ?? idOf(this.idempotencyKey, this.#ids++);
  }

  #open(): TaskWorld {
    if (this.#world !== undefined) return this.#world;
    const { ids } = this.#attempt;
    const { world, contract } = this.#request;
    if (world === undefined)
      throw new WorldError(
        'MR3154',
        'asked for the world, and this attempt has none. Hand runAttempt a world: fakeWorld({ … }) of millrace/testing, or nodeWorld() of millrace/runtime.',
        ids,
      );
    return (this.#world = world.open({
      contract,
      ids,
      signal: () => this.#attempt.signal(),
      over: () => this.#attempt.over(),
    }));
  }

  #kept(): AttemptServices {
    return (this.#services ??= this.#request.services ?? transientServices(this.idempotencyKey));
  }

  /** Work that is refused, and whose failure is told, whether or not somebody waits for it. */
  #keeping<T>(what: string, work: () => Promise<T>): Promise<T> {
    const { ids } = this.#attempt;
    const doing = this.#attempt.over() ? Promise.reject<T>(new AttemptOverError(what, ids)) : work();
    doing.catch((error: unknown) => {
      const { message, code } = toTaskError(error, ids);
      if (error instanceof AttemptOverError || error instanceof CheckpointError) this.logger.warn(message, { code });
    });
    return doing;
  }

  #checkpoint(state: () => unknown): Promise<void> {
    const { ids } = this.#attempt;
    return this.#keeping('saved its state', async () => {
      let text: ReturnType<typeof encodeJson>;
      try {
        text = encodeJson(state());
      } catch (error) {
        throw new CheckpointError(`what should give it threw (${messageOf(error)})`, false, ids, error);
      }
      if (!text.ok) throw new CheckpointError(`its state is no JSON (${text.problems})`, false, ids);
      this.#attempt.beat(undefined);
      try {
        await this.#kept().checkpoint(text.value ?? 'null');
      } catch (error) {
        // The step is done by others: trying again is no help.
        if (error instanceof MillraceError && error.code.startsWith('MR341')) throw error;
        throw new CheckpointError(messageOf(error), true, ids, error);
      }
    });
  }
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

/** The n-th id of a step: a UUID of its key, so that another attempt asks for the same thing under the same id. */
function idOf(key: string, n: number): string {
  if (!/^[0-9a-f]{24}/.test(key)) return globalThis.crypto.randomUUID();
  const variant = '89ab'[Number.parseInt(key[15]!, 16) % 4];
  const count = n.toString(16).padStart(6, '0');
  return `${key.slice(0, 8)}-${key.slice(8, 12)}-8${key.slice(12, 15)}-${variant}${key.slice(15, 18)}-${key.slice(18, 24)}${count}`;
}
