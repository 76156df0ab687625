import type { GraphNode } from '../graph.ts';

// Words that the grammars of Mermaid give a meaning, in whatever case.
const reserved = new Set(
  (
    'accdescr acctitle as bt call choice class classdef click default description direction divider end fork graph hide ' +
    'href interpolate join left linkstyle lr note of over rl right root scale start state style subgraph tb td title width flowchart'
  ).split(' '),
);

/**
 * A word for each node that can stand in Mermaid: its id where that is a plain word, else one made from it. Two nodes
 * never have the same.
 */
export function aliases(nodes: readonly GraphNode[]): ReadonlyMap<string, string> {
  const taken = new Set<string>();
  return new Map(
    nodes.map(({ id }) => {
      const word = plainWord(id);
      let alias = word;
      for (let n = 2; taken.has(alias.toLowerCase()); n++) alias = `${word}_${n}`;
      taken.add(alias.toLowerCase());
      return [id, alias];
    }),
  );
}

function plainWord(id: string): string {
  const word = id.replaceAll(/[^A-Za-z0-9]+/g, '_').replaceAll(/^_+|_+$/g, '');
  // Mermaid makes `open_start` and `open_end` itself, for the `[*]` in `open`; `_all` and `_anew` are stand-ins.
  const isFree = /^[A-Za-z]/.test(word) && !reserved.has(word.toLowerCase()) && !(word in {});
  return isFree && !/_(?:start|end|(?:all|anew|first)(?:_\d+)?)$/i.test(word) ? word : `s_${word}_`;
}
