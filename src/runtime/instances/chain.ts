import { endlessChain, longestChain, type InstanceName } from '../../engine/index.ts';
import type { MachineEvent } from '../../machine/index.ts';
import type { Tx } from '../../store/index.ts';
import type { Writer } from '../writer.ts';

/** How many events one event may set off at once in all: a machine may send to many others. */
const most = 100_000;

/** An event on its way to an instance, under the name by which its machine knows it. */
export interface Link {
  readonly name: InstanceName;
  readonly event: MachineEvent;
  /** Another instance, or this one, has sent it. */
  readonly sent?: Sent;
}

export interface Sent {
  readonly by: InstanceName;
  /** Under which it can be taken back. */
  readonly id: string | undefined;
  /** May it create the instance? */
  readonly creates: boolean;
}

interface Queued extends Link {
  readonly depth: number;
}

/** What an event sets off at once: all of it happens in the event's own transaction, or nothing of it. */
export class Chain {
  readonly #writer: Writer;
  /** Undefined between events. */
  #queue: Queued[] | undefined;
  /** What comes before everything that was sent. */
  #first: Queued[] = [];
  #depth = 0;

  constructor(writer: Writer) {
    this.#writer = writer;
  }

  push(link: Link): void {
    this.#queue?.push({ ...link, depth: this.#depth + 1 });
  }

  /** Puts a failure in front of everything that was sent. */
  unshift(link: Link): void {
    this.#first.push({ ...link, depth: this.#depth + 1 });
  }

  /** Takes back what `by` has sent under `id` and has not arrived. */
  takeBack(by: InstanceName, id: string): void {
    this.#queue = this.#queue?.filter(
      ({ sent }) => sent?.id !== id || sent.by.id !== by.id || sent.by.machine !== by.machine,
    );
  }

  /**
   * Does something and all that it sets off at once, one event after the other; or nothing of it, when that has no end.
   *
   * @throws EventError MR3311.
   */
  whole<T>(tx: Tx, work: () => T, handle: (link: Link) => void): T {
    if (this.#queue !== undefined) return this.#part(tx, this.#queue, work);
    this.#queue = [];
    this.#first = [];
    this.#depth = 0;
    try {
      return this.#writer.savepoint(tx, () => {
        const result = work();
        for (let count = 1; ; count++) {
          const next = this.#first.shift() ?? this.#queue?.shift();
          if (next === undefined) return result;
          if (next.depth > longestChain) throw endlessChain(next.name, next.event.name, longestChain);
          if (count > most) throw endlessChain(next.name, next.event.name, most);
          this.#depth = next.depth;
          handle(next);
        }
      });
    } finally {
      this.#queue = undefined;
    }
  }

  #part<T>(tx: Tx, queue: Queued[], work: () => T): T {
    const before = [queue.length, this.#first.length] as const;
    try {
      return this.#writer.savepoint(tx, work);
    } catch (thrown) {
      // Taking back makes a new list, so the old one has what it had, and what was added behind it.
      this.#queue = queue;
      [queue.length, this.#first.length] = before;
      throw thrown;
    }
  }
}
