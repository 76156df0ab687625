import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { median } from './table.ts';

export const root = fileURLToPath(new URL('..', import.meta.url));
export const dsl = `${root}dist/cli/main.js`;

/** Node with arguments. */
export interface Command {
  readonly name: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  /** Runs before each run, outside the measured time. */
  readonly before?: () => void;
}

/** Wall milliseconds of one run of Node with these arguments. */
function once(command: Command): number {
  command.before?.();
  const started = performance.now();
  const result = spawnSync(process.execPath, command.args, { cwd: command.cwd ?? root, encoding: 'utf8' });
  const ms = performance.now() - started;
  if (result.status !== 0)
    throw new Error(`${command.name} ended with ${result.status}:\n${result.stdout}${result.stderr}`);
  return ms;
}

/** Median wall milliseconds of each command; the commands take turns, so that a slow spell of the machine hits all alike. */
export function interleaved(commands: readonly Command[], runs = 11): readonly number[] {
  const times = commands.map(() => [] as number[]);
  for (const command of commands) once(command);
  for (let run = 0; run < runs; run += 1) commands.forEach((command, index) => times[index]?.push(once(command)));
  return times.map(median);
}
