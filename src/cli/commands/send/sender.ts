import { randomUUID } from 'node:crypto';
import { connect, type Client, type ReactiveSystemRuntime, type SendResult } from '../../../runtime/index.ts';
import type { Io } from '../../kit/io.ts';
import { makeFolder, type OpenedSystem } from '../../systems/bound.ts';
import { ioLogger } from '../../systems/logger.ts';

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
    makeFolder(opened.database);
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
    return connect(this.#opened.system, { db: this.#opened.database, logger: ioLogger(this.#io, 'warn') });
  }
}
