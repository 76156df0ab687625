import { fileURLToPath } from 'node:url';

/** The folder of the installed package: it holds `templates/` and `docs/errors/`. */
export const packageRoot = fileURLToPath(new URL('../../../', import.meta.url));

export { packageVersion } from '../../core/package-version.ts';
