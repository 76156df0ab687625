/** What the language has for machines and this compiler does not print. */
import type { Location, MachineNode } from '../../model/index.ts';
import { visitStates } from '../../model/visit/index.ts';
import type { Problem } from '../diagnostics.ts';
import { transitionsOf } from './lambdas.ts';

type Report = (problem: Problem, location: Location) => void;

const refuse = (code: string, what: string): Problem => ({ code, message: `The compiler does not print ${what} yet.` });

/** Reports everything in a machine that cannot be printed. Gives true when there was nothing. */
export function isPrintable(machine: MachineNode, report: Report): boolean {
  let printable = true;
  const found = (problem: Problem, location: Location): void => {
    printable = false;
    report(problem, location);
  };
  let hasRegions = false;
  visitStates(machine, ({ type }) => (hasRegions ||= type === 'parallel'));
  const several = (targets: readonly string[] | undefined, location: Location): void => {
    if ((targets?.length ?? 0) < 2 || hasRegions) return;
    found(
      {
        code: 'MR1641',
        message: 'Several targets need a parallel state: a machine without one is in one leaf at a time.',
      },
      location,
    );
  };
  several(machine.initial, machine.location);
  visitStates(machine, (state) => {
    const { location } = state;
    if (state.type === 'history') found(refuse('MR1642', `history states such as '${state.name}'`), location);
    several(state.initial, location);
    for (const transition of transitionsOf(state)) several(transition.targets, transition.location);
  });
  return printable;
}
