import type { RuntimeEvent, RuntimeEventType } from './bus.ts';

/** Where lines go: a stream of Node is one. Each call is one whole line. */
export interface AuditSink {
  write(line: string): unknown;
}

export interface AuditOptions {
  /** Only these. Default: all. */
  readonly types?: readonly RuntimeEventType[];
  /** Also what runs and graphs gave (`output`, `results`). Default: not, since an audit log lives long. */
  readonly values?: boolean;
}

/**
 * Writes what a runtime does as JSON, a line an event: `time`, `seq`, `type`, and what belongs to it. Values are escaped, so
 * that no id or message can look like a line of its own. Gives a function that ends it.
 *
 * @example
 * ```ts
 * import { createWriteStream } from 'node:fs';
 * import { auditLog, type ReactiveSystemRuntime } from 'millrace/runtime';
 *
 * declare const runtime: ReactiveSystemRuntime;
 * const stop = auditLog(runtime, createWriteStream('audit.jsonl', { flags: 'a' }));
 * ```
 */
export function auditLog(
  runtime: { on(listener: (event: RuntimeEvent) => void): () => void },
  sink: AuditSink,
  { types, values = false }: AuditOptions = {},
): () => void {
  const wanted = types === undefined ? undefined : new Set<string>(types);
  return runtime.on((event) => {
    if (wanted !== undefined && !wanted.has(event.type)) return;
    const { seq, at, type, ...rest } = event;
    const facts = Object.entries(rest).filter(([name]) => values || (name !== 'output' && name !== 'results'));
    const line = { time: new Date(at).toISOString(), seq, type, ...Object.fromEntries(facts) };
    sink.write(`${escaped(JSON.stringify(line))}\n`);
  });
}

/** Also for readers that end lines where JSON does not. */
const escaped = (line: string): string =>
  line.replaceAll(/[\u007F-\u009F\u2028\u2029]/g, (sign) => `\\u${sign.charCodeAt(0).toString(16).padStart(4, '0')}`);
