import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** A bundle for a page. */
export interface Bundle {
  readonly text: string;
  /** Minified and compressed, in bytes. */
  readonly size: number;
  /** The files that something of was needed. */
  readonly files: readonly string[];
}

/** Bundles code that stands at the root of the repository. Fails when anything of Node is needed. */
export async function bundleForPage(code: string): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: code, resolveDir: root, loader: 'ts' },
    absWorkingDir: root,
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'browser',
    write: false,
    metafile: true,
    logLevel: 'silent',
    tsconfigRaw: '{}',
    alias: Object.fromEntries(
      ['core', 'machine', 'flow'].map((room) => [`millrace/${room}`, `${root}src/${room}/index.ts`]),
    ),
  });
  const [output] = outputFiles;
  const inputs = Object.values(metafile.outputs)[0]?.inputs ?? {};
  return {
    text: output?.text ?? '',
    size: gzipSync(output?.contents ?? new Uint8Array(), { level: 9 }).length,
    files: Object.entries(inputs).flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? [file] : [])),
  };
}
