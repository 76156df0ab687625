import { ts } from '../syntax/typescript.js';
import type { Reading } from '../reading.ts';
import { textOf } from '../syntax/location.ts';
import type { Module, Site } from '../syntax/module.ts';
import { behind } from '../value/follow.ts';

const own = 'JSON text is all that is stored: ';
/** What zod has for values that JSON does not have, and what to write instead. */
const instead: Readonly<Record<string, string>> = {
  date: `${own}use \`z.iso.datetime()\` for the text, or \`z.coerce.date()\` to read it back as a Date.`,
  bigint: `${own}use \`z.int()\`, or \`z.string()\` with the digits.`,
  int64: `${own}use \`z.int()\`, or \`z.string()\` with the digits.`,
  uint64: `${own}use \`z.int()\`, or \`z.string()\` with the digits.`,
  'coerce.bigint': `${own}use \`z.int()\`, or \`z.string()\` with the digits.`,
  map: `${own}use \`z.record(z.string(), …)\`, or a list of pairs.`,
  set: `${own}use \`z.array(…)\`.`,
  symbol: `${own}use \`z.string()\` or \`z.enum([…])\`.`,
  function: `${own}a function cannot be part of it; name what is to be done by a text.`,
  instanceof: `${own}use \`z.object({ … })\` with the fields of the class.`,
  nan: `${own}use \`z.number()\`, and \`.nullable()\` where there may be none.`,
  promise: `${own}use the schema of the value itself.`,
  file: `${own}use \`z.string()\` with the path of the file.`,
};

/** Where the left side of a pipe is what is stored, only the right side may be anything. */
const converting = new Set(['preprocess', 'pipe', 'codec']);

/**
 * Reports what a schema, or a constant that it reaches, describes that JSON does not have. Whatever is stored (inputs,
 * results, payloads, contexts) is stored as JSON and then read through the schema, so a schema that makes something
 * else of JSON is fine: `z.coerce.date()`, `z.codec(…)`, `transform`.
 *
 * @param kept Is what was stored read through the schema, or, as the context of a machine, taken as it is?
 */
export function checkJsonSchema(
  reading: Reading,
  site: Site,
  kept: 'read' | 'as it is',
  seen: Set<ts.Node> = new Set(),
): void {
  const { module } = site;
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node)) return call(node);
    if (ts.isTypeNode(node) || (ts.isFunctionLike(node) && !ts.isGetAccessorDeclaration(node))) return;
    if (ts.isPropertyAssignment(node)) return visit(node.initializer);
    if (ts.isPropertyAccessExpression(node)) return visit(node.expression);
    if (ts.isIdentifier(node)) return follow(node);
    ts.forEachChild(node, visit);
  };
  const call = (node: ts.CallExpression): void => {
    const made = zodName(module, node.expression);
    const hint = hintFor(made, kept);
    if (hint !== undefined) {
      const what = textOf({ module, node: node.expression });
      return reading.report('MR1124', { module, node }, `\`${what}()\` describes what JSON does not have.`, { hint });
    }
    if (made === undefined) visit(node.expression);
    const method = ts.isPropertyAccessExpression(node.expression) ? node.expression.name.text : '';
    if (converting.has(method)) {
      // `z.pipe(a, b)` and `z.codec(a, b, …)` have what is stored in front.
      if (made === 'pipe' || made === 'codec') node.arguments.slice(0, 1).forEach(visit);
      return;
    }
    for (const argument of node.arguments) {
      if (made === 'lazy' && ts.isArrowFunction(argument)) visit(argument.body);
      else visit(argument);
    }
  };
  const follow = (node: ts.Identifier): void => {
    const found = behind(reading, module, node.text);
    if (found?.kind !== 'declared' || found.binding.value?.kind !== 'const') return;
    const { initializer } = found.binding.value.declaration;
    if (initializer === undefined || seen.has(initializer)) return;
    seen.add(initializer);
    checkJsonSchema(reading, { module: found.module, node: initializer }, kept, seen);
  };
  visit(site.node);
}

function hintFor(made: string | undefined, kept: 'read' | 'as it is'): string | undefined {
  if (made === 'coerce.date' && kept === 'as it is') {
    return `A context comes back as the JSON that was stored: use \`z.iso.datetime()\`, or \`z.int()\` for a time such as \`now\`.`;
  }
  return made !== undefined && Object.hasOwn(instead, made) ? instead[made] : undefined;
}

/** `date` of `z.date`, `coerce.date` of `z.coerce.date`, whatever zod is called here. */
function zodName(module: Module, callee: ts.Expression): string | undefined {
  if (!ts.isPropertyAccessExpression(callee)) return undefined;
  const { expression, name } = callee;
  if (ts.isIdentifier(expression)) {
    const value = module.bindings.get(expression.text)?.value;
    const isZod = value?.kind === 'import' && /^zod(?:\/|$)/.test(value.from);
    return isZod && ['z', '*', 'default'].includes(value.imported) ? name.text : undefined;
  }
  const outer = zodName(module, expression);
  return outer === undefined ? undefined : `${outer}.${name.text}`;
}
