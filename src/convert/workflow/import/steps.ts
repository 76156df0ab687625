import type { Span } from '../../xstate/import/importing.ts';
import type { JsonNode } from '../../xstate/import/json.ts';
import type { Configuring } from './configuring.ts';

/** A step of a configuration. */
export interface StepDraft {
  readonly id: string;
  readonly role: string | undefined;
  readonly needs: readonly { readonly text: string; readonly at: JsonNode }[];
  readonly outputs: readonly string[];
  readonly at: Span;
}

/** The steps, those that are needed first: else in the order in which they are written. Nothing after an error. */
export function stepsOf(to: Configuring, list: JsonNode): readonly StepDraft[] {
  if (list.kind !== 'array') return to.wrong(list, 'a list of steps') ?? [];
  const steps: StepDraft[] = [];
  for (const node of list.items) {
    const step = stepOf(to, node);
    if (step === undefined) continue;
    const other = steps.find(({ id }) => id === step.id);
    if (other === undefined) steps.push(step);
    else {
      const { line, column } = to.location(other.at);
      to.report('MR1794', 'error', step.at, `The id '${step.id}' is used twice.`, `First in ${line}:${column}.`);
    }
  }
  const ids = steps.map(({ id }) => id);
  for (const { id, needs } of steps) {
    for (const { text, at } of needs) {
      if (!ids.includes(text)) to.unknown(text, at, 'step', ids, `Step '${id}' depends on what is not there: `);
    }
  }
  return to.hasErrors ? [] : inOrder(to, steps);
}

function stepOf(to: Configuring, node: JsonNode): StepDraft | undefined {
  const members = to.members(node, ['id', 'role', 'depends_on', 'outputs'], 'A step');
  if (node.kind !== 'object') return undefined;
  const idMember = members.get('id');
  const id = to.text(idMember, 'the id of a step');
  if (idMember === undefined) return to.wrong({ start: node.start, end: node.start + 1 }, "a step with an 'id'");
  if (id === undefined || !to.isName(id, idMember.value)) return undefined;
  const outputs = to.texts(members.get('outputs'), 'names');
  const needs = to.texts(members.get('depends_on'), 'ids of steps');
  return {
    id,
    role: to.text(members.get('role'), 'a role'),
    needs: needs.filter(({ text }, index) => needs.findIndex((each) => each.text === text) === index),
    outputs: [...new Set(outputs.filter(({ text, at }) => to.isName(text, at)).map(({ text }) => text))],
    at: idMember.value,
  };
}

function inOrder(to: Configuring, steps: readonly StepDraft[]): readonly StepDraft[] {
  const sorted: StepDraft[] = [];
  const done = new Set<string>();
  for (let rest = steps; rest.length > 0;) {
    const ready = rest.find(({ needs }) => needs.every(({ text }) => done.has(text)));
    if (ready === undefined) return circle(to, rest) ?? [];
    sorted.push(ready);
    done.add(ready.id);
    rest = rest.filter((step) => step !== ready);
  }
  return sorted;
}

/** What is left needs each other, or something that does. */
function circle(to: Configuring, rest: readonly StepDraft[]): undefined {
  const [first] = rest;
  const way: StepDraft[] = [];
  let at = first;
  while (at !== undefined && !way.includes(at)) {
    way.push(at);
    const step: StepDraft = at;
    at = rest.find(({ id }) => step.needs.some(({ text }) => text === id));
  }
  if (at === undefined) return undefined;
  const round = [...way.slice(way.indexOf(at)), at].map(({ id }) => `'${id}'`).join(' → ');
  return to.report('MR1795', 'error', at.at, `The steps depend on each other in a circle: ${round}.`);
}
