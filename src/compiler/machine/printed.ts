/** What may stand in several places of a machine's module, and is printed once. */
import type { ExpressionNode, TransitionNode } from '../../model/index.ts';
import type { Doc } from '../../model/text/doc.ts';
import type { Move } from './moves.ts';

/** What a block of actions is in the code: statements to put in place, and whether they read the payload. */
export interface PrintedBlock {
  readonly statements: readonly Doc[];
  readonly readsPayload: boolean;
}

export interface PrintedGuard {
  readonly code: Doc;
  readonly readsPayload: boolean;
  /** Is it a function of its own, which sees the registers? */
  readonly isFunction: boolean;
}

/** The statements of a move, by the phases of a microstep. */
export interface Parts {
  readonly exits: readonly Doc[];
  /** Where the registers stand when everything was left: only when somebody looks. */
  readonly between: readonly Doc[];
  readonly actions: PrintedBlock;
  readonly enters: readonly Doc[];
}

/** What is printed already. */
export class Printed {
  readonly #parts = new Map<Move, Parts>();
  readonly #actions = new Map<TransitionNode, PrintedBlock>();
  readonly #guards = new Map<ExpressionNode, PrintedGuard>();

  parts(move: Move, print: () => Parts): Parts {
    return once(this.#parts, move, print);
  }

  /** A transition that is several moves has its actions once. */
  actions(transition: TransitionNode, print: () => PrintedBlock): PrintedBlock {
    return once(this.#actions, transition, print);
  }

  guard(guard: ExpressionNode, print: () => PrintedGuard): PrintedGuard {
    return once(this.#guards, guard, print);
  }
}

function once<Key, Value>(known: Map<Key, Value>, key: Key, print: () => Value): Value {
  const value = known.get(key) ?? print();
  known.set(key, value);
  return value;
}
