import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openSqlite } from 'millrace/store';
import { seededRandom } from 'millrace/testing';
import { buildLibrary, noPreload, runScript } from './preload.ts';
import { play, World } from './scenario.ts';
import { wrongWith } from './wrong-with.ts';
import { acknowledged, afterPowerCut, readTrace, type Deed, type Loss } from './trace.ts';

const script = new URL('./scenario-child.ts', import.meta.url);

// What is real: the engine, SQLite, the calls that it makes of the operating system, their bytes and their order. What
// is faked: the power cut. The files are made anew from what was synced by then, and from none, some or parts of what
// was not. Not covered: names of files that get lost with their folder.
if (noPreload !== undefined) console.warn(`Power cuts are not tried: ${noPreload}.`);

/** At which of the moments power is cut: `POWER=1` takes all of them. */
const every = Number(process.env['POWER'] ?? 9);
const seed = Number(process.env['POWER_SEED'] ?? 1);
const disk = existsSync('/dev/shm') ? '/dev/shm' : tmpdir();

describe.skipIf(noPreload !== undefined)('a power cut', () => {
  let folder: string;
  let library: ReturnType<typeof buildLibrary>;
  let deeds: Deed[];
  let end: unknown;
  beforeAll(async () => {
    folder = mkdtempSync(join(disk, 'millrace-power-'));
    library = buildLibrary();
    ({ deeds, end } = await traced());
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
    library[Symbol.dispose]();
  });

  /** What a process does to its disk while it plays the scenario. */
  async function traced(how = 'careful'): Promise<{ deeds: Deed[]; end: unknown }> {
    const run = join(folder, how);
    mkdirSync(run);
    const trace = join(folder, `${how}.trace`);
    const args = [join(run, 'test.db'), join(run, 'acks'), how];
    const { code, stdout, stderr } = await runScript(script, args, library.file, { path: run, trace });
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    return { deeds: readTrace(trace).filter(({ file }) => !file.endsWith('-shm')), end: JSON.parse(stdout) };
  }

  /** What is wrong with the database that is left. */
  function after(all: readonly Deed[], count: number, loss: Loss, random: () => number, lies?: number): string[] {
    const file = lay(afterPowerCut(all, count, loss, random, lies));
    // What was acknowledged after the disk began to lie cannot be expected.
    return existsSync(file) || count > 40 ? wrongWith(file, acknowledged(all, Math.min(count, lies ?? count))) : [];
  }

  function lay(files: ReadonlyMap<string, Buffer>): string {
    const image = join(folder, 'image');
    rmSync(image, { recursive: true, force: true });
    mkdirSync(image);
    for (const [name, bytes] of files) writeFileSync(join(image, basename(name)), bytes);
    return join(image, 'test.db');
  }

  it('finds syncs before acknowledgements in what was traced', () => {
    const kinds = new Map<string, number>();
    for (const { kind } of deeds) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    console.info(`${deeds.length} deeds: ${[...kinds].map(([kind, n]) => `${n} ${kind}`).join(', ')}`);
    expect(kinds.get('sync')).toBeGreaterThan(40);
    expect(kinds.get('append')).toBe(11);
  });

  it.each(['dropped', 'torn', 'reordered', 'garbled'] as const)(
    'at any write or sync, what was not synced %s: sound, and nothing acknowledged is lost',
    (loss) => {
      const random = seededRandom(seed);
      for (let count = 1; count <= deeds.length; count += every) {
        expect({ count, wrong: after(deeds, count, loss, random) }).toEqual({ count, wrong: [] });
      }
    },
    120_000,
  );

  it('leaves what the next process brings to the same end', async () => {
    const random = seededRandom(seed);
    for (let count = 40; count <= deeds.length; count += 6 * every) {
      const file = lay(afterPowerCut(deeds, count, 'reordered', random));
      if (!existsSync(file)) continue;
      const store = openSqlite(file);
      const world = new World();
      expect({
        count,
        end: await play(
          world.open(store, () => {}),
          world.clock,
        ),
      }).toEqual({ count, end });
      world.leave();
      store.close();
    }
  }, 120_000);

  it('on a disk that has lied about its syncs loses the end of the story, and nothing before it', () => {
    const random = seededRandom(seed);
    // Up to the moment when the log goes over into the file: a lie about that one can cost everything.
    const last = deeds.findLastIndex(({ kind }) => kind === 'unlink') - 1;
    const checkpoint = deeds.findIndex(({ file, kind }, n) => n > 40 && file.endsWith('.db') && kind === 'write');
    expect(checkpoint).toBeGreaterThan(300);
    expect(last).toBeGreaterThan(checkpoint);
    for (let lies = 60; lies < checkpoint; lies += 5 * every) {
      for (const count of [lies + 20, checkpoint])
        expect({ lies, count, wrong: after(deeds, count, 'dropped', random, lies) }).toEqual({
          lies,
          count,
          wrong: [],
        });
    }
  }, 120_000);

  it('is noticed to lose something when an engine does not sync', async () => {
    const careless = await traced('careless');
    const random = seededRandom(seed);
    const lost: string[] = [];
    for (let count = 1; count <= careless.deeds.length; count += every)
      lost.push(...after(careless.deeds, count, 'dropped', random));
    expect(lost.join('\n')).toMatch(/was lost/);
  }, 60_000);
});
