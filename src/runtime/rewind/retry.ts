import type { Tx } from '../../store/index.ts';
import type { Desk } from '../pause.ts';
import type { ForkReady } from '../fork/fork.ts';
import { readied, type RetryReady } from './ready.ts';
import type { RetryAsks, Step } from './retry-plan.ts';
import { takeBack } from './rewind.ts';
import { stepsOf } from './rewound.ts';

/** What came of a retry. */
export interface RetryGives {
  readonly runId: string;
  readonly status: 'running' | 'paused';
  /** The step from which it goes on; absent where no step had failed, but the code around them. */
  readonly fromStep?: string;
  /** How often it has been taken back by now. */
  readonly epoch: number;
  /** The paths of what is done again. */
  readonly dropped: readonly string[];
  /** Steps that were taken back although they are not undone (`openEffects: 'keep'`): what they did stays in the world. */
  readonly notUndone?: readonly string[];
  /** Of the system whose code goes on. */
  readonly version: string;
  readonly hash: string;
  /** The runs above it that wait for it again. */
  readonly parents: readonly string[];
}

/** Does it: see `Controls.retry`. */
export function retry(desk: Desk, tx: Tx, asks: RetryAsks, ready?: RetryReady | ForkReady): RetryGives {
  const steps = readied(desk, tx, asks, ready?.kind === 'retry' ? ready : undefined);
  const [own] = steps as readonly [Step];
  const open = ready?.kind === 'retry' ? ready.notUndone : [];
  const notUndone = open.length === 0 ? undefined : open;
  // The runs above first, so that they wait when the one below ends.
  const rewound = steps
    .toReversed()
    .map(({ row, path, taken, how }) =>
      takeBack(desk, tx, row, path, taken, row === own.row ? { ...how, notUndone } : how),
    );
  const { epoch, ...taken } = rewound.at(-1) as (typeof rewound)[number];
  const dropped = stepsOf(taken);
  const { version, hash } = desk.registry.system;
  return {
    runId: asks.runId,
    status: own.row.status === 'paused' ? 'paused' : 'running',
    ...(asks.fromStep === undefined && dropped.length === 0 ? {} : { fromStep: own.path }),
    epoch,
    dropped,
    version,
    hash,
    ...(notUndone === undefined ? {} : { notUndone }),
    parents: steps.slice(1).map(({ row }) => row.id),
  };
}
