import type { StepOf } from '../../model/index.ts';
import { call } from '../define/call.ts';
import { checkCount } from '../define/common.ts';
import type { Reading } from '../reading.ts';
import { lambdaOf } from '../scope/expression.ts';
import { locate } from '../syntax/location.ts';
import { follow } from '../value/follow.ts';
import { options } from '../value/options.ts';
import { identifier, list, literal, wrong, type Reader } from '../value/readers.ts';
import { chainOf, type Link } from './chain.ts';

type Nodes = StepOf<'graph'>['nodes'];

/** The nodes of a graph: `(g) => g.node('a', …).node('b', …, { needs: ['a'] })`. */
export const graphNodes: Reader<Nodes> = (reading, site) => {
  const found = lambdaOf(site.node) === undefined ? follow(reading, site) : site;
  if (found === undefined) return undefined;
  const lambda = lambdaOf(found.node);
  if (lambda === undefined) return wrong(reading, found, 'the nodes of a graph', 'Write `(g) => g.node(…)`.');
  return chainOf(reading, { module: found.module, node: lambda }, 'g', 'node')?.flatMap((link) => {
    const node = nodeOf(reading, link);
    return node === undefined ? [] : [node];
  });
};

function nodeOf(reading: Reading, { module, call: node, name, verb }: Link): Nodes[number] | undefined {
  if (verb !== 'node')
    return reading.report('MR1117', { module, node: name }, `A graph has no '${verb}'.`, {
      hint: 'It has only `node`.',
    });
  checkCount(reading, { module, node }, 'node', 2, 3, name);
  const [first, second, third] = node.arguments;
  const id = first && identifier(reading, { module, node: first });
  const target = second && call('task', 'flow')(reading, { module, node: second });
  const { needs } = (third && options(reading, { module, node: third }, 'a node', { needs: list(literal) })) ?? {};
  if (id === undefined || target === undefined) return undefined;
  return { name: id, needs: needs ?? [], call: target, location: locate({ module, node: name }, node) };
}
