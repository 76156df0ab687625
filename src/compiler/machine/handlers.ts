/** Which regions an event is for, what each of them tries, and how what they find has to be taken. */
import type { TransitionNode } from '../../model/index.ts';
import { matches } from '../../core/index.ts';
import { hasEntry } from './enter.ts';
import { hasExit } from './exit.ts';
import { asksForStates } from './reads-configuration.ts';
import { changedBy, collide, type Move } from './moves.ts';
import type { Printer } from './printer.ts';
import { isCertain } from './transitions.ts';
import { areConcurrent, isBelow, lineage, pathUp, type Group, type Region, type State } from './tree.ts';

/** An event that some state names, or all those that only patterns cover. */
export interface Handler {
  /** The name of the event; nothing for eventless transitions, `*` for whatever no state names. */
  readonly event: string | undefined;
  /** In document order. */
  readonly askers: readonly Asker[];
  /**
   * Several regions may have a transition each. `fused`: one after the other, because nobody can tell that from the
   * order of a microstep. `phases`: first all are selected, then all leave, act and enter. `conflicts`: so, and some of
   * those selected may have to give way.
   */
  readonly form: 'alone' | 'fused' | 'phases' | 'conflicts';
}

/** What a region does with an event. */
export interface Asker {
  readonly region: Region;
  readonly cases: readonly Case[];
}

/** What is tried where the register of a region stands in one of these. */
export interface Case {
  readonly states: readonly State[];
  readonly groups: readonly Group[];
  /** Nobody else hears of the event at the same time. */
  readonly alone: boolean;
}

export const isPattern = ({ descriptor }: Group): boolean => descriptor?.endsWith('*') === true;

/** The handlers of every event that the machine reacts to. */
export function handlersOf(printer: Printer): readonly Handler[] {
  const { groups } = printer.tree;
  const exact = groups.flatMap(({ descriptor }) =>
    descriptor === undefined || descriptor.endsWith('*') ? [] : [descriptor],
  );
  const events: (string | undefined)[] = [...new Set(exact)];
  if (groups.some(({ descriptor }) => descriptor === undefined)) events.push(undefined);
  if (groups.some(isPattern)) events.push('*');
  return events.map((event) => handlerOf(printer, event)).filter(({ askers }) => askers.length > 0);
}

function handlerOf(printer: Printer, event: string | undefined): Handler {
  const { tree } = printer;
  const heard = tree.groups.filter((group) => {
    if (event === undefined || group.descriptor === undefined) return event === group.descriptor;
    return event === '*' ? isPattern(group) : matches(group.descriptor, event);
  });
  const asked = tree.regions.flatMap(({ resting }) =>
    resting.flatMap((state) => {
      // In a final state of its own the machine has stopped.
      if (state.node.type === 'final' && state.parent === undefined) return [];
      if (!isAsked(state, heard)) return [];
      const groups = triedIn(state, heard, event);
      return groups.length === 0 ? [] : [{ state, groups }];
    }),
  );
  const isAlone = (state: State): boolean => !asked.some((other) => areConcurrent(state, other.state));
  const askers = tree.regions.flatMap((region): readonly Asker[] => {
    const cases = new Map<string, { readonly states: State[]; readonly groups: readonly Group[]; alone: boolean }>();
    for (const { state, groups } of asked) {
      if (state.region !== region) continue;
      const alone = isAlone(state);
      const key = `${alone} ${groups.map((group) => tree.groups.indexOf(group)).join()}`;
      const known = cases.get(key);
      if (known === undefined) cases.set(key, { states: [state], groups, alone });
      else known.states.push(state);
    }
    return cases.size === 0 ? [] : [{ region, cases: [...cases.values()] }];
  });
  return { event, askers, form: formOf(printer, askers) };
}

/**
 * A state with regions is asked in their place when none of the states in them has anything to say: what it has itself,
 * or what those around it have, is one transition for all of them.
 */
function isAsked(state: State, heard: readonly Group[]): boolean {
  const isSilent = (parallel: State): boolean => !heard.some(({ source }) => isBelow(source, parallel));
  const around = lineage(state).slice(0, -1);
  if (around.some(({ node }, index) => node.type === 'parallel' && isSilent(around[index] as State))) return false;
  return state.node.type !== 'parallel' || isSilent(state);
}

function triedIn(state: State, heard: readonly Group[], event: string | undefined): readonly Group[] {
  const tried = pathUp(state, undefined).flatMap((source) => heard.filter((group) => group.source === source));
  const end = event === '*' ? -1 : tried.findIndex(isCertain);
  return end < 0 ? tried : tried.slice(0, end + 1);
}

/** Is what a case finds only told, and taken together with what others find? */
export const isSelected = ({ form }: Handler, { alone }: Case): boolean =>
  !alone && (form === 'phases' || form === 'conflicts');

