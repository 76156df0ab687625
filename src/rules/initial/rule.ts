import type { MachineNode, StateNode } from '../../model/index.ts';
import { visitStates } from '../../model/visit/index.ts';
import { areOrthogonal, chartOf, isBelow, type Chart } from '../kit/chart.ts';
import { list, unknownName } from '../kit/words.ts';
import type { Finding, Rule } from '../rule.ts';

/** A machine and each of its compound states say which of the states below they start in. */
export const initial: Rule = {
  code: 'MR1302',
  name: 'initial',
  severity: 'error',
  check(model, report) {
    for (const machine of Object.values(model.machines)) {
      judge(chartOf(machine), machine, report);
      visitStates(machine, (state) => judge(chartOf(machine), state, report));
    }
  },
};

function judge(chart: Chart, owner: MachineNode | StateNode, report: (finding: Finding) => void): void {
  const whose =
    owner.kind === 'machine' ? `Machine '${owner.name}'` : `State '${owner.name}' of machine '${chart.machine.name}'`;
  const path = owner.kind === 'machine' ? `machines.${owner.name}.initial` : `${chart.path(owner)}.initial`;
  const below = [...chart.states.values()].filter((state) => owner.kind === 'machine' || isBelow(chart, state, owner));
  const say = (message: string, more: Partial<Finding> = {}): void =>
    report({ message: `${whose} ${message}`, path, location: owner.location, ...more });
  const names = owner.initial ?? [];
  if (owner.kind === 'state' && owner.type !== 'compound') {
    // A history state goes there when it remembers nothing: a rule of its own.
    if (owner.initial === undefined || owner.type === 'history') return;
    say(
      owner.type === 'parallel'
        ? 'starts in all states below: it has no use for `initial`.'
        : 'has nothing below to start in.',
      { hint: 'Leave `initial` out.' },
    );
    return;
  }
  if (below.length === 0) {
    if (owner.kind === 'machine') say('has no states.', { hint: "Give it some: .states('open', { open: {} })." });
    return;
  }
  if (names.length === 0)
    say('does not say which state it starts in.', {
      hint: `Set \`initial\` to one of ${list(owner.states.map(({ name }) => name))}.`,
    });
  const found: StateNode[] = [];
  for (const name of names) {
    const target = chart.states.get(name);
    if (target === undefined)
      say(
        `starts in '${name}', which is no state.`,
        unknownName(
          name,
          below.map((state) => state.name),
          'state',
        ),
      );
    else if (!below.includes(target))
      say(`starts in '${name}', which is not below it.`, {
        hint: `Below it are ${list(below.map((state) => state.name))}.`,
        context: { actual: name, ids: [name] },
      });
    else found.push(target);
  }
  const [one, other] = found.flatMap((a, index) =>
    found.slice(index + 1).flatMap((b) => (areOrthogonal(chart, a, b) ? [] : [a, b])),
  );
  if (one !== undefined && other !== undefined)
    say(`starts in '${one.name}' and '${other.name}', which cannot be active together.`);
}
