import { randomUUID } from 'node:crypto';
import { connect, type Client, type ReactiveSystemRuntime, type SendResult } from '../../../runtime/index.ts';
import type { Logger } from '../../../tasks/index.ts';
import type { Io } from '../../kit/io.ts';
import { makeFolderOf, type OpenedSystem } from '../../systems/bound.ts';
import { ioLogger } from '../../systems/logger.ts';

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
  readonly #interrupted: AbortSignal;
  #engine: ReactiveSystemRuntime | Client;

  constructor(io: Io, opened: OpenedSystem) {
    this.#io = io;
    this.#opened = opened;
    this.#interrupted = io.interrupted;
    makeFolderOf(opened.database);
    this.#engine = this.#connect();
  }

  /** Does this process drive the database? */
  get drives(): boolean {
    return this.#engine.role === 'owner';
  }

  async send(event: string, payload: unknown, key: string | undefined): Promise<SendResult> {
    const idempotencyKey = key ?? randomUUID();
    for (;;) {
      const engine = this.#engine;
      try {
        return await engine.sendEvent(event, payload, { idempotencyKey });
      } catch (thrown) {
        const code = (thrown as { code?: unknown }).code;
        const replaced = code === 'MR3223' && this.#engine !== engine;
        if ((code !== 'MR3403' && !replaced) || this.#interrupted.aborted) throw thrown;
        if (this.#engine === engine) {
          await engine.close();
          this.#engine = this.#connect();
        }
      }
    }
  }

  /**
   * What guards and actions of the machines threw at the events that were just handed to their instances: since the
   * event of that id, as far as the histories tell.
   */
  thrown(eventId: string, deliveries: SendResult['deliveries']): readonly Thrown[] {
    const { reader } = this.#engine;
    const since = reader.events({ limit: 1000 }).find(({ id }) => id === eventId)?.time ?? Number.POSITIVE_INFINITY;
    return deliveries.flatMap((delivery) => {
      if (delivery.to !== 'instance') return [];
      const { machine, instanceId } = delivery;
      return reader
        .history(machine, instanceId, 20)
        .filter(({ time }) => time >= since)
        .toReversed()
        .flatMap(({ errors }) => errors.map(({ message, at }) => ({ machine, instanceId, message, at })));
    });
  }

  /** Where nobody else drives the database: waits until there is nothing left to do but to wait. */
  async settle(): Promise<void> {
    if (this.#engine.role !== 'owner') return;
    const interrupted = new Promise<void>((resolve) => {
      if (this.#interrupted.aborted) resolve();
      this.#interrupted.addEventListener('abort', () => resolve(), { once: true });
    });
    await Promise.race([this.#engine.idle(), interrupted]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#engine.close();
  }

  #connect(): ReactiveSystemRuntime | Client {
    const { system, database: db, options } = this.#opened;
    return connect(system, { ...options, db, logger: sendLogger(this.#io) });
  }
}

/** Without the warning that nobody took an event: the command says so itself. */
function sendLogger(io: Io): Logger {
  const logger = ioLogger(io, 'warn');
  const warn: Logger['warn'] = (message, fields) => {
    if (fields === undefined || !('available' in fields)) logger.warn(message, fields);
  };
  return { ...logger, warn };
}
