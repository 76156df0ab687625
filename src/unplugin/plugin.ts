import { createUnplugin } from 'unplugin';
import { dslSpecifier } from './dsl-import.ts';
import { esbuildSetup } from './hooks/esbuild.ts';
import { packHooks } from './hooks/pack.ts';
import { rollupHooks } from './hooks/rollup.ts';
import { viteHooks } from './hooks/vite.ts';
import { checkOptions, type PluginOptions } from './options.ts';
import { Unit } from './unit.ts';

/**
 * The one plugin behind all bundlers. What is alike in them goes through unplugin; when to compile and how to tell of
 * problems is a matter of each: only their own hooks run before anything is resolved, and show a place in a file.
 */
export const unplugin = createUnplugin<PluginOptions | undefined, false>((options) => {
  const unit = new Unit(checkOptions(options));
  return {
    name: 'millrace',
    enforce: 'pre',
    resolveId: {
      filter: { id: dslSpecifier },
      handler: async (id, importer) => await unit.refuseDslImport(id, importer),
    },
    rollup: rollupHooks(unit),
    vite: viteHooks(unit),
    webpack: (compiler) => packHooks(unit, compiler),
    rspack: (compiler) => packHooks(unit, compiler),
    esbuild: { onResolveFilter: dslSpecifier, setup: (build) => esbuildSetup(unit, build) },
  };
});
