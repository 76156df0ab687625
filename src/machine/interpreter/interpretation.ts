import { messageOf } from '../../core/index.ts';
import { checkContext, itemsOf, sendId } from '../checks.ts';
import { delayOf } from '../delay.ts';
import type { ActionDefinition, CallDefinition, Lambda, MachineScope } from '../definition.ts';
import type { Effect, MachineEvent, StepScope } from '../module.ts';
import { errorEvent, steps } from '../step.ts';
import { targetOf } from '../target.ts';
import {
  isDescendant,
  inDocumentOrder,
  inExitOrder,
  isAtomic,
  type PayloadName,
  type State,
  type Transition,
  type Tree,
} from './tree.ts';
import { selectTransitions } from './select.ts';
import { domainsOf, entrySet, exitSet, initialSet } from './sets.ts';

/** One microstep: what was taken, and what that left and entered. */
export interface Microstep {
  /** The event that set it off; absent for `always`, and when the machine starts. */
  readonly event?: MachineEvent;
  /** The transitions, each by its source and its place there: `open.on.orderCancelled[0]`. None when the machine starts. */
  readonly transitions: readonly {
    readonly at: string;
    readonly source: string;
    readonly targets: readonly string[];
  }[];
  /** In the order in which they were left. */
  readonly exited: readonly string[];
  /** In the order in which they were entered. */
  readonly entered: readonly string[];
}
/** Hears of each microstep once it is done. */
export type OnMicrostep = (step: Microstep) => void;

type Seen = { readonly [K in Exclude<PayloadName, undefined> | 'item' | 'index']?: unknown };
type ActionOf<Kind extends ActionDefinition['kind']> = Extract<ActionDefinition, { readonly kind: Kind }>;

/** One machine at work: the procedures of Appendix D of the SCXML Recommendation, under their names there. */
export class Interpretation {
  readonly configuration = new Set<State>();
  readonly history = new Map<State, readonly State[]>();
  readonly effects: Effect[] = [];
  readonly errors: { message: string; at: string }[] = [];
  context: unknown;
  running = true;
  handled = false;
  output: unknown;
  readonly #tree: Tree;
  readonly #name: string;
  readonly #aliases: ReadonlyMap<string, string>;
  readonly #scope: StepScope;
  readonly #internalQueue: MachineEvent[] = [];
  readonly #statesToInvoke = new Set<State>();
  /** Was there a microstep since eventless transitions were last looked for? Nothing else makes one possible. */
  #moved = false;
  readonly #onMicrostep: OnMicrostep | undefined;

  constructor(
    tree: Tree,
    aliases: ReadonlyMap<string, string>,
    context: unknown,
    scope: StepScope,
    onMicrostep?: OnMicrostep,
  ) {
    this.#tree = tree;
    this.#name = tree.root.name;
    this.#aliases = aliases;
    this.context = context;
    this.#scope = scope;
    this.#onMicrostep = onMicrostep;
  }

