import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Told } from './evidence.ts';

/** When a script is killed: so many ms after it began, or when it has told of so many things. */
export type Moment = { readonly ms: number } | { readonly lines: number };

/** One start of a script, up to its end. */
export interface Round {
  readonly how: 'killed' | 'ended' | 'died' | 'hung';
  readonly told: readonly Told[];
  readonly code: number | null;
  readonly stderr: string;
}

/** Starts the script, and kills it (SIGKILL) at the moment given, if it lives that long. */
export function playRound(
  command: readonly string[],
  env: Readonly<Record<string, string>>,
  moment: Moment | undefined,
  timeLimit: number,
): Promise<Round> {
  const [program = '', ...args] = command;
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, ...env } });
  const told: Told[] = [];
  let stderr = '';
  let killed = false;
  let hung = false;
  const timers: NodeJS.Timeout[] = [];
  const kill = (): void => void (killed = child.kill('SIGKILL') || killed);
  timers.push(setTimeout(() => (hung = child.kill('SIGKILL')), timeLimit));

  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (stderr = `${stderr}${chunk}`.slice(-4000)));
  createInterface({ input: child.stdout }).on('line', (line) => {
    const read = readTold(line);
    if (read === undefined) return;
    told.push(read);
    if (moment === undefined) return;
    if ('ms' in moment && read.told === 'begun') timers.push(setTimeout(kill, moment.ms));
    if ('lines' in moment && told.length > moment.lines) kill();
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code, signal) => {
      for (const timer of timers) clearTimeout(timer);
      const how = hung ? 'hung' : signal === 'SIGKILL' && killed ? 'killed' : code === 0 ? 'ended' : 'died';
      resolve({ how, told, code, stderr });
    });
  });
}

/** Whatever else a script prints is its own affair; so is a line that the kill has cut off. */
function readTold(line: string): Told | undefined {
  if (!line.startsWith('{"told":')) return undefined;
  try {
    return JSON.parse(line) as Told;
  } catch {
    return undefined;
  }
}
