/** The scripts that a project would have for each bundler: they make `dist/out/main.mjs` of `src/main.ts`, for Node. */
import { join } from 'node:path';
import { repository } from '../cli/dsl.ts';

/** What takes the types away, for the bundlers that cannot. */
const stripTypes = `import { transform } from 'esbuild';
const strip = async (code) => (await transform(code, { loader: 'ts', format: 'esm', target: 'es2024' })).code;
`;
const loader = `const { transform } = require('esbuild');
module.exports = function (code) {
  const done = this.async();
  transform(code, { loader: 'ts', format: 'esm', target: 'es2024' }).then((made) => done(null, made.code), done);
};
`;
const pack = (name: string, from: string, rule: string): string => `${from}
import { millrace } from 'millrace/${name}';
const compiler = pack({
  mode: 'production',
  context: process.cwd(),
  target: 'node24',
  entry: './src/main.ts',
  experiments: { outputModule: true },
  externals: ['@opentelemetry/api'],
  output: { path: process.cwd() + '/dist/out', filename: 'main.mjs', module: true, chunkFormat: 'module', library: { type: 'module' } },
  optimization: { minimize: false },
  module: { rules: [{ test: /\\.ts$/, type: 'javascript/auto', ${rule} }] },
  plugins: [millrace()],
});
compiler.run((failure, stats) => {
  if (failure || stats.hasErrors()) {
    console.error(failure ?? stats.toString({ all: false, errors: true }));
    process.exitCode = 1;
  }
  compiler.close(() => {});
});
`;

/** By the name of the bundler, the files of its build. \`build.mjs\` is run. */
export const bundlers: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  vite: {
    'build.mjs': `import { build } from 'vite';
import { millrace } from 'millrace/vite';
await build({
  configFile: false,
  logLevel: 'error',
  plugins: [millrace()],
  ssr: { noExternal: true, external: ['@opentelemetry/api'] },
  build: { ssr: 'src/main.ts', outDir: 'dist/out', rollupOptions: { output: { entryFileNames: 'main.mjs' } } },
});
`,
  },
  rollup: {
    'build.mjs': `import { fileURLToPath, pathToFileURL } from 'node:url';
import { createRequire } from 'node:module';
import { rollup } from 'rollup';
import millrace from 'millrace/rollup';
${stripTypes}
const isPackage = (id, importer) => importer !== undefined && /^[@a-z]/.test(id) && !/^(node:|@opentelemetry)/.test(id);
const types = {
  name: 'types',
  resolveId: (id, importer) => (isPackage(id, importer) ? fileURLToPath(import.meta.resolve(id, pathToFileURL(importer))) : null),
  transform: async (code, id) => (id.endsWith('.ts') ? { code: await strip(code), map: null } : null),
};
const bundle = await rollup({
  input: 'src/main.ts',
  external: [/^node:/, '@opentelemetry/api'],
  plugins: [millrace(), types],
  onwarn: () => {},
});
await bundle.write({ dir: 'dist/out', entryFileNames: 'main.mjs', format: 'esm', inlineDynamicImports: true });
`,
  },
  esbuild: {
    'build.mjs': `import { build } from 'esbuild';
import { millrace } from 'millrace/esbuild';
await build({
  entryPoints: ['src/main.ts'],
  bundle: true,
  outfile: 'dist/out/main.mjs',
  platform: 'node',
  format: 'esm',
  external: ['@opentelemetry/api'],
  plugins: [millrace()],
});
`,
  },
  webpack: {
    'build.mjs': pack('webpack', "import pack from 'webpack';", "use: process.cwd() + '/types.cjs'"),
    'types.cjs': loader,
  },
  rspack: {
    'build.mjs': pack(
      'rspack',
      "import { rspack as pack } from '@rspack/core';",
      "loader: 'builtin:swc-loader', options: { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' } }",
    ),
  },
};

/** The package that has to be installed for a bundler, and what its script uses. */
export const needed: readonly string[] = ['vite', 'rollup', 'esbuild', 'webpack', '@rspack/core'];

/** Where it is installed in this repository. */
export const installed = (name: string): string => join(repository, 'node_modules', name);
