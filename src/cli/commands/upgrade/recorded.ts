import { readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import semver from 'semver';
import { readManifest } from '../../../compiler/manifest/manifest.ts';

/**
 * The version of Millrace that files were last compiled with, as the manifests below `out` say: the oldest of them.
 * Nothing when one of the files belongs to no system that was compiled.
 */
export function recordedVersion(files: readonly string[], out: string): string | undefined {
  const versions = new Map<string, string>();
  for (const folder of folders(out)) {
    const manifest = readManifest(folder);
    if (manifest === undefined || semver.valid(manifest.tool) === null) continue;
    for (const input of Object.keys(manifest.inputs)) {
      const path = resolve(folder, input);
      const other = versions.get(path);
      if (other === undefined || semver.lt(manifest.tool, other)) versions.set(path, manifest.tool);
    }
  }
  const found = files.map((file) => versions.get(file));
  if (found.some((version) => version === undefined)) return undefined;
  return found.filter((version) => version !== undefined).toSorted(semver.compare)[0];
}

function folders(out: string): readonly string[] {
  try {
    return readdirSync(out, { withFileTypes: true }).flatMap((entry) =>
      entry.isDirectory() ? [join(out, entry.name)] : [],
    );
  } catch {
    // Nothing was compiled yet.
    return [];
  }
}
