import type { Fakes } from '../../../tasks/index.ts';

/** What the parent asks: a line of JSON on the standard input. */
export interface Asked {
  /** Random: whoever does not know it cannot answer. The name of the case stays outside. */
  readonly id: string;
  /** Absent: `undefined`, which JSON does not have. */
  readonly input?: unknown;
  readonly fakes?: Fakes;
}

/** What the child answers: a line of JSON on a pipe of its own. It says what came, never whether that is right. */
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
  /** What the code did beside its answer that no task may do. */
  readonly misdeeds: readonly string[];
}

/** Lines that answer nothing: the module is loaded, or it could not be; there is no more to do. */
export type Notice =
  | { readonly notice: 'ready' }
  | { readonly notice: 'broken'; readonly why: string; readonly misdeeds: readonly string[] }
  | { readonly notice: 'done'; readonly nonce: string; readonly misdeeds: readonly string[] };
