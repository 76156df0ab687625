import { ts } from '../syntax/typescript.js';
import type { CallNode } from '../../model/index.ts';
import type { Reading } from '../reading.ts';
import { lambdaOf, givenNames, partsOf, unwrapped, type Lambda } from '../scope/expression.ts';
import { reach } from '../scope/reach.ts';
import { locate, textOf } from '../syntax/location.ts';
import type { Site } from '../syntax/module.ts';
import { bare, follow } from '../value/follow.ts';
import { wrong, type Reader } from '../value/readers.ts';
import { definitionBehind } from './dsl-call.ts';
import { notOne, targetOf } from './reference.ts';

type Kind = CallNode['target']['kind'];

/** A lambda that calls one definition of the given kinds: `({ input }) => chargeCard({ … })`. */
export function call(...kinds: readonly Kind[]): Reader<CallNode> {
  return (reading, site) => {
    const lambda = lambdaBehind(reading, site);
    return lambda === undefined ? undefined : callOf(reading, lambda, kinds);
  };
}

function lambdaBehind(reading: Reading, site: Site<ts.Expression>): Site<Lambda> | undefined {
  const own = lambdaOf(site.node);
  if (own !== undefined) return { module: site.module, node: own };
  const found = follow(reading, site);
  if (found === undefined) return undefined;
  const lambda = lambdaOf(found.node);
  if (lambda !== undefined) return { module: found.module, node: lambda };
  return wrong(reading, site, 'a lambda', 'Write `({ … }) => name({ … })`.');
}

function callOf(reading: Reading, site: Site<Lambda>, kinds: readonly Kind[]): CallNode | undefined {
  const { module, node } = site;
  const parts = partsOf(reading, site);
  const async = node.modifiers?.find(({ kind }) => kind === ts.SyntaxKind.AsyncKeyword);
  if (async !== undefined) {
    return reading.report('MR1404', { module, node: async }, 'This lambda cannot be `async`.', {
      hint: 'It only says what to call: the call is a request, the engine runs it.',
    });
  }
  if (parts === undefined) return undefined;
  if (ts.isBlock(node.body)) {
    return reading.report('MR1111', { module, node: node.body }, 'This lambda must be one call, without a block.', {
      hint: `Write \`${parts.parameter === '' ? '()' : `(${parts.parameter})`} => name({ … })\`; put what is to be computed into a function and call it in the argument.`,
    });
  }
  const body = bare(node.body);
  if (!ts.isCallExpression(body) || body.questionDotToken !== undefined)
    return notACall(reading, { module, node: body });
  const callee = { module, node: bare(body.expression) };
  const found = definitionBehind(reading, callee);
  if (found === undefined) return notOne(reading, callee, kinds);
  const target = targetOf(reading, callee, found, kinds);
  if (target === undefined) return undefined;
  const [argument, second] = body.arguments;
  if (second !== undefined || (argument !== undefined && ts.isSpreadElement(argument))) {
    return reading.report('MR1109', { module, node: second ?? body }, `'${target.name}' takes one argument.`, {
      hint: 'Put all values into one object.',
    });
  }
  const pieces: Site[] = [...node.parameters, ...(argument === undefined ? [] : [argument])].map((piece) => ({
    module,
    node: piece,
  }));
  return {
    kind: 'call',
    target,
    lambda: {
      kind: 'expression',
      text: textOf(site),
      uses: reach(reading, pieces, givenNames(node)),
      lambda: parts,
      location: locate(site),
    },
    argument: argument === undefined ? '' : textOf({ module, node: unwrapped(argument) }),
    location: locate({ module, node: body }),
  };
}

function notACall(reading: Reading, site: Site<ts.Expression>): undefined {
  const { node } = site;
  const hint = ts.isAwaitExpression(node)
    ? 'Leave `await` out: the call is a request, the engine runs it and waits.'
    : ts.isConditionalExpression(node)
      ? 'Decide in the argument, or use `branch` in a flow and guarded transitions in a machine.'
      : 'Write `({ … }) => name({ … })`.';
  return reading.report('MR1111', site, 'This lambda must be one call of a definition.', { hint });
}
