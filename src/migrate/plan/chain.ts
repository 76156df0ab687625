import type { Diagnostic } from '../../model/index.ts';
import { compareVersions, isVersion } from '../version/version.ts';
import type { PlannedStep, StepFile } from './planned-step.ts';

/** What {@link planChain} is told. */
export interface ChainOptions {
  readonly files: readonly StepFile[];
  readonly from: string;
  readonly to: string;
  /** May the chain lead to an earlier version? */
  readonly allowDowngrade?: boolean;
  /** What diagnostics are about: the entry file, relative to the working directory. */
  readonly file: string;
}

/** The steps in the order in which they are taken, or why there is no way. */
export interface Chain {
  readonly steps: readonly PlannedStep[];
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Finds the shortest chain of steps from one version to another. MR1820: a version that is none; MR1821: there is nothing
 * between a version and itself; MR1819: a downgrade that was not asked for, or has no way back; MR1817: a gap, with what
 * is missing; MR1816: two chains of the same length.
 */
export function planChain({ files, from, to, allowDowngrade = false, file }: ChainOptions): Chain {
  const refuse = (code: string, message: string, hint: string): Chain => {
    const place = { file, line: 1, column: 1, endLine: 1, endColumn: 1 };
    return { steps: [], diagnostics: [{ code, severity: 'error', message, ...place, hint }] };
  };
  const wrong = [from, to].find((version) => !isVersion(version));
  if (wrong !== undefined) {
    return refuse('MR1820', `'${wrong}' is not a version.`, "Write three numbers with dots, such as '2.0.0'.");
  }
  const order = compareVersions(from, to);
  if (order === 0) {
    return refuse(
      'MR1821',
      `It is at version ${to} already.`,
      'Name a later version. --snapshot keeps the present one, and --db brings a database to it.',
    );
  }
  if (order > 0 && !allowDowngrade) {
    const hint = 'Steps that have a way back (`down`) are taken with --allow-downgrade.';
    return refuse('MR1819', `${to} is earlier than ${from}: that would be a downgrade.`, hint);
  }
  const all = files.map((each) => (order < 0 ? up(each) : down(each)));
  const known = all.filter((each) => each !== undefined);
  const found = shortest(known, from, to);
  if (found.length === 1) return { steps: found[0] ?? [], diagnostics: [] };
  if (found.length > 1) {
    const ways = found.map((steps) => [from, ...steps.map((step) => step.to)].join(' → '));
    const hint = 'Remove a step, or write one that leads there at once.';
    return refuse('MR1816', `There are several ways from ${from} to ${to}: ${ways.join('; ')}.`, hint);
  }
  const last = furthest(known, from, to, order);
  const missing = order > 0 ? files.find(({ step }) => step.to === last && step.down === undefined) : undefined;
  if (missing !== undefined) {
    const message = `There is no way back from ${last}: '${missing.file}' has no \`down\`.`;
    return refuse('MR1819', message, 'Write `down` in the step, or take the backup of before the migration.');
  }
  const next = nearestTo(known, last, to, order);
  return refuse(
    'MR1817',
    `There is no step from ${last} to ${next}${last === from && next === to ? '' : `, on the way from ${from} to ${to}`}.`,
    `Write migrations/${last}-to-${next}.ts: \`dsl migrate ${file} --plan\` scaffolds the step to the present source.`,
  );
}

function up({ step, file }: StepFile): PlannedStep {
  const { kind: _, from, to, description, down: _down, ...parts } = step;
  return { from, to, ...(description !== undefined && { description }), file, down: false, parts };
}

function down({ step, file }: StepFile): PlannedStep | undefined {
  const { from, to, description, down: parts } = step;
  if (parts === undefined) return undefined;
  return { from: to, to: from, ...(description !== undefined && { description }), file, down: true, parts };
}

/** All chains of the least number of steps. */
function shortest(steps: readonly PlannedStep[], from: string, to: string): readonly (readonly PlannedStep[])[] {
  let ways: readonly (readonly PlannedStep[])[] = [[]];
  // Versions only grow (or only fall), so no chain is longer than there are steps.
  for (let length = 0; length < steps.length; length++) {
    ways = ways.flatMap((way) => {
      const at = way.at(-1)?.to ?? from;
      return steps.filter((step) => step.from === at).map((step) => [...way, step]);
    });
    const done = ways.filter((way) => way.at(-1)?.to === to);
    if (done.length > 0) return done;
  }
  return [];
}

/** How far one comes from a version, without going past the target. */
function furthest(steps: readonly PlannedStep[], from: string, to: string, order: number): string {
  const reached = new Set([from]);
  for (const version of reached) {
    for (const step of steps) {
      if (step.from === version && compareVersions(step.to, to) * order >= 0) reached.add(step.to);
    }
  }
  return [...reached].toSorted(compareVersions).at(order < 0 ? -1 : 0) ?? from;
}

/** Where the way to the target begins again behind a gap. */
function nearestTo(steps: readonly PlannedStep[], last: string, to: string, order: number): string {
  const leads = new Set([to]);
  for (const version of leads) {
    for (const step of steps)
      if (step.to === version && compareVersions(step.from, last) * order < 0) leads.add(step.from);
  }
  return [...leads].toSorted(compareVersions).at(order < 0 ? 0 : -1) ?? to;
}
