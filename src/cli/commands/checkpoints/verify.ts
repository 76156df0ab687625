import { resolve } from 'node:path';
import { recheck } from '../../../runtime/evidence/recheck.ts';
import { worldOf } from '../../../engine/index.ts';
import { effective } from '../../../runtime/rewind/rewound.ts';
import { nearest } from '../../../core/index.ts';
import type { JournalRow } from '../../../store/index.ts';
import { readEvidence, type EvidenceItem } from '../../../tasks/index.ts';
import { readConfig } from '../../../project/config/config.ts';
import { CliError } from '../../../project/kit/failure.ts';
import type { Io } from '../../kit/io.ts';
import { readStore } from '../../kit/read-store.ts';
import { onlyEmbedded } from '../../systems/engine.ts';

/** The options of `dsl checkpoints verify`. */
export interface VerifyOptions {
  readonly db?: string;
  readonly engine?: string;
  readonly resource: Readonly<Record<string, string>>;
}

/** Looks at the evidence of a run as it is now, newest step first. Changes nothing. Gives 1 when something does not hold. */
export async function verifyCheckpoints(io: Io, run: string, options: VerifyOptions): Promise<number> {
  const { db, resource } = options;
  const config = await readConfig(io.cwd);
  onlyEmbedded(io, config, options, {
    code: 'MR5266',
    says: 'evidence is looked at when a step ends, by the machine that did it, and not again',
    hint: 'Let a task of the flow look at what must still be true.',
  });
  const { resources } = config;
  const lines = await readStore(io, db, (tables, file) => {
    if (tables.runs.get(run) === undefined)
      throw new CliError('MR2013', `There is no run '${run}' in ${file}.`, {
        hint: '`dsl runs list` shows what there is.',
      });
    return effective(tables.journal.of(run)).filter(({ kind }) => kind === 'verified');
  });
  checkNames(Object.keys(resource), [...Object.keys(resources ?? {}), ...lines.flatMap(asked)]);
  const given = Object.entries(resource).map(([name, file]) => [name, { file: resolve(io.cwd, file) }] as const);
  const world = worldOf({ ...resources, ...Object.fromEntries(given) });
  const checked = await Promise.all(lines.toReversed().map((line) => recheck(line, world)));
  const ok = checked.every(({ result }) => result.ok);
  if (io.json) {
    const checkpoints = checked.map(({ path, result }) => ({ path, ...result }));
    io.document({ run, ok, checkpoints });
  } else if (checked.length === 0) io.note(`No step of ${run} has evidence.`);
  else {
    for (const { path, result } of checked) {
      io.out(
        `${result.ok ? io.paint('green', 'holds ') : io.paint('red', 'fails ')} ${path}  ${io.paint('dim', result.summary)}`,
      );
      for (const item of result.items) io.out(`       ${item.ok ? '✓' : '✗'} ${described(item)}`);
    }
  }
  return ok ? 0 : 1;
}

/** The resources that a line asks for. */
function asked({ data }: JournalRow): readonly string[] {
  try {
    return readEvidence(data).items.flatMap(({ claim }) => (claim.kind === 'row' ? [claim.resource] : []));
  } catch {
    // That it cannot be read is said of the line itself.
    return [];
  }
}

/** Refuses a resource that nobody asks for: it would be without effect. */
function checkNames(given: readonly string[], known: readonly string[]): void {
  for (const name of given) {
    if (known.includes(name)) continue;
    const like = nearest(name, known);
    const all = [...new Set(known)].join(', ');
    throw new CliError(
      'MR2003',
      `--resource names '${name}', and neither the config nor the evidence of the run does.`,
      {
        hint:
          like === undefined ? (all === '' ? 'There are no resources.' : `There is ${all}.`) : `Did you mean ${like}?`,
      },
    );
  }
}

function described({ claim, error, ms }: EvidenceItem): string {
  const name = claim.name ?? (claim.kind === 'unclear' ? claim.of : claim.kind);
  return `${name}${error === undefined ? '' : `: ${error}`} (${ms.toFixed(1)} ms)`;
}