/** The transitions with a guard that several regions may come to with one event. */
export function askedOnce(handlers: readonly Handler[]): readonly TransitionNode[] {
  return handlers.flatMap((handler) => {
    const groups = handler.askers.flatMap(({ cases }) => [
      ...new Set(cases.filter((each) => isSelected(handler, each)).flatMap((each) => each.groups)),
    ]);
    const several = groups.filter((group, index) => groups.indexOf(group) !== index);
    return several.flatMap(({ transitions }) => transitions.filter(({ guard }) => guard !== undefined));
  });
}

/** The moves that a group may bring. */
export function movesIn(printer: Printer, { transitions }: Group): readonly Move[] {
  const end = transitions.findIndex(({ guard }) => guard === undefined);
  const possible = end < 0 ? transitions : transitions.slice(0, end + 1);
  return possible.flatMap((transition) => printer.moves.get(transition) ?? []);
}

export const movesOfCase = (printer: Printer, { groups }: Case): readonly Move[] =>
  groups.flatMap((group) => movesIn(printer, group));

function formOf(printer: Printer, askers: readonly Asker[]): Handler['form'] {
  const shared = askers.map(({ cases }) => cases.filter(({ alone }) => !alone));
  if (shared.filter((cases) => cases.length > 0).length < 2) return 'alone';
  const rivals = shared.some((cases, index) =>
    shared
      .slice(index + 1)
      .some((others) => cases.some((one) => others.some((other) => areRivals(printer, one, other)))),
  );
  if (rivals) return 'conflicts';
  return canFuse(printer, askers) ? 'fused' : 'phases';
}

/** May two cases bring the same transition, or two of which only one can be taken? */
function areRivals(printer: Printer, one: Case, other: Case): boolean {
  if (!one.states.some((a) => other.states.some((b) => areConcurrent(a, b)))) return false;
  if (one.groups.some((group) => other.groups.includes(group))) return true;
  const moves = movesOfCase(printer, other);
  return movesOfCase(printer, one).some((a) => moves.some((b) => collide(a, b)));
}

/**
 * May each region take its transition before the next one is asked? When that does the same in the same order, and no
 * region sees what another one has done.
 */
function canFuse(printer: Printer, askers: readonly Asker[]): boolean {
  const phases: readonly string[][] = [[], [], [], []];
  const fused: string[] = [];
  const looks = askers.some(({ cases }) =>
    cases.some(({ alone, groups }) => !alone && groups.some(({ transitions }) => transitions.some(asks))),
  );
  for (const [index, { region, cases }] of askers.entries()) {
    const shared = cases.filter(({ alone }) => !alone);
    const moves = shared.flatMap((each) => movesOfCase(printer, each));
    const later = askers.slice(index + 1).map((asker) => asker.region);
    if (moves.some((move) => changedBy(printer.tree, move).some((changed) => later.includes(changed)))) return false;
    const [guards, ...work] = piecesOf(printer, region, moves, looks);
    const own = [guards, ...work].flatMap((has, phase) => (has === true ? [`${phase} ${region.index}`] : []));
    fused.push(...own);
    for (const piece of own) {
      const phase = phases[Number(piece[0])];
      // Later regions are left first.
      if (piece.startsWith('1')) phase?.unshift(piece);
      else phase?.push(piece);
    }
  }
  return phases.flat().join() === fused.join();
}

const asks = ({ guard }: Group['transitions'][number]): boolean => guard !== undefined && asksForStates(guard);

/** Is there something to see in what a region does: guards, what is left, actions, what is entered? */
function piecesOf(printer: Printer, region: Region, moves: readonly Move[], looks: boolean): readonly boolean[] {
  const { states } = printer.tree;
  const touched = moves.flatMap(({ way }) =>
    way === undefined ? [] : states.filter((state) => isBelow(state, way.domain)),
  );
  const isSeen = (looks || printer.followsStates) && touched.some((state) => isBelow(state, region.root));
  return [
    moves.some(({ transition }) => transition.guard !== undefined && !isPlain(transition.guard)),
    isSeen || touched.some((state) => hasExit(state) || state.histories.length > 0),
    moves.some(({ transition }) => transition.actions.length > 0),
    isSeen || touched.some((state) => hasEntry(printer.tree, state)),
  ];
}

/** A guard that looks at the payload alone. Whether it may throw is not worth telling apart. */
const isPlain = ({ lambda }: NonNullable<Move['transition']['guard']>): boolean =>
  lambda?.reads !== undefined &&
  !lambda.block &&
  /^(?:event|output|error)?$/.test(lambda.reads.join()) &&
  /^[\w\s!&|=']*$/.test(lambda.body);
