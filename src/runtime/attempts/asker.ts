/** The run that an attempt is made for, as far as attempts see it. */
export interface Asker {
  readonly id: string;
  readonly row: { readonly priority: number };
  /** Is it paused? Then nothing of it begins. */
  readonly held: boolean;
  /** It is in memory no more: nothing is done for it. */
  readonly dead: boolean;
  /** How many of its attempts are under way. */
  attempting: number;
  /** How many of its attempts wait for their turn. */
  queued: number;
  /**
   * The attempt in which they are made, and which waits for them. It has its place among all: they go by the limits of their
   * tasks alone, before others, and in the same process. Otherwise they could wait for each other for ever.
   */
  readonly within?: { readonly step: string; readonly attempt: number };
}
