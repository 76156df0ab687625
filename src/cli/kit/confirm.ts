import { createInterface } from 'node:readline/promises';
import type { Io } from './io.ts';

/** Is there a person who can be asked? */
export function canAsk(io: Io): boolean {
  return !io.json && process.stdin.isTTY && process.stderr.isTTY;
}

/** Asks the person at the terminal. Everything but a yes is a no, so is Ctrl-C. */
export async function confirm(io: Io, question: string): Promise<boolean> {
  // A question is no answer of ours: it goes where notes go.
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await lines.question(`${question} [y/N] `, { signal: io.interrupted });
    return /^y(es)?$/i.test(answer.trim());
  } catch {
    return false;
  } finally {
    lines.close();
  }
}
