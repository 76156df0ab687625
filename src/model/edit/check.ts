import type { z } from 'zod';
import { eventSchema } from '../nodes/event.ts';
import { importSchema, localSchema } from '../nodes/expression.ts';
import { flowSchema } from '../nodes/flow.ts';
import type { Location } from '../nodes/location.ts';
import { machineSchema } from '../nodes/machine.ts';
import { contextSchema, systemSchema } from '../nodes/system.ts';
import { agentSchema, resourceSchema, taskSchema } from '../nodes/task.ts';
import { parsePart } from '../schema/parse.ts';
import { locationOf, pathText } from '../schema/place.ts';
import { maps, type MapName } from './grammar.ts';
import { pathName } from './path.ts';
import { Refused, type Problem } from './problem.ts';
import type { Work } from './work.ts';

const schemas: { readonly [K in MapName]: z.ZodType } = {
  contexts: contextSchema,
  events: eventSchema,
  tasks: taskSchema,
  agents: agentSchema,
  resources: resourceSchema,
  flows: flowSchema,
  machines: machineSchema,
  locals: localSchema,
  imports: importSchema,
};

/** Refuses an edit that has made something of another shape. */
export function checkShape(work: Work): void {
  const problems: Problem[] = [];
  const check = (schema: z.ZodType, node: unknown, path: string): void => {
    const parsed = parsePart(schema, node);
    if ('value' in parsed) return;
    for (const problem of parsed.problems) {
      const inner = pathText(problem.path);
      const where = [path, inner].filter((text) => text !== '').join('.');
      problems.push({
        code: 'MR1784',
        message: `it does not fit the model: '${where}': ${problem.message}.`,
        location: nearest(node, problem.path, work),
      });
    }
  };
  for (const { map, name } of work.opened) {
    const nodes = work.map(map);
    // It may have gone, or have another name by now.
    if (!Object.hasOwn(nodes, name)) continue;
    check(schemas[map], nodes[name], `${map}.${pathName(name)}`);
  }
  if (work.hasFields) {
    const none = Object.fromEntries(Object.keys(maps).map((map) => [map, {}]));
    check(systemSchema, { ...work.system, ...none }, '');
  }
  if (problems.length > 0) throw new Refused(problems);
}

function nearest(node: unknown, path: readonly PropertyKey[], work: Work): Location {
  const found = locationOf(node, path);
  return found.file === '' ? work.model.location : found;
}
