import { reporters, type ReportFormat } from '../../../rules/index.ts';
import { readConfig, type Config } from '../../../project/config/config.ts';
import { CliError } from '../../../project/kit/failure.ts';
import { filesAmong, findFiles } from '../../../project/kit/find-files.ts';
import type { Io } from '../../kit/io.ts';
import { openRevision, type Revision } from '../../kit/revision.ts';
import { pricesIn } from '../../models/prices.ts';
import { fixSystems, type Mended } from '../../../project/systems/fix/index.ts';
import { printingProblems } from '../../../project/systems/printing-problems.ts';
import { findSystems, hasErrors, type Found } from '../../../project/systems/read.ts';
import { reportOptions } from '../../systems/show-diagnostics.ts';

interface Options {
  readonly format?: ReportFormat;
  readonly maxWarnings?: number;
  /** Mend what can be mended, and report the rest. */
  readonly fix?: boolean;
  /** A revision of git whose files are read instead of those on the disk. */
  readonly revision?: string;
  /** Who will run the systems. */
  readonly engine?: string;
}

/** Reports the problems of systems. Exit code 1 when one is an error, or when there are too many warnings. */
export async function check(io: Io, globs: readonly string[], options: Options): Promise<number> {
  const config = await readConfig(io.cwd);
  const from = globs.length > 0 ? ([globs, io.cwd] as const) : ([config.globs, config.root] as const);
  const revision = options.revision === undefined ? undefined : openRevision(io.cwd, options.revision);
  const models = () => pricesIn(config, io.cwd);
  const { found, fixed }: { readonly found: Found; readonly fixed?: readonly Mended[] } =
    revision !== undefined
      ? { found: await inRevision(revision, from, io.cwd, config, { models }) }
      : options.fix === true
        ? await fixSystems(await findFiles(...from), io.cwd, config)
        : { found: await findSystems(await findFiles(...from), io.cwd, config, { versions: true, models }) };
  const { systems } = found;
  const { engine = config.engine } = options;
  const diagnostics = [
    ...found.diagnostics,
    ...(engine === 'restate' ? (await import('./on-restate.ts')).restateProblems(systems, io.cwd) : []),
    ...(await printingProblems(systems, io.cwd, config)),
  ];
  const format = io.json ? 'json' : (options.format ?? (io.env['GITHUB_ACTIONS'] === 'true' ? 'github' : 'pretty'));
  if (fixed !== undefined && format !== 'json') {
    for (const { file, line, column, code, title } of fixed)
      io.note(`fixed ${code} ${file}:${line}:${column}: ${title}.`);
    if (fixed.length === 0) io.note('Nothing could be fixed.');
  }
  const text = reporters[format](diagnostics, reportOptions(io, 'out', revision?.readFile));
  if (fixed !== undefined && format === 'json') io.document({ ...(JSON.parse(text) as object), fixed });
  else if (text !== '') io.out(text);
  const warnings = diagnostics.filter(({ severity }) => severity === 'warning').length;
  const limit = options.maxWarnings ?? config.maxWarnings;
  const tooMany = limit !== undefined && warnings > limit;
  if (tooMany)
    io.note(
      `${warnings} ${warnings === 1 ? 'warning' : 'warnings'}, and at most ${limit} ${limit === 1 ? 'is' : 'are'} allowed.`,
    );
  if (format === 'pretty' && diagnostics.length === 0)
    io.out(`No problems in ${systems.map(({ model }) => model.name).join(', ')}.`);
  return hasErrors(diagnostics) || tooMany ? 1 : 0;
}

/** The systems as they were. What is judged against kept versions is about the present ones. */
async function inRevision(
  { files, readFile }: Revision,
  [patterns, folder]: readonly [readonly string[], string],
  cwd: string,
  config: Config,
  more: Pick<Parameters<typeof findSystems>[3] & object, 'models'>,
): Promise<Found> {
  const all = files();
  const there = new Set(all);
  const exists = (path: string): boolean => there.has(path);
  const entries = filesAmong(all, patterns, folder, exists);
  if (entries.length === 0) {
    throw new CliError('MR2007', `No file of the revision matches ${patterns.join(', ')}.`, {
      hint: `It was looked for below ${folder}, among what git has.`,
      exitCode: 1,
    });
  }
  return await findSystems(entries, cwd, config, { ...more, readFile, exists });
}
