import type { LoggerTransport } from '@restatedev/restate-sdk';
import { messageOf } from '../../core/index.ts';
import type { Logger } from '../../tasks/index.ts';

/** What the SDK has to say, as lines of our logger: that an invocation failed and is tried again, for example. */
export function logTo(logger: Logger): { readonly write: LoggerTransport; readonly end: () => void } {
  let over = false;
  /** What was said last of an invocation: each try says the same. */
  const said = new Map<string, string>();
  return {
    write: ({ level, replaying, context }, ...parts: readonly unknown[]) => {
      // What breaks when an endpoint ends is what was to break.
      const loud: string = level;
      if (over || replaying || !['warn', 'error'].includes(loud)) return;
      // Said of every endpoint without keys; who binds more than loopback is told by the command.
      if (String(parts[0]).startsWith('Accepting requests without')) return;
      const fields = context && { invocation: context.invocationId, target: context.invocationTarget };
      const text = parts.map((part) => messageOf(part)).join(' ');
      const id = context?.invocationId ?? '';
      if (said.get(id) === text) return;
      if (said.size > 1000) said.clear();
      said.set(id, text);
      logger[loud === 'error' ? 'error' : 'warn'](text, fields);
    },
    end: () => {
      over = true;
    },
  };
}
