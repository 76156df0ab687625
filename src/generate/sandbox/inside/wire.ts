import type { Fakes } from '../../../tasks/index.ts';
import type { FakeAsked } from '../../../tasks/world/fake-exchanges.ts';

/** The run that code is tried in. */
export interface Trial {
  readonly runId: string;
  readonly idempotencyKey: string;
  /** How the ids of `newId` begin. */
  readonly ids: string;
  /** The time, where a case does not say it. */
  readonly now: number;
  readonly attempt: number;
}

/** What the parent asks: a line of JSON on the standard input. */
export interface Asked {
  /** Random: whoever does not know it cannot answer. The name of the case stays outside. */
  readonly id: string;
  /** Absent: `undefined`, which JSON does not have. */
  readonly input?: unknown;
  readonly fakes?: Fakes;
  readonly trial: Trial;
  /** The file of the stage that is asked. Default: its own module. */
  readonly file?: string;
}

/**
 * What the child answers, on a pipe of its own: what came, never whether that is right. On the wire `output`, `emitted`,
 * `files` and `asked` are texts, which are read outside: their values could bring a `toJSON` along that prints something else.
 */
export interface Answered {
  readonly id: string;
  readonly outcome:
    | { readonly ok: true; readonly output?: unknown }
    | {
        readonly ok: false;
        readonly error: { readonly name: string; readonly code: string; readonly message: string };
      };
  readonly emitted: readonly { readonly event: string; readonly payload?: unknown }[];
  /** The text of each file of the fake world afterwards. */
  readonly files: Readonly<Record<string, string>>;
  /** What it asked of hosts and resources, in order. */
  readonly asked: readonly FakeAsked[];
  /** What the code did beside its answer that no task may do. */
  readonly misdeeds: readonly string[];
}

/** Lines that answer nothing: the module is loaded, or it could not be; there is no more to do. */
export type Notice =
  | { readonly notice: 'ready' }
  | { readonly notice: 'broken'; readonly why: string; readonly misdeeds: readonly string[] }
  | { readonly notice: 'done'; readonly nonce: string; readonly misdeeds: readonly string[] };
