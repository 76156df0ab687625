import { ts } from '../syntax/typescript.js';
import type { Reading } from '../reading.ts';
import type { Lambda } from '../scope/expression.ts';
import { textOf } from '../syntax/location.ts';
import type { Module, Site } from '../syntax/module.ts';
import { bare } from '../value/follow.ts';

/** One call of a chain `f.a(…).b(…)`. */
export interface Link {
  readonly module: Module;
  readonly verb: string;
  readonly name: ts.MemberName;
  readonly call: ts.CallExpression;
  /** The verb of the link before. */
  readonly previous?: string;
}

/** The calls of a lambda `(f) => f.a(…).b(…)`, first to last. */
export function chainOf(
  reading: Reading,
  site: Site<Lambda>,
  sample: string,
  verb: string,
): readonly Link[] | undefined {
  const { module, node } = site;
  const hint = `Write \`(${sample}) => ${sample}.${verb}(…)\`: one chain of calls.`;
  const [parameter, second] = node.parameters;
  if (parameter === undefined || second !== undefined || !ts.isIdentifier(parameter.name)) {
    return reading.report('MR1117', site, 'A body takes one parameter, and begins with it.', { hint });
  }
  const result = resultOf(node);
  if (result === undefined)
    return reading.report('MR1117', { module, node: node.body }, 'A body must be one chain of calls.', { hint });
  const links: Link[] = [];
  let at = bare(result);
  while (ts.isCallExpression(at)) {
    const callee = bare(at.expression);
    if (!ts.isPropertyAccessExpression(callee)) {
      return reading.report(
        'MR1117',
        { module, node: at },
        `\`${firstLine(textOf({ module, node: at }))}\` is not a step of this body.`,
        { hint },
      );
    }
    links.push({ module, verb: callee.name.text, name: callee.name, call: at });
    at = bare(callee.expression);
  }
  if (!ts.isIdentifier(at) || at.text !== parameter.name.text) {
    return reading.report(
      'MR1117',
      { module, node: at },
      `A body must begin with its parameter '${parameter.name.text}'.`,
      { hint },
    );
  }
  links.reverse();
  return links.map((link, index) => ({ ...link, ...(index === 0 ? {} : { previous: links[index - 1]?.verb ?? '' }) }));
}

/** What a lambda gives: its expression, or that of the only `return` in its block. */
function resultOf(node: Lambda): ts.Expression | undefined {
  if (!ts.isBlock(node.body)) return node.body;
  const [first, second] = node.body.statements;
  return first !== undefined && second === undefined && ts.isReturnStatement(first) ? first.expression : undefined;
}

function firstLine(text: string): string {
  const [line = ''] = text.split('\n');
  return line.length > 60 ? `${line.slice(0, 57)}…` : line;
}
