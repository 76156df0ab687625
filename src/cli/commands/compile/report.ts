import type { CompiledSystem } from '../../../project/systems/fresh.ts';

/** One system in the words of `dsl compile`. */
export function line({ name, version, files, written }: CompiledSystem, check: boolean): string {
  if (written === 0) return `${name} ${version}  ${check ? 'up to date' : 'unchanged'}`;
  const [first = ''] = files;
  return `${name} ${version}  ${written} of ${files.length} files written to ${first.slice(0, first.lastIndexOf('/'))}`;
}
