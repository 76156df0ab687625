import type { HotPayload, Plugin, ViteDevServer } from 'vite';
import type { Compilation, Standing } from '../compilation.ts';
import { inFull } from '../problem.ts';
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
      compilation = unit.open(config, config.root);
      const isTest = config.plugins.some(({ name }) => name === 'vitest' || name.startsWith('vitest:'));
      unit.allowsDslImports = isTest;
      // Tests must not run on what was good last.
      isServing = config.command === 'serve' && !isTest;
    },
    async buildStart() {
      if (!isServing) report(this, await compilation.refresh());
    },
    async configureServer(server) {
      if (isServing) await serve(server, compilation);
    },
  };
}

/** Nothing is updated by it, but the page takes the overlay away. */
const allIsWell: HotPayload = { type: 'update', updates: [] };

/** Compiles at each change, and keeps the overlay of every page as it should be. */
async function serve(server: ViteDevServer, compilation: Compilation): Promise<void> {
  const { logger } = server.config;
  let overlay: HotPayload | undefined;
  const look = async (): Promise<void> => {
    const { isNew, errors, warnings, files } = await compilation.refresh();
    server.watcher.add([...files]);
    if (!isNew) return;
    for (const warning of warnings) logger.warn(inFull(warning), { timestamp: true });
    for (const error of errors) logger.error(inFull(error), { timestamp: true });
    const next = overlayOf(errors);
    // A page that has seen no update takes the first one after an error for a reason to load anew, and loses its state.
    if (overlay === undefined || next === undefined) server.ws.send(allIsWell);
    if (next !== undefined) server.ws.send(next);
    else if (overlay !== undefined) logger.info('The systems compile again.', { timestamp: true });
    overlay = next;
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
  await look();
}

function overlayOf(errors: Standing['errors']): HotPayload | undefined {
  const [first, ...others] = errors;
  if (first === undefined) return undefined;
  const { pluginCode: _, ...log } = logOf(first, ...others);
  return { type: 'error', err: { ...log, stack: '', plugin: 'millrace' } };
}
