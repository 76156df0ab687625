import type { BodyNode, FlowNode, StepNode } from '../../nodes/flow.ts';
import { stepName } from '../../visit/steps.ts';
import type { Edit } from '../edit.ts';
import { pathName } from '../path.ts';
import { byName, fieldEdits, namedEdits } from './lists.ts';
import { sameField } from './same.ts';

const ownFields = new Set(['name', 'body']);

/** The edits from one version of a flow to another one of its name. */
export function flowEdits(before: FlowNode, after: FlowNode, path: string): readonly Edit[] {
  return [
    ...fieldEdits(before, after, path, sameField, ownFields),
    ...bodyEdits(before.body, after.body, `${path}.body`, `${path}.body.`),
  ];
}

/** `prefix` is what the paths of the steps begin with. */
function bodyEdits(before: BodyNode, after: BodyNode, path: string, prefix: string): readonly Edit[] {
  const [old, next] = [byName(before.steps, stepName), byName(after.steps, stepName)];
  if (old === undefined || next === undefined) {
    return sameField(before, after, 'steps') ? [] : [{ op: 'set', path, value: after }];
  }
  return namedEdits(old, next, (name) => `${prefix}${pathName(name)}`, stepEdits);
}

/** The members of steps that hold other things with names of their own. */
const inside = new Set(['id', 'body', 'handler', 'bodies', 'cases', 'nodes', 'match']);

function stepEdits(before: StepNode, after: StepNode, path: string): readonly Edit[] {
  if (before.kind !== after.kind) return [{ op: 'set', path, value: after }];
  const edits = [...fieldEdits(before, after, path, sameField, inside)];
  switch (after.kind) {
    case 'map':
    case 'repeat':
      edits.push(...bodyEdits((before as typeof after).body, after.body, `${path}.body`, `${path}/`));
      break;
    case 'attempt': {
      const { body, handler } = before as typeof after;
      edits.push(...bodyEdits(body, after.body, `${path}.body`, `${path}/try/`));
      edits.push(...bodyEdits(handler, after.handler, `${path}.handler`, `${path}/catch/`));
      break;
    }
    case 'parallel':
    case 'race':
      edits.push(...partEdits((before as typeof after).bodies, after.bodies, path, 'bodies'));
      break;
    case 'branch':
      edits.push(...partEdits((before as typeof after).cases, after.cases, path, 'cases'));
      break;
    case 'graph':
      edits.push(...itemEdits((before as typeof after).nodes, after.nodes, 'name', `${path}.nodes`, `${path}/`));
      break;
    case 'waitFor':
      edits.push(...itemEdits((before as typeof after).match, after.match, 'field', `${path}.match`, `${path}.match.`));
      break;
    default:
      break;
  }
  return edits;
}

interface Part {
  readonly name: string;
  readonly body: BodyNode;
}

function partEdits(before: readonly Part[], after: readonly Part[], path: string, key: string): readonly Edit[] {
  const nameOf = ({ name }: Part): string => name;
  const [old, next] = [byName(before, nameOf), byName(after, nameOf)];
  if (old === undefined || next === undefined) return [{ op: 'set', path: `${path}.${key}`, value: after }];
  return namedEdits(
    old,
    next,
    (name) => `${path}/${pathName(name)}`,
    (a, b, at) => bodyEdits(a.body, b.body, `${at}.body`, `${at}/`),
  );
}

/** Items without a kind of their own: `key` is the field that names them. */
export function itemEdits<Item extends object>(
  before: readonly Item[],
  after: readonly Item[],
  key: keyof Item & string,
  listPath: string,
  prefix: string,
): readonly Edit[] {
  const nameOf = (item: Item): string => String(item[key]);
  const [old, next] = [byName(before, nameOf), byName(after, nameOf)];
  if (old === undefined || next === undefined) return [{ op: 'set', path: listPath, value: after }];
  const own = new Set<string>([key]);
  return namedEdits(
    old,
    next,
    (name) => `${prefix}${pathName(name)}`,
    (a, b, path) => fieldEdits(a, b, path, sameField, own),
  );
}
