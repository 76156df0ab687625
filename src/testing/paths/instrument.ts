import type { MachineDefinition, TransitionDefinition } from '../../machine/index.ts';
import type { Relevance } from './relevance.ts';
import { placeOf, placesIn, spy } from './spy.ts';

/** What the guard of a transition has said so far. */
export interface GuardRecord {
  asked: number;
  held: number;
  threw: string | undefined;
}

/** The event from outside that the machine is taking. */
export interface Current {
  /** The root of its paths in the relevance. */
  readonly root: string;
  readonly payload: unknown;
}

/** A machine whose lambdas are watched while they do what they always do. */
export interface Instrumented {
  readonly definition: MachineDefinition;
  readonly guards: ReadonlyMap<TransitionDefinition, GuardRecord>;
  /** The transitions whose guards did not hold. Clear it before each step. */
  readonly refused: Set<TransitionDefinition>;
  /** The code of every lambda. */
  readonly codes: readonly string[];
  /** Set it before each step. */
  current: Current | undefined;
}

type Scope = Readonly<Record<string, unknown>>;
type Watched = (scope: Scope) => unknown;
/** What becomes of the result of a lambda: it decides where the machine goes, it changes the context, or neither. */
type Role = 'decides' | 'assigns' | 'aside';

/** Watches every lambda of a machine: what it reads is noted in the relevance, and every guard's answers are counted. */
export function instrument(original: MachineDefinition, relevance: Relevance): Instrumented {
  const guards = new Map<TransitionDefinition, GuardRecord>();
  const refused = new Set<TransitionDefinition>();
  const codes = new Set<string>();
  const state: { current: Current | undefined } = { current: undefined };
  const watch = (lambda: Watched, role: Role, record?: GuardRecord, owner?: TransitionDefinition): Watched => {
    codes.add(lambda.toString());
    return (scope) => {
      if (role !== 'aside') note(lambda, role, scope);
      if (record === undefined || owner === undefined) return lambda(scope);
      record.asked++;
      try {
        const holds = lambda(scope);
        if (holds) record.held++;
        else refused.add(owner);
        return holds;
      } catch (thrown) {
        record.threw = thrown instanceof Error ? thrown.message : String(thrown);
        throw thrown;
      }
    };
  };
  const note = (lambda: Watched, role: Role, scope: Scope): void => {
    const reads = new Set<string>();
    let result: unknown;
    try {
      result = lambda(watchedScope(scope, state.current, reads));
    } catch {
      // It throws for real in a moment. What it has read until then decides that.
      relevance.decides(reads);
      return;
    }
    if (role === 'decides') relevance.decides([...reads, ...placesIn(result)]);
    else noteChange(relevance, result, reads, state.current?.root);
  };
  /** Copies a node with its lambdas watched; `role` says what becomes of those in it. */
  const copy = (node: unknown, role: Role): unknown => {
    if (typeof node === 'function') return watch(node as Watched, role);
    if (Array.isArray(node)) return node.map((each) => copy(each, role));
    // Schemas are no part of the machine's data: they stay as they are.
    if (typeof node !== 'object' || node === null || '~standard' in node) return node;
    const fields = node as Readonly<Record<string, unknown>>;
    const transition = typeof fields['guard'] === 'function' ? (node as TransitionDefinition) : undefined;
    const asked = transition && { asked: 0, held: 0, threw: undefined };
    if (transition !== undefined && asked !== undefined) guards.set(transition, asked);
    return Object.fromEntries(
      Object.entries(fields).map(([key, value]) =>
        key === 'guard' && typeof value === 'function'
          ? [key, watch(value as Watched, 'decides', asked, transition)]
          : [key, copy(value, roleOf(key, fields, role))],
      ),
    );
  };
  const definition = copy(original, 'decides') as MachineDefinition;
  return {
    definition,
    guards,
    refused,
    codes: [...codes],
    set current(current) {
      state.current = current;
    },
    get current() {
      return state.current;
    },
  };
}

function roleOf(key: string, { kind, target }: Readonly<Record<string, unknown>>, role: Role): Role {
  if (kind === 'assign' && key === 'value') return 'assigns';
  if (key === 'call') return kind === 'raise' || (kind === 'send' && target === undefined) ? 'decides' : 'aside';
  // What is put into work, and what is sent to others, comes back as something that the search makes up anyway.
  if (key === 'input') return 'aside';
  return role === 'aside' && key === 'argument' ? 'aside' : 'decides';
}

/** The scope with everything in it watched that comes from the context or from the event at hand. */
function watchedScope(scope: Scope, current: Current | undefined, reads: Set<string>): Scope {
  const watched: Record<string, unknown> = { ...scope };
  watched['context'] = spy(scope['context'], 'context', reads);
  for (const name of ['event', 'output', 'error']) {
    if (!(name in scope)) continue;
    // An event that the machine raised itself carries what a lambda gave that has been watched already.
    const own = current !== undefined && Object.is(scope[name], current.payload);
    watched[name] = own ? spy(scope[name], current.root, reads) : scope[name];
  }
  return watched;
}

function noteChange(relevance: Relevance, change: unknown, reads: ReadonlySet<string>, root: string | undefined): void {
  if (typeof change !== 'object' || change === null) return;
  const whole = placeOf(change);
  if (whole !== undefined) {
    relevance.spreads(whole);
    return;
  }
  // A payload that is spread may have more fields another time.
  if (root !== undefined && reads.has(root)) relevance.spreads(root);
  for (const [field, value] of Object.entries(change)) {
    const place = placeOf(value);
    if (place === undefined) relevance.computes(field, [...reads, ...placesIn(value)]);
    else relevance.moves(field, place);
  }
}
