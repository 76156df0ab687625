import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { compared, median, type Row } from '../table.ts';

const runs = 500;
const rounds = 3;

/** Starts a script in a process group of its own and waits for its last word. Gives the ms until then. */
async function until(
  script: string,
  phase: string,
  word: string,
  state: string,
): Promise<{ ms: number; kill: () => void }> {
  const started = performance.now();
  const child = spawn(process.execPath, [script, phase, String(runs)], {
    detached: true,
    env: { ...process.env, STATE: state },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const kill = (): void => {
    try {
      process.kill(-Number(child.pid), 'SIGKILL');
    } catch {
      // It has ended by itself.
    }
  };
  try {
    await new Promise<void>((resolve, reject) => {
      child.stdout.on('data', (text: Buffer) => {
        if (String(text).includes(word)) resolve();
      });
      child.on('exit', (code) => reject(new Error(`${script} ${phase} ended with ${String(code)}.`)));
    });
  } catch (error) {
    kill();
    throw error;
  }
  return { ms: performance.now() - started, kill };
}

/** Kills everything with runs in flight; gives the ms that a new start takes to end them. */
async function recover(script: string): Promise<number> {
  const state = mkdtempSync(join(tmpdir(), 'millrace-recovery-'));
  try {
    (await until(script, 'hang', 'hanging', state)).kill();
    // The ports and the files are free when the dead have been buried.
    await new Promise((resolve) => setTimeout(resolve, 500));
    const { ms, kill } = await until(script, 'recover', 'recovered', state);
    kill();
    await new Promise((resolve) => setTimeout(resolve, 500));
    return ms;
  } finally {
    rmSync(state, { recursive: true, force: true });
  }
}

/**
 * How long it takes from the start of the processes until all runs have ended that were in flight at a `kill -9`, each
 * in its sixth step of ten: for this engine, and for Restate's server with its service endpoint.
 */
export async function recovery(restate: string): Promise<readonly Row[]> {
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    ours.push(await recover(fileURLToPath(new URL('millrace/recover.ts', import.meta.url))));
    theirs.push(await recover(join(restate, 'recover.mjs')));
  }
  const peer = { name: `restate, recovery of ${runs}`, value: median(theirs) };
  return [{ ...peer, unit: 'ms' }, compared(`millrace, recovery of ${runs}`, median(ours), 'ms', peer, '<= 0.25')];
}