  /** `interpret`: enters the initial state and settles. */
  start(): void {
    this.handled = true;
    this.#moved = true;
    const entered = initialSet(this, this.#tree.root);
    this.#enter(entered);
    this.#report([], undefined, [], entered);
    this.#settle();
  }

  /** `mainEventLoop`, for one external event. */
  take(event: MachineEvent): void {
    this.#handle(event);
    this.#settle();
  }

  /** Eventless transitions first, then internal events, then the work of the states that stayed, until nothing is left. */
  #settle(): void {
    const step = steps(this.#name);
    while (this.running) {
      step();
      const eventless = this.#moved ? selectTransitions(this) : [];
      this.#moved = false;
      const internal = eventless.length === 0 ? this.#internalQueue.shift() : undefined;
      if (eventless.length > 0) this.#microstep(eventless, undefined);
      else if (internal !== undefined) this.#handle(internal);
      else {
        for (const state of [...this.#statesToInvoke].sort(inDocumentOrder)) this.#invoke(state);
        this.#statesToInvoke.clear();
        if (this.#internalQueue.length === 0) return;
      }
    }
    this.#exitInterpreter();
  }

  #handle(event: MachineEvent): void {
    const enabled = selectTransitions(this, event);
    if (enabled.length > 0) this.#microstep(enabled, event);
  }

  #microstep(enabled: readonly Transition[], event: MachineEvent | undefined): void {
    this.handled = true;
    this.#moved = true;
    const domains = domainsOf(this, enabled);
    const exited = this.#exitStates(enabled);
    for (const { definition, payload, at } of enabled) {
      this.#execute(definition.actions, `${at}.actions`, payload === undefined ? {} : { [payload]: event?.payload });
    }
    const entered = entrySet(this, domains);
    this.#enter(entered);
    this.#report(enabled, event, exited, entered);
  }

  #report(
    enabled: readonly Transition[],
    event: MachineEvent | undefined,
    exited: readonly State[],
    entered: ReadonlySet<State>,
  ): void {
    this.#onMicrostep?.({
      ...(event && { event }),
      transitions: enabled.map(({ at, source, targets }) => ({
        at,
        source: source.name,
        targets: targets.map(({ name }) => name),
      })),
      exited: exited.map(({ name }) => name),
      entered: [...entered].sort(inDocumentOrder).map(({ name }) => name),
    });
  }

  #exitStates(enabled: readonly Transition[]): readonly State[] {
    const leaving = [...exitSet(this, enabled)].sort(inExitOrder);
    for (const state of leaving) this.#recordHistory(state);
    for (const state of leaving) this.#exit(state);
    return leaving;
  }

  #recordHistory(state: State): void {
    for (const child of state.children) {
      if (child.type !== 'history') continue;
      const deep = child.definition.history === 'deep';
      const kept = [...this.configuration].filter((each) =>
        deep ? isAtomic(each) && isDescendant(each, state) : each.parent === state,
      );
      this.history.set(child, kept.sort(inDocumentOrder));
    }
  }

  #exit(state: State): void {
    const { name, definition } = state;
    this.#execute(definition.exit, `${name}.exit`, {});
    definition.after.forEach((_, index) => this.effects.push({ type: 'unschedule', id: `after.${name}.${index}` }));
    // Work that the same macrostep would only have begun is not begun at all.
    if (!this.#statesToInvoke.delete(state))
      for (const { id } of definition.run) this.effects.push({ type: 'stop', id });
    this.configuration.delete(state);
  }

  #enter(states: ReadonlySet<State>): void {
    for (const state of [...states].sort(inDocumentOrder)) {
      const { name, definition } = state;
      this.configuration.add(state);
      if (definition.run.length > 0) this.#statesToInvoke.add(state);
      if (this.#fits(state)) this.#execute(definition.entry, `${name}.entry`, {});
      definition.after.forEach(({ delay }, index) => {
        const id = `after.${name}.${index}`;
        this.#attempt(`${name}.after[${index}].delay`, () => {
          const event = { name: id, payload: undefined };
          this.effects.push({ type: 'schedule', id, delay: delayOf(this.#valueOf(delay, {})), event });
        });
      });
      if (state.type === 'final') this.#reachFinal(state);
    }
  }

  /** A state with a context of its own is entered in any case; its entry actions need the context to fit. */
  #fits({ name, definition: { context } }: State): boolean {
    return context === undefined || this.#attempt(`${name}.context`, () => checkContext(context, name, this.context));
  }

  #reachFinal(state: State): void {
    const parent = state.parent as State;
    if (parent.parent === undefined) {
      this.running = false;
      return;
    }
    this.#internalQueue.push({ name: `done.state.${parent.name}`, payload: this.#output(state) });
    let outer: State | undefined = parent.parent;
    for (; outer?.type === 'parallel' && this.#isInFinalState(outer); outer = outer.parent)
      this.#internalQueue.push({ name: `done.state.${outer.name}`, payload: undefined });
  }

  #isInFinalState(state: State): boolean {
    if (state.type === 'compound')
      return state.children.some((child) => child.type === 'final' && this.configuration.has(child));
    return (
      state.type === 'parallel' &&
      state.children.every((child) => child.type === 'history' || this.#isInFinalState(child))
    );
  }

  #invoke(state: State): void {
    for (const { id, target, input } of state.definition.run) {
      const at = `${state.name}.run.${id}.input`;
      const begin = (): void =>
        void this.effects.push({ type: 'run', id, target, input: input && this.#evaluate(input, {}) });
      // Work whose input cannot be computed has failed before it began.
      this.#attempt(at, begin, (thrown) => this.#internalQueue.push(errorEvent(thrown, at, `error.run.${id}`)));
    }
  }

  /** The machine is in a final state of its own: runs the exit actions of what is active and keeps the output. */
  #exitInterpreter(): void {
    const active = [...this.configuration].sort(inExitOrder);
    for (const state of active) {
      this.#exit(state);
      if (state.type === 'final' && state.parent === this.#tree.root) this.output = this.#output(state);
    }
    // A snapshot says in which final state the machine came to rest.
    for (const state of active) this.configuration.add(state);
  }

  #output({ name, definition: { output } }: State): unknown {
    let value: unknown;
    if (output !== undefined) this.#attempt(`${name}.output`, () => void (value = this.#evaluate(output, {})));
    return value;
  }

  /** `conditionMatch`: a guard that throws does not hold. */
  guard({ definition: { guard }, payload, at }: Transition, value: unknown): boolean {
    let holds = guard === undefined;
    if (guard !== undefined) {
      const seen = payload === undefined ? {} : { [payload]: value };
      this.#attempt(`${at}.guard`, () => void (holds = Boolean(this.#evaluate(guard, seen))));
    }
    return holds;
  }

  /** Runs a block of actions. The first that throws ends the block. */
  #execute(actions: readonly ActionDefinition[], block: string, seen: Seen): boolean {
    return actions.every((action, index) => {
      const at = `${block}[${index}]`;
      if (action.kind === 'forEach') return this.#forEach(action, at, seen);
      if (action.kind === 'when') return this.#when(action, at, seen);
      return this.#attempt(at, () => this.#perform(action, seen));
    });
  }

  #forEach({ over, actions }: ActionOf<'forEach'>, at: string, seen: Seen): boolean {
    let items: readonly unknown[] = [];
    const listed = this.#attempt(`${at}.over`, () => void (items = itemsOf(this.#evaluate(over, seen))));
    return listed && items.every((item, index) => this.#execute(actions, `${at}.actions`, { ...seen, item, index }));
  }

  #when({ condition, actions, otherwise = [] }: ActionOf<'when'>, at: string, seen: Seen): boolean {
    let holds = false;
    const asked = this.#attempt(`${at}.condition`, () => void (holds = Boolean(this.#evaluate(condition, seen))));
    if (!asked) return false;
    return holds ? this.#execute(actions, `${at}.actions`, seen) : this.#execute(otherwise, `${at}.otherwise`, seen);
  }

  #perform(action: ActionOf<Exclude<ActionDefinition['kind'], 'forEach' | 'when'>>, seen: Seen): void {
    switch (action.kind) {
      case 'assign': {
        const change = this.#evaluate(action.value, seen);
        this.context = { ...(this.context as object), ...(change as object) };
        return;
      }
      case 'emit':
        this.effects.push({ type: 'emit', event: action.call.target.name, payload: this.#argument(action.call, seen) });
        return;
      case 'start':
        this.effects.push({ type: 'start', flow: action.call.target.name, input: this.#argument(action.call, seen) });
        return;
      case 'raise':
        this.#internalQueue.push(this.#eventOf(action.call, seen));
        return;
      case 'send':
        this.#send(action, seen);
        return;
      case 'cancel':
        this.effects.push({ type: 'unschedule', id: sendId(this.#valueOf(action.id, seen)) });
        return;
      default:
        action satisfies never;
    }
  }

  #send(action: ActionOf<'send'>, seen: Seen): void {
    const id = action.id === undefined ? {} : { id: sendId(this.#valueOf(action.id, seen)) };
    const delay = delayOf(this.#valueOf(action.delay ?? 0, seen));
    if (action.target === undefined) {
      this.effects.push({ type: 'schedule', ...id, delay, event: this.#eventOf(action.call, seen) });
      return;
    }
    const target = targetOf(this.#valueOf(action.target, seen));
    const event = { name: action.call.target.name, payload: this.#argument(action.call, seen) };
    this.effects.push({ type: 'send', ...id, delay, target, event });
  }

  #eventOf(call: CallDefinition, seen: Seen): MachineEvent {
    const { name } = call.target;
    return { name: this.#aliases.get(name) ?? name, payload: this.#argument(call, seen) };
  }

  #argument({ argument }: CallDefinition, seen: Seen): unknown {
    return argument === undefined ? undefined : this.#evaluate(argument, seen);
  }

  #valueOf<Result>(written: Result | Lambda<Result>, seen: Seen): Result {
    return typeof written === 'function' ? this.#evaluate(written as Lambda<Result>, seen) : written;
  }

  #evaluate<Result>(lambda: Lambda<Result>, seen: Seen): Result {
    const scope: MachineScope = {
      context: this.context,
      ...seen,
      now: this.#scope.now,
      instanceId: this.#scope.instanceId,
      in: (name) => this.configuration.has(this.#tree.byName.get(name) as State),
    };
    return lambda(scope as never);
  }

  /** What throws becomes an `error.execution` event and a line of the report. */
  #attempt(at: string, body: () => void, failed?: (thrown: unknown) => void): boolean {
    try {
      body();
      return true;
    } catch (thrown) {
      this.errors.push({ message: messageOf(thrown), at });
      this.#internalQueue.push(errorEvent(thrown, at));
      failed?.(thrown);
      return false;
    }
  }
}
