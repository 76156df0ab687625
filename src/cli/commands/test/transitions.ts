import type { Diagnostic, MachineNode, SystemModel } from '../../../model/index.ts';
import { visitExpressions } from '../../../model/visit/index.ts';
import { transitionPlaces } from '../../systems/machine-places.ts';
import { constantsIn } from '../../../testing/paths/constants.ts';
import type { TransitionPaths } from '../../../testing/index.ts';

/** What no path takes, as diagnostics at the place of each transition. */
export function uncoveredIn(
  machine: MachineNode,
  { uncovered }: TransitionPaths,
  severity: 'warning' | 'error',
  inFolder: (file: string) => string,
): readonly Diagnostic[] {
  const places = transitionPlaces(machine);
  return uncovered.map(({ transition, why }) => {
    const { file, ...place } = places.get(transition) ?? machine.location;
    return {
      code: 'MR1802',
      severity,
      message: `No path takes ${transition} of machine '${machine.name}': ${why}`,
      file: inFolder(file),
      ...place,
      hint: 'If it can be taken, payloads of yours may show how: --payloads.',
    };
  });
}

/** The strings and numbers in the functions and constants of the file that a machine's lambdas use. */
export function constantsOf(model: SystemModel, machine: string): readonly (string | number)[] {
  const used = new Set<string>();
  const use = (names: readonly string[]): void => {
    for (const name of names) {
      const local = Object.hasOwn(model.locals, name) ? model.locals[name] : undefined;
      if (local === undefined || used.has(name)) continue;
      used.add(name);
      use(local.uses);
    }
  };
  visitExpressions(model, (node, site) => {
    if (site.kind === 'machine' && site.name === machine && node.kind === 'expression') use(node.uses);
  });
  const { texts, numbers } = constantsIn([...used].map((name) => model.locals[name]?.text ?? ''));
  return [...texts, ...numbers];
}
