import { randomBytes } from 'node:crypto';
import { mkdtemp, realpath, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { performance } from 'node:perf_hooks';
import type { CaseResult, Stage, TaskCase } from '../contract.ts';
import { Cell } from './cell.ts';
import type { Line } from './read-line.ts';
import { harness } from './harness.ts';
import type { Answered } from './inside/wire.ts';
import { gotOf, judge, shown, type Judged } from './judge.ts';
import { intoTrial, outOfTrial, trialOf } from './trial.ts';
import { behindWalls, type Wall, type WallOptions } from './walls.ts';

export interface RunOptions extends Judged, Partial<WallOptions> {
  /** Of one case, in ms. Default 2000. */
  readonly timeoutMs?: number;
  /** Until the module is loaded, in ms. Default 10000. */
  readonly bootMs?: number;
  /** What the process may have in memory, in MB. Default 320. */
  readonly memoryMB?: number;
  /** What one answer may have, and all that is printed together. Default 1 MB. */
  readonly outputBytes?: number;
  /** The time zone that the code finds itself in. Default UTC. */
  readonly timeZone?: string;
  /** Which attempt the code is told that it is. Default 1. */
  readonly attempt?: number;
  readonly signal?: AbortSignal;
  /** Hears every answer, before it is judged. */
  readonly onAnswer?: (answer: Answered) => void;
}

/** What came of a run: given by this process, whatever the code says of itself. */
export interface Verdict {
  /** All cases ran, all hold, and nothing else happened. */
  readonly pass: boolean;
  /** One for each case, in their order. */
  readonly results: readonly CaseResult[];
  /** Why the run as a whole does not count, if it does not. */
  readonly why?: string;
  /** It was not even loaded. */
  readonly broken?: boolean;
  /** What stood between the code and this machine. */
  readonly walls: readonly Wall[];
  /** In ms. */
  readonly took: number;
}

/**
 * Tries the code of a stage on cases, in a process of its own that reaches nothing. That process only says what came of
 * each case; the verdict is given here. The name of a case, and what it expects, never go there.
 *
 * The walls are defence in depth, not a security boundary: do not run code of an attacker who is after you.
 */
export async function runCases(
  stage: Stage,
  cases: readonly Pick<TaskCase, 'name' | 'input' | 'fakes' | 'expect'>[],
  options: RunOptions,
): Promise<Verdict> {
  const started = performance.now();
  const results: CaseResult[] = [];
  const { walls, why, broken } = await trying(stage, options, async (ask) => {
    for (const one of cases) {
      const began = performance.now();
      const answer = await ask(one);
      const took = performance.now() - began;
      if (typeof answer !== 'string') options.onAnswer?.(answer);
      const wrong = typeof answer === 'string' ? answer : judge(one, answer, options);
      const got = typeof answer === 'string' ? undefined : gotOf(answer);
      results.push({
        name: one.name,
        pass: wrong === undefined,
        took,
        ...(wrong === undefined ? {} : { why: wrong }),
        ...(got === undefined ? {} : { got }),
      });
    }
  });
  const pass = why === undefined && results.length === cases.length && results.every((one) => one.pass);
  const took = performance.now() - started;
  return { pass, results, walls, took, ...(why === undefined ? {} : { why, broken }) };
}

/** Asks for one answer: what came, or why nothing did. */
export type Ask = (one: Pick<TaskCase, 'input' | 'fakes'>, file?: string) => Promise<Answered | string>;

/**
 * Opens a stage in a process of its own for as long as `work` asks it. Gives why the run as a whole does not count: what
 * happened while the module was loaded, or after the last answer.
 */
export async function trying(
  stage: Stage,
  options: Omit<RunOptions, keyof Judged>,
  work: (ask: Ask) => Promise<void>,
): Promise<{ readonly walls: readonly Wall[]; readonly why?: string; readonly broken: boolean }> {
  // Links are followed by the permission model: there are none in the path, and none in the stage.
  const folder = await realpath(await mkdtemp(join(tmpdir(), 'millrace-stage-')));
  try {
    await writeFile(join(folder, 'inside.mjs'), (await harness()).text, { flag: 'wx', mode: 0o400 });
    await writeFile(join(folder, 'task.mjs'), stage.bundle, { flag: 'wx', mode: 0o400 });
    for (const [name, text] of Object.entries(stage.files ?? {}))
      await writeFile(join(folder, basename(name)), text, { flag: 'wx', mode: 0o400 });
    const heapMB = options.heapMB ?? 128;
    const walled = await behindWalls(folder, ['inside.mjs', 'task.mjs'], { cpuSeconds: 60, ...options, heapMB });
    const limits = { memoryMB: options.memoryMB ?? 320, outputBytes: options.outputBytes ?? 1_000_000 };
    const cell = new Cell(walled, folder, { TZ: options.timeZone ?? 'UTC', LANG: 'C.UTF-8' }, limits);
    try {
      const { why, broken = false } = await converse(stage, cell, options, work);
      return { walls: walled.walls, broken, ...(why === undefined ? {} : { why }) };
    } finally {
      await cell.end();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function converse(
  stage: Stage,
  cell: Cell,
  { timeoutMs = 2000, bootMs = 10_000, attempt = 1, signal }: Omit<RunOptions, keyof Judged>,
  work: (ask: Ask) => Promise<void>,
): Promise<{ readonly why?: string; readonly broken?: boolean }> {
  const trial = trialOf(stage, attempt);
  const gone = (): string => `the process ${shown(cell.why ?? 'is gone')}`;
  const first = await cell.next(bootMs, `took longer than ${bootMs} ms to load the module`, signal);
  const broken = notReady(first, gone);
  if (broken !== undefined) {
    await work(() => Promise.resolve(broken));
    return { why: broken, broken: true };
  }
  await work(async ({ input, fakes }, file) => {
    if (cell.why !== undefined) return gone();
    const id = randomBytes(16).toString('hex');
    cell.ask({ id, input, fakes: intoTrial(stage, trial, fakes), file, trial });
    const line = await cell.next(timeoutMs, `took longer than ${timeoutMs} ms`, signal);
    if (line === undefined) return gone();
    if ('id' in line && line.id === id) return outOfTrial(stage, trial, line);
    cell.kill('answered what it was not asked');
    return gone();
  });
  if (cell.why !== undefined) return { why: gone() };
  const nonce = randomBytes(16).toString('hex');
  cell.ask({ end: nonce });
  const last = await cell.next(timeoutMs, 'did not come to an end', signal);
  if (last === undefined) return { why: gone() };
  if (!('notice' in last) || last.notice !== 'done' || last.nonce !== nonce)
    return { why: 'the process ended with a forged answer' };
  const [misdeed] = last.misdeeds;
  return misdeed === undefined ? {} : { why: `it ${shown(misdeed)}` };
}

function notReady(line: Line | undefined, gone: () => string): string | undefined {
  if (line === undefined) return gone();
  if (!('notice' in line) || line.notice === 'done') return 'the process spoke when it was not asked';
  if (line.notice === 'ready') return undefined;
  const [misdeed] = line.misdeeds;
  return misdeed === undefined
    ? `the module cannot be loaded: ${shown(line.why)}`
    : `while the module was loaded it ${shown(misdeed)}`;
}
