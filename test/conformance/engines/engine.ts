import type { Turn } from './asking.ts';

/** What came of a run, in words that every engine has. */
export interface End {
  readonly status: 'completed' | 'failed' | 'cancelled';
  readonly output?: unknown;
  /** Part of the message. */
  readonly error?: string;
}

/** A task that was carried out: the name of its step, or `~undo` of it, or what it says that it did. */
export interface Done {
  readonly run: string;
  readonly step: string;
  readonly attempt: number;
}

/** What came of an event. */
export interface Sent {
  readonly handled: boolean;
  readonly available?: readonly string[];
}

/** What a person says. */
export interface Said {
  readonly approved: boolean;
  readonly by: string;
  readonly form?: unknown;
}

/** An instance of a machine. */
export interface Instance {
  readonly state: readonly string[];
  readonly context: unknown;
  readonly status: string;
  /** The names of the events that it took, the oldest first. */
  readonly history: readonly string[];
}

/** An engine under test, with the system of the cases. Each case gets one of its own. What is refused rejects with a code. */
export interface Engine {
  start(flow: string, id: string, input: unknown): Promise<void>;
  /** Runs one task, and gives what it gives, or the code of its error. */
  task(name: string, input: unknown): Promise<unknown>;
  send(event: string, payload: unknown, key?: string): Promise<Sent>;
  /** Says so wherever something is to be decided, or of this run alone. */
  decide(said: Said, run?: string): Promise<void>;
  cancel(run: string): Promise<void>;
  pause(run: string): Promise<void>;
  resume(run: string): Promise<void>;
  retry(run: string): Promise<void>;
  create(machine: string, id: string, context: unknown): Promise<void>;
  rollback(machine: string, id: string): Promise<void>;
  remove(machine: string, id: string): Promise<void>;
  /** So much time passes: by skipping, or truly. */
  pass(minutes: number): Promise<void>;
  /** The process that drives it dies and is started again. */
  crash(): Promise<void>;
  /** Until all that time does not hold up has been done. */
  rest(): Promise<void>;
  /** Where a run stands, after all has come to rest. */
  status(run: string): Promise<string>;
  /** The end of a run, after all time that it takes. */
  end(run: string): Promise<End>;
  /** What was done, in order. */
  done(): readonly Done[];
  /** What the model was told last, each time that it was asked. */
  asked(): readonly string[];
  /** An instance, after all has come to rest. */
  instance(machine: string, id: string): Promise<Instance | undefined>;
  /** What is to be decided: step and message. */
  decisions(): Promise<readonly string[]>;
  /** All runs that there are: what they run and where they stand, in the order of the alphabet. */
  runs(): Promise<readonly string[]>;
  /** The steps of a run that have begun: path and status, in the order of the alphabet. */
  steps(run: string): Promise<readonly string[]>;
  close(): Promise<void>;
}

/** What an engine is opened for. */
export interface OpenOptions {
  /** What the model does. */
  readonly turns?: readonly Turn[];
  /** With the flow that starts by itself each hour. */
  readonly scheduled?: boolean;
  /** What will be done, as far as it matters for how it is opened: a crash. */
  readonly does?: readonly { readonly do: string }[];
  /** Time passes so many times slower than usual, where it truly passes. */
  readonly slower?: number;
}

/** How an engine comes into being. */
export interface EngineKind {
  readonly name: string;
  /** How many cases it may play beside each other. */
  readonly atOnce: number;
  readonly open: (options?: OpenOptions) => Promise<Engine>;
  /** Why it cannot be had here. */
  readonly missing?: () => Promise<string | undefined>;
  /** Ends what all cases share. */
  readonly shut?: () => Promise<void>;
}
