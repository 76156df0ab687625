import type { Asker } from '../attempts/index.ts';

/** Whoever asks for a tool: it is made within an attempt that has its place already. */
export interface Turn extends Asker {
  /** Waits for time. */
  waiting(work: () => Promise<void>): Promise<void>;
  end(): void;
}

interface Waits {
  working: number;
  waiting: number;
  /** Is the run told that this step waits? */
  told: boolean;
}

const waits = new WeakMap<Asker, Map<string, Waits>>();

/**
 * Its run is told when a step only waits for tools that wait for their turn, so that nobody takes it to be at work. A step
 * may wait for several tools at a time.
 */
export function turnOf(run: Asker | undefined, within: NonNullable<Asker['within']>): Turn {
  const { step } = within;
  const ofRun = (run && waits.get(run)) ?? new Map<string, Waits>();
  if (run !== undefined) waits.set(run, ofRun);
  const shared = ofRun.get(step) ?? { working: 0, waiting: 0, told: false };
  ofRun.set(step, shared);
  let mine = 0;
  const tell = (): void => {
    const told = shared.working === 0 && shared.waiting > 0;
    if (run !== undefined && told !== shared.told) run.queued += told ? 1 : -1;
    shared.told = told;
  };
  const wait = (by: number): void => {
    mine += by;
    shared.waiting += by;
    shared.working -= by;
    tell();
  };
  shared.working++;
  tell();
  return {
    id: run?.id ?? '',
    row: run?.row ?? { priority: 0 },
    within,
    held: false,
    get dead() {
      return run?.dead ?? false;
    },
    attempting: 0,
    get queued() {
      return mine;
    },
    set queued(count) {
      wait(count - mine);
    },
    async waiting(work) {
      wait(1);
      try {
        await work();
      } finally {
        wait(-1);
      }
    },
    end() {
      wait(-mine);
      shared.working--;
      tell();
      if (shared.working + shared.waiting === 0) ofRun.delete(step);
    },
  };
}
