import type { Body } from '../../simulate/spec.ts';
import type { Turn } from './asking.ts';

/** What came of a run, in words that every engine has. */
export interface End {
  readonly status: 'completed' | 'failed' | 'cancelled';
  readonly output?: unknown;
  /** Part of the message. */
  readonly error?: string;
}

/** A task that was carried out: the name of its step, or `~undo` of it. */
export interface Done {
  readonly run: string;
  readonly step: string;
  readonly attempt: number;
}

/** An engine under test, with the system of the cases. Each case gets one of its own. */
export interface Engine {
  start(flow: 'outer' | 'timed' | 'asking', id: string, body: Body): Promise<void>;
  send(event: 'go' | 'noted', payload: unknown, key?: string): Promise<void>;
  /** Says yes to whatever is to be decided. */
  decide(): Promise<void>;
  cancel(run: string): Promise<void>;
  pause(run: string): Promise<void>;
  resume(run: string): Promise<void>;
  /** So much time passes: by skipping, or truly. */
  pass(minutes: number): Promise<void>;
  /** The process that drives it dies and is started again. */
  crash(): Promise<void>;
  /** Where a run stands, after all has come to rest. */
  status(run: string): Promise<string>;
  /** The end of a run, after all time that it takes. */
  end(run: string): Promise<End>;
  /** What was done, in order. */
  done(): readonly Done[];
  /** What the model was told last, each time that it was asked. */
  asked(): readonly string[];
  /** What the machine `book` has noted, and what it was reminded of. */
  book(): Promise<{ readonly seen: readonly number[]; readonly rang: readonly number[] } | undefined>;
  close(): Promise<void>;
}

/** How an engine comes into being. */
export interface EngineKind {
  readonly name: string;
  /** Does it pass time without waiting? */
  readonly skipsTime: boolean;
  readonly open: (turns?: readonly Turn[]) => Promise<Engine>;
}
