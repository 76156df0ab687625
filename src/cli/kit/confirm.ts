import { createInterface, type Interface } from 'node:readline/promises';
import type { Io } from './io.ts';

/** Is there a person who can be asked? */
export function canAsk(io: Io): boolean {
  return !io.json && process.stdin.isTTY && process.stderr.isTTY;
}

/** The lines of the person at the terminal. A question is no answer of ours: it goes where notes go. */
export function linesOf({ interrupted }: Io): Interface {
  const lines = createInterface({ input: process.stdin, output: process.stderr, signal: interrupted });
  // Here the terminal hands Ctrl-C over as a key: it means what it means everywhere.
  lines.on('SIGINT', () => void process.emit('SIGINT', 'SIGINT'));
  return lines;
}

/** What the person says. `interrupted`: Ctrl-C, or the command is to end. */
export type Confirmed = 'yes' | 'no' | 'interrupted';

/**
 * Asks the person at the terminal. Everything but a yes is a no, the end of the input, too. A no is exit code 1 in every
 * command, as what was wanted is not done; an interruption has a code of its own (`interruptedCode`).
 */
export async function confirm(io: Io, question: string): Promise<Confirmed> {
  const lines = linesOf(io);
  const closed = new AbortController();
  lines.on('close', () => closed.abort());
  try {
    const answer = await lines.question(`${question} [y/N] `, { signal: closed.signal });
    return /^y(es)?$/i.test(answer.trim()) ? 'yes' : 'no';
  } catch {
    return io.interrupted.aborted ? 'interrupted' : 'no';
  } finally {
    lines.close();
  }
}
