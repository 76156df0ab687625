import { createInterface } from 'node:readline/promises';
import type { Io } from '../../kit/io.ts';

/** Asks the person at the terminal whether to go on. Where there is none, nobody is asked: that is a yes. */
export async function goOn(io: Io, question: string): Promise<boolean> {
  if (io.json || !process.stdin.isTTY || !process.stderr.isTTY) return true;
  // A question is no answer of ours: it goes where notes go.
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await lines.question(`${question} [Y/n] `, { signal: io.interrupted });
    return /^(y|yes|)$/i.test(answer.trim());
  } catch {
    // Ctrl-C, or the end of the input.
    return false;
  } finally {
    lines.close();
  }
}
