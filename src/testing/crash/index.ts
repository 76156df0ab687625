import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { seededRandom } from '../random.ts';
import { CrashTestError } from './errors.ts';
import { variables, type Told } from './evidence.ts';
import { Judge, type Verdict } from './judge.ts';
import { playRound, type Moment } from './round.ts';

export { CrashTestError } from './errors.ts';
export type { Moment } from './round.ts';
export { evidence, type Evidence, type Told, type Try } from './evidence.ts';

/** How a script is tried. */
export interface CrashTestOptions {
  /** The script: what `node` can run. It calls `evidence()` first. */
  readonly script: string | URL;
  readonly args?: readonly string[];
  /** Options of Node, such as `--import`. */
  readonly execArgv?: readonly string[];
  /** The database that it drives: a file. */
  readonly db: string;
  /** How often it is killed. */
  readonly kills: number;
  /** Where the random moments come from; the same seed draws the same ones. Default 1. */
  readonly seed?: number;
  /**
   * The moments: a random time up to so many ms after the script has begun, or a random number of things that it has
   * told of, up to `lines`. Default: `{ ms: 300 }`.
   */
  readonly within?: Moment;
  /** Chosen moments instead, one for each kill. The script then has to live that long. */
  readonly moments?: readonly Moment[];
  /** How long one start may take, in ms, before it is taken for hung. Default 60,000. */
  readonly timeLimit?: number;
  /** Says what is wrong beyond what every crash test looks at, after each kill and at the end. */
  readonly expect?: (facts: CrashFacts) => readonly string[];
}

/** What `expect` has to go by. The script is not running. */
export interface CrashFacts {
  readonly db: string;
  /** Everything that was told so far, in order. */
  readonly told: readonly Told[];
  /** Has the script come to its end, after all kills? */
  readonly over: boolean;
}

/** What came of it. All is well when the three lists are empty. */
export interface CrashReport extends Verdict {
  readonly seed: number;
  /** How often it was killed while it ran. */
  readonly kills: number;
  /** How often it came to its end before the kill. */
  readonly ended: number;
  readonly effects: number;
  /** Effects of tries that were under way at a kill, and made again: at most one a try and kill. */
  readonly again: number;
}

/**
 * Runs a script as a process of its own, kills it with `SIGKILL` at random moments, starts it again, and judges after
 * each kill, by what it left outside of the database (effects in a file that is synced, acknowledgements on its
 * standard output) and inside (`checkDatabase`): nothing acknowledged may be lost, no step that had ended may be done
 * again, only what was under way may be made once more. At last the script runs to its end.
 *
 * @throws CrashTestError MR3551 when it cannot be tried: no such script, a number of kills below 0.
 * @example
 * ```ts
 * import { crashTest } from 'millrace/testing';
 *
 * const { lost, repeated, violations } = await crashTest({
 *   script: new URL('./orders.crash.ts', import.meta.url),
 *   db: '/tmp/orders.db',
 *   kills: 20,
 * });
 * ```
 */
export async function crashTest(options: CrashTestOptions): Promise<CrashReport> {
  const { args = [], execArgv = [], db, kills, seed = 1, within = { ms: 300 }, timeLimit = 60_000 } = options;
  const script = options.script instanceof URL ? fileURLToPath(options.script) : options.script;
  if (!existsSync(script)) throw new CrashTestError('MR3551', `There is no script '${script}'.`);
  if (!Number.isInteger(kills) || kills < 0)
    throw new CrashTestError('MR3551', `'kills' is a whole number from 0 on, not ${String(kills)}.`);
  const random = seededRandom(seed);
  const file = `${db}.evidence`;
  const judge = new Judge(db, file);
  const { violations } = judge.verdict;
  let killed = 0;
  let ended = 0;
  for (let round = 1; ; round++) {
    const over = killed >= kills;
    const env = { [variables.file]: file, [variables.round]: String(round), [variables.last]: over ? '1' : '0' };
    const moment = over ? undefined : (options.moments?.[killed] ?? momentIn(within, random));
    const { how, told, code, stderr } = await playRound(
      [process.execPath, ...execArgv, script, ...args],
      env,
      moment,
      timeLimit,
    );
    if (how === 'killed') killed++;
    if (how === 'ended') ended++;
    if (how === 'hung') violations.push(`round ${round}: it had not ended after ${timeLimit} ms. ${stderr}`);
    if (how === 'died') violations.push(`round ${round}: it ended with ${String(code)}. ${stderr}`);
    // Killed before it had made one.
    if (existsSync(db) && judge.judge(told, round)) {
      const facts = { db, told: judge.told, over };
      for (const wrong of options.expect?.(facts) ?? []) violations.push(`round ${round}: ${wrong}`);
    }
    const stuck = ended > 3 * kills + 10;
    if (stuck) violations.push(`It came to its end ${ended} times before a kill: give it more to do in each round.`);
    if (over || stuck || how === 'died' || how === 'hung') {
      const { effects, again, verdict } = judge;
      return { seed, kills: killed, ended, effects, again, ...verdict };
    }
  }
}

function momentIn(within: Moment, random: () => number): Moment {
  return 'ms' in within ? { ms: random() * within.ms } : { lines: Math.floor(random() * (within.lines + 1)) };
}
