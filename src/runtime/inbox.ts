import { messageOf, MillraceError, toErrorRecord, type ErrorRecord, type Repeated } from '../core/index.ts';
import type { Engine } from './engine.ts';
import type { Tx } from '../store/index.ts';
import { OwnerError } from '../engine/index.ts';
import { preparedRow } from './prepare.ts';
import { answerRow, type Answer, type Ready } from './requests.ts';
import { hasMoved } from './rewind/ready.ts';

/** How often an owner looks whether another process has written, in ms. Reading the version takes microseconds. */
const look = 20;

/** Carries out what other processes ask for, each request once: its effect and its answer are one transaction. */
export class Inbox {
  readonly #engine: Engine;
  readonly #poll: Repeated;
  readonly #underWay = new Set<number>();
  #version: number;

  constructor(engine: Engine) {
    this.#engine = engine;
    this.#version = engine.store.version();
    this.read();
    this.#poll = engine.scheduler.every(look, () => {
      engine.guard(() => {
        const version = engine.store.version();
        if (version === this.#version) return;
        this.#version = version;
        this.read();
      });
    });
  }

  get idle(): boolean {
    return this.#underWay.size === 0;
  }

  /** While somebody waits for news from outside, the process must stay alive. */
  hold(held: boolean): void {
    this.#poll.hold(held);
  }

  read(): void {
    const { store, writer, logger } = this.#engine;
    for (const row of store.tables.inbox.pending()) {
      if (this.#underWay.has(row.id)) continue;
      this.#underWay.add(row.id);
      const work = (tx: Tx, ready?: Ready, last = true): Answer => {
        // The id was read outside of the transaction.
        const known = tx.inbox.get(row.id)?.answer;
        if (typeof known === 'string') return JSON.parse(known) as Answer;
        const given = answerRow(this.#engine, tx, row, ready);
        if (known !== undefined && (last || !('error' in given && hasMoved(given.error))))
          tx.inbox.answer(row.id, JSON.stringify(given));
        return given;
      };
      const answered = (): void => void this.#underWay.delete(row.id);
      const failed = (error: unknown): void => {
        this.#underWay.delete(row.id);
        logger.error('A request of another process could not be carried out.', {
          request: row.id,
          kind: row.kind,
          error: String(error),
        });
        const answer = JSON.stringify({ error: failureOf(row.kind, error) });
        writer.enqueue({ run: (tx) => tx.inbox.answer(row.id, answer) });
      };
      const ready = preparedRow(this.#engine, row, (found, last) => writer.submit((tx) => work(tx, found, last)));
      if (ready === undefined) writer.enqueue({ run: (tx) => work(tx), done: answered, failed });
      else ready.then(answered, failed);
    }
  }

  stop(): void {
    this.#poll.stop();
  }
}

/** What went wrong, if it says so itself; else that it was nobody's request, but this process. */
function failureOf(kind: string, error: unknown): ErrorRecord {
  if (error instanceof MillraceError) return toErrorRecord(error);
  return toErrorRecord(
    new OwnerError(
      'MR3405',
      `The process that drives this database failed at the request '${kind}': ${messageOf(error)}`,
      {
        fault: 'internal',
      },
    ),
  );
}
