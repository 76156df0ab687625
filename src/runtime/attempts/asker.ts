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
}
