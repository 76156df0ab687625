import { setTimeout as sleep } from 'node:timers/promises';
import type { Io } from '../../kit/io.ts';

const every = 1000;

/** What is served, and as what. */
export interface Served {
  readonly system: string;
  readonly deployment: string;
}

/** Names the runs whose journal does not fit the code that is served now; with other code they are tried again. */
export class Misfits {
  readonly #io: Io;
  readonly #admin: string;
  readonly #file: string;
  readonly #named = new Set<string>();
  #over: AbortController | undefined;

  constructor(io: Io, admin: string, file: string) {
    this.#io = io;
    this.#admin = admin;
    this.#file = file;
  }

  /** Begins to look; with what was named before, it is tried again. */
  follow({ system, deployment }: Served): void {
    this.rest();
    const over = new AbortController();
    this.#over = over;
    void this.#follow({ system, deployment }, over.signal);
  }

  rest(): void {
    this.#over?.abort();
  }

  async #follow({ system, deployment }: Served, signal: AbortSignal): Promise<void> {
    const { askAdmin, misfits } = await import('../../../restate/index.ts');
    for (const invocation of this.#named) {
      await askAdmin(this.#admin, `/invocations/${invocation}/resume`, { method: 'PATCH' }).catch(() => {});
    }
    this.#named.clear();
    while (!signal.aborted) {
      for (const { invocation, run = invocation, service, message } of await misfits(
        this.#admin,
        system,
        deployment,
      ).catch(() => [])) {
        if (this.#named.has(invocation) || signal.aborted) continue;
        this.#named.add(invocation);
        this.#io.note(
          `${this.#io.paint('yellow', '‖', 'note')} The run '${run}' of ${service} does not fit this code, and rests: ${message}\n  It is tried again after the next change; or end it: dsl runs cancel ${this.#file} ${run} --engine restate`,
        );
      }
      await sleep(every, undefined, { signal, ref: false }).catch(() => {});
    }
  }
}
