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
      const text = inOurWords(parts.map((part) => messageOf(part)));
      const id = context?.invocationId ?? '';
      if (said.get(id) === text) return;
      if (said.size > 1000) said.clear();
      said.set(id, text);
      logger[isOfConnection(text) ? 'debug' : loud === 'error' ? 'error' : 'warn'](text, fields);
    },
    end: () => {
      over = true;
    },
  };
}

/** The SDK says that something failed before it says what. What has a code of ours says all by itself. */
function inOurWords([first = '', ...rest]: readonly string[]): string {
  if (!first.startsWith('Error when processing')) return [first, ...rest].join(' ');
  const what = rest.join(' ');
  const own = /^(?:\w+: )?(MR\d{4}: .*)$/s.exec(what)?.[1];
  return own ?? `MR5231: An attempt failed, and the server makes it again: ${what}`;
}

/** A connection that broke, or was let go of: the server goes on with it elsewhere, or here, and says so where it is asked. */
const isOfConnection = (text: string): boolean =>
  text.startsWith('Got abort error from connection') || /The operation was aborted|AbortError|\(599\)/.test(text);
