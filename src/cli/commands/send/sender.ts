import { randomUUID } from 'node:crypto';
import { connect, type Client, type ReactiveSystemRuntime, type SendResult } from '../../../runtime/index.ts';
import type { Logger } from '../../../tasks/index.ts';
import type { RestateClient } from '../../../restate/index.ts';
import type { Io } from '../../kit/io.ts';
import { makeFolderOf, type OpenedSystem } from '../../systems/bound.ts';
import { ioLogger } from '../../systems/logger.ts';
import { openClient, tellHeldUp } from '../../systems/on-restate.ts';

/** What a guard or an action of an instance threw. */
export interface Thrown {
  readonly machine: string;
  readonly instanceId: string;
  readonly message: string;
  /** Where in the machine. */
  readonly at: string;
}

/**
 * Sends events to whoever drives the database, or drives it itself. When the driver ends in the middle, the next one is
 * found and the event sent again, under a key that makes it happen once.
 */
export class Sender implements AsyncDisposable {
  readonly #io: Io;
  readonly #opened: OpenedSystem;
  /** Absent on Restate: there Ctrl-C just ends this process. */
  readonly #interrupted: AbortSignal | undefined;
  /** How many events are waited for. */
  #underWay = 0;
  #engine: ReactiveSystemRuntime | Client | RestateClient;
  /** When the first event was sent. */
  #since = Number.POSITIVE_INFINITY;

  private constructor(io: Io, opened: OpenedSystem, engine: ReactiveSystemRuntime | Client | RestateClient) {
    this.#io = io;
    this.#opened = opened;
    this.#interrupted = opened.restate === undefined ? io.interrupted : undefined;
    this.#engine = engine;
  }

  static async open(io: Io, opened: OpenedSystem): Promise<Sender> {
    if (opened.restate !== undefined) return new Sender(io, opened, await openClient(io, opened, opened.restate));
    makeFolderOf(opened.database);
    return new Sender(io, opened, connectTo(io, opened));
  }

  /** Does this process drive the database? */
  get drives(): boolean {
    return this.#engine.role === 'owner';
  }

  async send(event: string, payload: unknown, key: string | undefined): Promise<SendResult> {
    const idempotencyKey = key ?? randomUUID();
    this.#since = Math.min(this.#since, Date.now());
    for (;;) {
      const engine = this.#engine;
      try {
        const sending = engine.sendEvent(event, payload, { idempotencyKey });
        return await ('heldUp' in engine ? this.#patiently(engine, sending, event) : sending);
      } catch (thrown) {
        const code = (thrown as { code?: unknown }).code;
        const replaced = code === 'MR3223' && this.#engine !== engine;
        if ((code !== 'MR3403' && !replaced) || this.#interrupted?.aborted === true) throw thrown;
        if (this.#engine === engine) {
          await engine.close();
          this.#engine = connectTo(this.#io, this.#opened);
        }
      }
    }
  }

  /** Waits for the answer of an endpoint. Of several events that are under way the first tells what is wrong. */
  async #patiently<T>(client: RestateClient, sending: Promise<T>, event: string): Promise<T> {
    const left = 'the event is with the server, and is handed out when the endpoint is back. Do not send it again.';
    const what = `for an endpoint to hand out '${event}'`;
    const tells = this.#underWay++ === 0;
    try {
      return await (tells ? tellHeldUp(this.#io, this.#opened, client, sending, { what, left }) : sending);
    } finally {
      this.#underWay--;
    }
  }

  /**
   * What guards and actions of the machines threw at the events that were just handed to their instances: since the
   * event of that id, as far as the histories tell.
   */
  async thrown(eventId: string, deliveries: SendResult['deliveries']): Promise<readonly Thrown[]> {
    const engine = this.#engine;
    // On Restate no log of events is kept: since this command has sent.
    const since =
      'reader' in engine
        ? (engine.reader.events({ limit: 1000 }).find(({ id }) => id === eventId)?.time ?? Number.POSITIVE_INFINITY)
        : this.#since;
    const found = deliveries.map(async (delivery) => {
      if (delivery.to !== 'instance') return [];
      const { machine, instanceId } = delivery;
      const history =
        'reader' in engine
          ? engine.reader.history(machine, instanceId, 20)
          : await engine.history(machine, instanceId, 20);
      return history
        .filter(({ time }) => time >= since)
        .toReversed()
        .flatMap(({ errors }) => errors.map(({ message, at }) => ({ machine, instanceId, message, at })));
    });
    return (await Promise.all(found)).flat();
  }

  /** Where nobody else drives the database: waits until there is nothing left to do but to wait. */
  async settle(): Promise<void> {
    if (this.#engine.role !== 'owner') return;
    const interrupted = new Promise<void>((resolve) => {
      if (this.#interrupted?.aborted === true) resolve();
      this.#interrupted?.addEventListener('abort', () => resolve(), { once: true });
    });
    await Promise.race([this.#engine.idle(), interrupted]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#engine.close();
  }
}

function connectTo(io: Io, { system, database: db, options }: OpenedSystem): ReactiveSystemRuntime | Client {
  return connect(system, { ...options, db, logger: sendLogger(io) });
}

/** Without the warning that nobody took an event: the command says so itself. */
function sendLogger(io: Io): Logger {
  const logger = ioLogger(io, 'warn');
  const warn: Logger['warn'] = (message, fields) => {
    if (fields === undefined || !('available' in fields)) logger.warn(message, fields);
  };
  return { ...logger, warn };
}
