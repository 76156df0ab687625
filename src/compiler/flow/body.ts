import type { BodyNode } from '../../model/index.ts';
import { block, type Doc } from '../../model/text/doc.ts';
import { parameterList, result } from './lambda.ts';
import type { Scope, Variable } from './scope.ts';
import type { FlowContext, PrintedStep } from './step-printer.ts';
import { printStep } from './steps.ts';

/** The steps of a body as statements, and whether it gives a value. */
export interface PrintedBody {
  /** One group of statements a step. */
  readonly groups: readonly (readonly Doc[])[];
  /** The whole body as one expression, when it is nothing more. */
  readonly expression?: Doc;
}

interface Entry {
  readonly printed: PrintedStep;
  readonly variable: Variable;
  readonly after: readonly Doc[];
}

/** Prints a body. Its value is what `returns` gives, or the value of its last step. */
export function printBody(body: BodyNode, scope: Scope, context: FlowContext): PrintedBody {
  const entries: Entry[] = [];
  let last: readonly Doc[] | undefined;
  let only: Doc | undefined;
  for (const step of body.steps) {
    if (step.kind === 'returns') {
      const { statements, arrow } = result(step.value, scope, context);
      last = statements;
      if (entries.length === 0) only = arrow;
      break;
    }
    const printed = printStep(step, scope, context);
    const variable = scope.declare(step.id);
    entries.push({ printed, variable, after: printed.after?.(scope) ?? [] });
  }
  // Only now is it known which results are read, and so which need a name.
  const groups = entries.map(({ printed, variable, after }, index) => {
    const isLast = last === undefined && index === entries.length - 1 && printed.hasValue;
    const made = (start: string): Doc => [start, printed.expression, ';'];
    if (isLast && !variable.used && after.length === 0) return [made('return await ')];
    if (isLast) return [made(`const ${variable.code} = await `), ...after, `return ${variable.code};`];
    return [made(variable.used ? `const ${variable.code} = await ` : 'await '), ...after];
  });
  const [single] = entries;
  if (last === undefined && entries.length === 1 && single !== undefined && single.after.length === 0)
    only = single.printed.expression;
  return {
    groups: last === undefined ? groups : [...groups, last],
    ...(only === undefined ? {} : { expression: only }),
  };
}

/** A body as a function that the host calls with a host of its own and, for some kinds, more. */
export function printPart(
  body: BodyNode,
  scope: Scope,
  context: FlowContext,
  parameters: readonly string[] = [],
  hostType?: string,
): Doc {
  const inner = scope.part();
  const variables = parameters.map((name) => inner.parameter(name));
  const { groups, expression } = printBody(body, inner, context);
  const types = hostType === undefined ? undefined : new Map([[inner.host, hostType]]);
  const list = parameterList([inner.host, ...variables], inner, types);
  if (expression !== undefined) return [`async ${list} => `, expression];
  return [`async ${list} => `, block(groups.flat())];
}
