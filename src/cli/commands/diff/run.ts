import { diffSystems, isRaisedFor, likelyRenames, type Change, type SystemModel } from '../../../model/index.ts';
import { schemaComparison } from '../../../source/index.ts';
import type { Io } from '../../kit/io.ts';
import { parseSide, readSide } from './side.ts';

/** Compares two versions of a system. Exit code 1 when a side has errors, or when the version should have been raised. */
export async function diff(io: Io, beforeText: string, afterText: string, check: boolean): Promise<number> {
  const afterSide = parseSide(afterText, io.cwd);
  const before = await readSide(io, parseSide(beforeText, io.cwd, afterSide.file));
  if (before === undefined) return 1;
  const after = await readSide(io, afterSide);
  if (after === undefined) return 1;
  const found = await compare(before, after);
  if (io.json) io.document(found);
  else tell(io, found);
  if (!isRaised(found)) tooLittle(io, found);
  return check && !isRaised(found) ? 1 : 0;
}

/** What is different in a system, and whether its version says so. */
export interface Compared extends ReturnType<typeof diffSystems> {
  readonly renamed: readonly { readonly path: string; readonly to: string }[];
  readonly from: string;
  readonly to: string;
  readonly raised: boolean;
}

/** Compares two versions of a system. */
export async function compare(before: SystemModel, after: SystemModel): Promise<Compared> {
  const { breaking, compatible } = diffSystems(before, after, { compareSchemas: await schemaComparison() });
  const needs = breaking.length > 0 ? 'breaking' : 'compatible';
  const raised = breaking.length + compatible.length === 0 || isRaisedFor(before.version, after.version, needs);
  const renamed = [...likelyRenames(before, after)].map(([path, to]) => ({ path, to }));
  return { breaking, compatible, renamed, from: before.version, to: after.version, raised };
}

/** Was the version raised as far as what breaks demands? */
export const isRaised = ({ breaking, raised }: Compared): boolean => breaking.length === 0 || raised;

/** Shows what is different, for a person. */
export function tell(io: Io, { breaking, compatible, renamed }: Compared): void {
  section(io, 'breaking', breaking);
  section(io, 'compatible', compatible);
  if (renamed.length > 0) io.out(io.paint('bold', `perhaps renamed (${renamed.length})`));
  for (const { path, to } of renamed) io.out(`  ${path} → ${to}`);
  if (breaking.length + compatible.length === 0) io.out('No differences.');
}

/** Says that the version was not raised far enough. */
export function tooLittle(io: Io, { breaking, from, to }: Compared): void {
  io.note(
    `Version ${from} to ${to} is too little for ${breaking.length === 1 ? 'a breaking change' : `${breaking.length} breaking changes`}: raise the first number (below 1.0.0 the second).`,
  );
}

function section(io: Io, title: string, changes: readonly Change[]): void {
  if (changes.length === 0) return;
  io.out(io.paint(title === 'breaking' ? 'red' : 'green', `${title} (${changes.length})`));
  for (const { message, breaks, before, after } of changes) {
    const place = after ?? before;
    const where = place === undefined ? '' : io.paint('dim', `  ${place.file}:${place.line}:${place.column}`);
    io.out(`  ${message}${where}`);
    for (const { audience, reason } of breaks) io.out(`    ${io.paint('bold', audience)}: ${reason}`);
  }
}
