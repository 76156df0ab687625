/** `dsl lsp`: from what is typed to the problem that the editor shows, and until it is gone again. */
import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { HoverRequest } from 'vscode-languageserver-protocol/node';
import { at, Client } from '../../test/editor/client.ts';
import { syntheticDsl } from '../../test/support/synthetic.ts';
import { dsl, interleaved } from '../process.ts';
import { compared, median, type Row } from '../table.ts';
import { workspace } from '../workspace.ts';

const edits = 15;
/** What an editor may take at 100 definitions, in milliseconds of wall time. */
const bound = 300;

export async function run(): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const size of [10, 100, 1000]) {
    using project = workspace();
    const { cold, ...figures } = await measure(project.folder, syntheticDsl(size));
    const of = { name: `dsl check, cold, ${size} definitions`, value: cold };
    rows.push({ ...of, unit: 'ms' });
    for (const [what, ms] of Object.entries(figures)) {
      const row = compared(`${what}, ${size} definitions`, ms, 'ms', of);
      rows.push(size === 100 ? { ...row, target: `<= ${bound} ms`, met: ms <= bound } : row);
    }
  }
  return rows;
}

async function measure(folder: string, text: string): Promise<Readonly<Record<string, number>> & { cold: number }> {
  const path = 's.dsl.ts';
  writeFileSync(join(folder, path), text);
  // Every task has its file: what is missing would be a problem, too.
  spawnSync(process.execPath, [dsl, 'compile', '--stubs'], { cwd: folder });
  const [cold = Number.NaN] = interleaved([{ name: 'check', args: [dsl, 'check'], cwd: folder }], 5);
  const shown: number[] = [];
  const gone: number[] = [];
  const hovered: number[] = [];
  await using client = await new Client(folder).start();
  await client.open(path);
  const before = (await client.shows(path)).map(({ code }) => String(code));
  const time = async (work: () => Promise<unknown>): Promise<number> => {
    const started = performance.now();
    await work();
    return performance.now() - started;
  };
  for (let index = 0; index < edits; index += 1) {
    const broken = text.replace('=> assess1(', `=> assess${'x'.repeat(index + 1)}(`);
    shown.push(await time(async () => (await client.type(path, broken), await client.shows(path, ['MR1115'], 'some'))));
    gone.push(await time(async () => (await client.type(path, text), await client.shows(path, before))));
    const place = { textDocument: { uri: client.uri(path) }, position: at(text, "task('asse|ss1'") };
    hovered.push(await time(() => client.connection.sendRequest(HoverRequest.type, place)));
  }
  return {
    cold,
    'typed to problem shown': median(shown),
    'typed to problem gone': median(gone),
    hover: median(hovered),
  };
}
