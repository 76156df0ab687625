import type { Turn } from '../../limits/index.ts';

/** One attempt, as its step asks for it. */
export interface Try {
  readonly attempt: number;
  /** When the first one began, if there was one. */
  readonly since: number | undefined;
  /** An earlier attempt has kept something: the id of its invocation. */
  readonly kept: string | undefined;
  readonly turn: Turn;
  /** It may have been begun before, by a process that is gone: its entry was in the journal, and had no result. */
  readonly again: boolean;
}
