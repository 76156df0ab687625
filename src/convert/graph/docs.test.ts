import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { readSystem } from '../../source/index.ts';
import { flowGraph } from './flow/flow-graph.ts';
import { machineGraph } from './machine/machine-graph.ts';
import { graphMermaid } from './mermaid/mermaid.ts';
import { graphSvg } from './svg/graph-svg.ts';

const path = (name: string): string => fileURLToPath(new URL(`../../../${name}`, import.meta.url));

test('the pictures of the pages are those of the example', async () => {
  const { system } = await readSystem(path('dsl-examples/orders/orders.dsl.ts'));
  const order = machineGraph(system!.machines['order']!);
  const apologise = flowGraph(system!.flows['apologise']!, system!);
  const pictures = [graphMermaid(order), graphMermaid(apologise)];
  for (const page of ['README.md', 'docs/graphs.md']) {
    for (const [, text = ''] of readFileSync(path(page), 'utf8').matchAll(/```mermaid\n([^]*?)```/g))
      expect(pictures).toContain(text);
  }
  // Anew: dsl graph dsl-examples/orders/orders.dsl.ts --machine order --format svg --out docs/pictures/order.svg
  expect(readFileSync(path('docs/pictures/order.svg'), 'utf8')).toBe(graphSvg(order));
});
