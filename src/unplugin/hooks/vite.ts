import type { HotPayload, Plugin, ViteDevServer } from 'vite';
import type { Compilation, Standing } from '../compilation.ts';
import { inFull } from '../problem.ts';
import { withoutStack } from '../refusal.ts';
import type { Unit } from '../unit.ts';
import { logOf, report } from './rollup.ts';

// Editors write a file in several steps, and several files.
const quiet = 25;

/** In a build as with Rollup; a dev server goes on with what was good last, and shows what is wrong over the page. */
export function viteHooks(unit: Unit): Partial<Plugin> {
  let compilation: Compilation;
  let isServing = false;
  return {
    configResolved(config) {
      isServing = config.command === 'serve';
      compilation = unit.open(config, config.root, isServing);
      unit.allowsDslImports = config.plugins.some(({ name }) => name === 'vitest' || name.startsWith('vitest:'));
    },
    async buildStart() {
      if (!isServing) report(this, await compilation.refresh());
    },
    async configureServer(server) {
      const { errors } = await serve(server, compilation);
      // Tests must not run on what was good last, a page may.
      if (unit.allowsDslImports && errors.length > 0) throw withoutStack(new Error(errors.map(inFull).join('\n\n')));
    },
  };
}

/** Nothing is updated by it, but the page takes the overlay away. */
const allIsWell: HotPayload = { type: 'update', updates: [] };

/** Compiles at each change, and keeps the overlay of every page as it should be. */
async function serve(server: ViteDevServer, compilation: Compilation): Promise<Standing> {
  const { logger } = server.config;
  let overlay: HotPayload | undefined;
  const look = async (): Promise<Standing> => {
    const standing = await compilation.refresh();
    const { isNew, errors, warnings, files } = standing;
    server.watcher.add([...files]);
    if (!isNew) return standing;
    for (const warning of warnings) logger.warn(inFull(warning), { timestamp: true });
    for (const error of errors) logger.error(inFull(error), { timestamp: true });
    const next = overlayOf(errors);
    // A page that has seen no update takes the first one after an error for a reason to load anew, and loses its state.
    if (overlay === undefined || next === undefined) server.ws.send(allIsWell);
    if (next !== undefined) server.ws.send(next);
    else if (overlay !== undefined) logger.info('The systems compile again.', { timestamp: true });
    overlay = next;
    return standing;
  };
  let waiting: NodeJS.Timeout | undefined;
  server.watcher.on('all', (_, file) => {
    if (!compilation.concerns(file)) return;
    clearTimeout(waiting);
    waiting = setTimeout(() => void look(), quiet);
  });
  // A page that is opened meanwhile.
  server.ws.on('vite:client:connect', (_, client) => {
    if (overlay !== undefined) client.send(overlay);
  });
  return await look();
}

function overlayOf(errors: Standing['errors']): HotPayload | undefined {
  const [first, ...others] = errors;
  if (first === undefined) return undefined;
  const { pluginCode: _, ...log } = logOf(first, ...others);
  return { type: 'error', err: { ...log, stack: '', plugin: 'millrace' } };
}
