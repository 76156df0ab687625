import { delayOf } from '../delay.ts';
import type { ActionDefinition, CallDefinition, Lambda, MachineScope } from '../definition.ts';
import type { Effect, MachineEvent, StepScope } from '../module.ts';
import { errorEvent, messageOf, steps } from '../step.ts';
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
import { entrySet, exitSet, initialSet } from './sets.ts';

type Seen = { readonly [K in Exclude<PayloadName, undefined>]?: unknown };

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

  constructor(tree: Tree, aliases: ReadonlyMap<string, string>, context: unknown, scope: StepScope) {
    this.#tree = tree;
    this.#name = tree.root.name;
    this.#aliases = aliases;
    this.context = context;
    this.#scope = scope;
  }

  /** `interpret`: enters the initial state and settles. */
  start(): void {
    this.handled = true;
    this.#enter(initialSet(this, this.#tree.root));
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
      // An eventless transition can only have become possible when something happened.
      const eventless = this.handled ? selectTransitions(this) : [];
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
    this.#exitStates(enabled);
    for (const { definition, payload, at } of enabled) {
      this.#execute(definition.actions, `${at}.actions`, payload === undefined ? {} : { [payload]: event?.payload });
    }
    this.#enter(entrySet(this, enabled));
  }

  #exitStates(enabled: readonly Transition[]): void {
    const leaving = [...exitSet(this, enabled)].sort(inExitOrder);
    for (const state of leaving) this.#recordHistory(state);
    for (const state of leaving) this.#exit(state);
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
      this.#execute(definition.entry, `${name}.entry`, {});
      definition.after.forEach(({ delay }, index) => {
        const id = `after.${name}.${index}`;
        this.#attempt(`${name}.after[${index}].delay`, () =>
          this.#schedule(id, delay, { name: id, payload: undefined }, {}),
        );
      });
      if (state.type === 'final') this.#reachFinal(state);
    }
  }

  #reachFinal(state: State): void {
    const parent = state.parent as State;
    if (parent.parent === undefined) {
      this.running = false;
      return;
    }
    this.#internalQueue.push({ name: `done.state.${parent.name}`, payload: this.#output(state) });
    const grandparent = parent.parent;
    if (
      grandparent.type === 'parallel' &&
      grandparent.children.every((child) => child.type === 'history' || this.#isInFinalState(child))
    ) {
      this.#internalQueue.push({ name: `done.state.${grandparent.name}`, payload: undefined });
    }
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
  #execute(actions: readonly ActionDefinition[], at: string, seen: Seen & { item?: unknown; index?: number }): boolean {
    return actions.every((action, index) =>
      action.kind === 'forEach'
        ? this.#forEach(action, `${at}[${index}]`, seen)
        : this.#attempt(`${at}[${index}]`, () => this.#perform(action, seen)),
    );
  }

  #forEach({ over, actions }: Extract<ActionDefinition, { kind: 'forEach' }>, at: string, seen: Seen): boolean {
    let items: readonly unknown[] = [];
    const listed = this.#attempt(`${at}.over`, () => void (items = [...(this.#evaluate(over, seen) ?? [])]));
    return listed && items.every((item, index) => this.#execute(actions, `${at}.actions`, { ...seen, item, index }));
  }

  #perform(action: Exclude<ActionDefinition, { kind: 'forEach' }>, seen: Seen): void {
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
      case 'send': {
        const event = this.#eventOf(action.call, seen);
        this.#schedule(action.id ?? `send.${action.call.target.name}`, action.delay ?? '0ms', event, seen);
        return;
      }
      case 'cancel': {
        const id = typeof action.id === 'string' ? action.id : this.#evaluate(action.id, seen);
        this.effects.push({ type: 'unschedule', id });
        return;
      }
      default:
        action satisfies never;
    }
  }

  #eventOf(call: CallDefinition, seen: Seen): MachineEvent {
    const { name } = call.target;
    return { name: this.#aliases.get(name) ?? name, payload: this.#argument(call, seen) };
  }

  #argument({ argument }: CallDefinition, seen: Seen): unknown {
    return argument === undefined ? undefined : this.#evaluate(argument, seen);
  }

  #schedule(id: string, delay: string | Lambda<string | number>, event: MachineEvent, seen: Seen): void {
    const span = typeof delay === 'string' ? delay : this.#evaluate(delay, seen);
    this.effects.push({ type: 'schedule', id, delay: delayOf(span), event });
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
