import { reporters, type ReportFormat } from '../../../rules/index.ts';
import { readConfig, type Config } from '../../../project/config/config.ts';
import { findFiles } from '../../../project/kit/find-files.ts';
import type { Io } from '../../kit/io.ts';
import { fixSystems } from '../../../project/systems/fix/index.ts';
import { printingProblems } from '../../../project/systems/printing-problems.ts';
import { findSystems, hasErrors } from '../../../project/systems/read.ts';
import { reportOptions } from '../../systems/show-diagnostics.ts';

interface Options {
  readonly format?: ReportFormat;
  readonly maxWarnings?: number;
  /** Mend what can be mended, and report the rest. */
  readonly fix?: boolean;
}

/** Which models have prices, as the project says it. */
async function pricesIn(config: Config, { cwd }: Io): Promise<(id: string) => 'priced' | 'unpriced' | undefined> {
  const { readSettings } = await import('../../models/settings.ts');
  const { catalogue } = readSettings(config, cwd);
  return (id) => {
    const model = catalogue.find(id);
    return model === undefined ? undefined : model.prices === undefined ? 'unpriced' : 'priced';
  };
}

/** Reports the problems of systems. Exit code 1 when one is an error, or when there are too many warnings. */
export async function check(io: Io, globs: readonly string[], options: Options): Promise<number> {
  const config = await readConfig(io.cwd);
  const files = globs.length > 0 ? await findFiles(globs, io.cwd) : await findFiles(config.globs, config.root);
  const { found, fixed } =
    options.fix === true
      ? await fixSystems(files, io.cwd, config)
      : {
          found: await findSystems(files, io.cwd, config, { versions: true, models: () => pricesIn(config, io) }),
          fixed: undefined,
        };
  const { systems } = found;
  const diagnostics = [...found.diagnostics, ...(await printingProblems(systems, io.cwd, config))];
  const format = io.json ? 'json' : (options.format ?? (io.env['GITHUB_ACTIONS'] === 'true' ? 'github' : 'pretty'));
  if (fixed !== undefined && format !== 'json') {
    for (const { file, line, column, code, title } of fixed)
      io.note(`fixed ${code} ${file}:${line}:${column}: ${title}.`);
    if (fixed.length === 0) io.note('Nothing could be fixed.');
  }
  const text = reporters[format](diagnostics, reportOptions(io, 'out'));
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
