import { shownPath } from '../../../../core/shown-path.ts';
import { findFiles } from '../../../../project/kit/find-files.ts';
import { freshSystems } from '../../../../project/systems/fresh.ts';
import type { Check } from '../check.ts';

/** Is the generated code what compiling again would give? */
export const generated: Check = async (io, config) => {
  const files = await findFiles(config.globs, config.root).catch(() => []);
  if (files.length === 0) {
    return {
      name: 'generated',
      status: 'info',
      message: `no system below ${config.root}`,
      hint: '`dsl init` makes a first one.',
    };
  }
  const fresh = freshSystems(files, config.out, config);
  const accounted = new Set(fresh.flatMap(({ entry, sources }) => [entry, ...sources]));
  const stale = files.filter((file) => !accounted.has(file)).map((file) => shownPath(file, io.cwd));
  return stale.length === 0
    ? {
        name: 'generated',
        status: 'ok',
        message: `the generated code of ${fresh.map(({ manifest }) => manifest.system).join(', ')} is fresh`,
      }
    : {
        name: 'generated',
        status: 'warning',
        message: `stale or never compiled: ${stale.join(', ')}`,
        hint: '`dsl compile`',
      };
};
