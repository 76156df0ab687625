/** `dsl compile --watch`: from the edit of a file to the new code on disk, and to the problem on the screen. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { syntheticDsl } from '../../test/support/synthetic.ts';
import { dsl, interleaved } from '../process.ts';
import { compared, median, type Row } from '../table.ts';
import { workspace } from '../workspace.ts';

const edits = 15;
/** The bound of facts/dsl.md, in milliseconds of wall time, at 100 definitions. */
const bound = 300;

export async function run(): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const size of [10, 100, 1000]) {
    using project = workspace();
    const { onDisk, told, cold } = await measure(project.folder, syntheticDsl(size));
    const of = { name: `the same edit compiled cold, ${size} definitions`, value: cold };
    rows.push({ ...of, unit: 'ms' });
    for (const [what, ms] of Object.entries({ 'code on disk': onDisk, 'problem told': told })) {
      const row = compared(`edit to ${what}, ${size} definitions`, ms, 'ms', of);
      rows.push(size === 100 ? { ...row, target: `<= ${bound} ms`, met: ms <= bound } : row);
    }
  }
  return rows;
}

async function measure(folder: string, text: string): Promise<{ onDisk: number; told: number; cold: number }> {
  const file = join(folder, 's.dsl.ts');
  const contracts = join(folder, 'generated/synthetic/contracts.ts');
  const later = (round: number): string => text.replace("timeout: '5s'", `timeout: '${round + 6}s'`);
  writeFileSync(file, text);
  // Every task has its file: what is missing would be told, and looked up, each time.
  spawnSync(process.execPath, [dsl, 'compile', '--stubs'], { cwd: folder });
  let round = 0;
  const edit = (): void => writeFileSync(file, later((round += 1)));
  const [cold = Number.NaN] = interleaved(
    [{ name: 'compile after an edit', args: [dsl, 'compile'], cwd: folder, before: edit }],
    5,
  );

  const command = spawn(process.execPath, [dsl, 'compile', '--watch'], { cwd: folder });
  let said = '';
  for (const stream of [command.stdout, command.stderr]) stream.on('data', (part) => (said += String(part)));
  const hears = async (words: string): Promise<void> => {
    while (!said.includes(words)) await Promise.race([once(command.stdout, 'data'), once(command.stderr, 'data')]);
  };
  const onDisk: number[] = [];
  const told: number[] = [];
  try {
    await hears('Ctrl-C');
    for (let index = 0; index < edits; index += 1) {
      await wait(100);
      said = '';
      const edited = performance.now();
      edit();
      while (!readFileSync(contracts, 'utf8').includes(`${round + 6}s`)) await wait(1);
      onDisk.push(performance.now() - edited);
      await hears('Ctrl-C');

      await wait(100);
      said = '';
      const spoiled = performance.now();
      writeFileSync(file, later(round).replace('=> assess1(', `=> assess${'x'.repeat(index + 1)}(`));
      await hears('MR1115');
      told.push(performance.now() - spoiled);
      await hears('Ctrl-C');
    }
  } finally {
    command.kill('SIGINT');
  }
  return { onDisk: median(onDisk), told: median(told), cold };
}
