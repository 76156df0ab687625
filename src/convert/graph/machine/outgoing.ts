import type { RunNode, StateNode, TransitionNode } from '../../../model/index.ts';
import { codeText, cut } from '../code-text.ts';
import type { GraphEdgeKind } from '../graph.ts';

/** The transitions of a state that are tried in order for one trigger. */
export interface Outgoing {
  /** Below the state, as errors tell it: `on.paid`, `after[0]`. */
  readonly place: string;
  readonly kind: GraphEdgeKind;
  /** In words: `paid`, `after 30s`, `fulfilOrder failed`. */
  readonly trigger: string;
  readonly transitions: readonly TransitionNode[];
}

/** Everything that may lead out of a state, in document order. */
export function outgoing(state: StateNode): readonly Outgoing[] {
  return [
    ...state.on.map(({ event, transitions }) => on(`on.${event}`, 'event', event, transitions)),
    on('always', 'always', 'always', state.always),
    ...state.after.map(({ delay, transitions }, index) =>
      on(
        `after[${index}]`,
        'after',
        `after ${typeof delay === 'string' ? delay : cut(codeText(delay), 40)}`,
        transitions,
      ),
    ),
    ...state.run.flatMap((run) => [
      on(`run.${run.id}.onDone`, 'done', `${runName(run, state)} done`, run.onDone),
      on(`run.${run.id}.onError`, 'error', `${runName(run, state)} failed`, run.onError),
    ]),
    on('onDone', 'done', 'done', state.onDone),
  ];
}

const on = (place: string, kind: GraphEdgeKind, trigger: string, transitions: readonly TransitionNode[]): Outgoing => ({
  place,
  kind,
  trigger,
  transitions,
});

/** What people call a piece of work: what it runs, unless the state runs that twice. */
export function runName({ id, target }: RunNode, { run }: StateNode): string {
  return run.some((other) => other.id !== id && other.target.name === target.name) ? id : target.name;
}
