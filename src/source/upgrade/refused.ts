import { ts } from '../syntax/typescript.js';
import type { Diagnostic } from '../../model/index.ts';
import type { Module } from '../syntax/module.ts';
import type { Refused } from './codemod.ts';

/** The problems of a file with the nodes that they mark. One whose span is no node is left out. */
export function refusedIn(module: Module, diagnostics: readonly Diagnostic[]): readonly Refused[] {
  return diagnostics.flatMap((diagnostic) => {
    const start = offsetOf(module, diagnostic.line, diagnostic.column);
    const end = offsetOf(module, diagnostic.endLine, diagnostic.endColumn);
    const path = nodesAt(module, start, end);
    const [node, ...around] = path.toReversed();
    return node === undefined ? [] : [{ diagnostic, node, around }];
  });
}

function offsetOf({ source, text }: Module, line: number, column: number): number {
  // A byte order mark has no column.
  const mark = line === 1 && text.charCodeAt(0) === 0xfeff ? 1 : 0;
  const starts = source.getLineStarts();
  return (starts[line - 1] ?? text.length) + column - 1 + mark;
}

/** From the file down to the innermost node with just this span. */
function nodesAt({ source }: Module, start: number, end: number): readonly ts.Node[] {
  const path: ts.Node[] = [source];
  let isExact = false;
  const look = (node: ts.Node): boolean => {
    const from = node.getStart(source);
    if (from > start || node.end < end) return false;
    path.push(node);
    isExact = from === start && node.end === end;
    ts.forEachChild(node, (child) => look(child) || undefined);
    return true;
  };
  ts.forEachChild(source, (child) => look(child) || undefined);
  return isExact ? path : [];
}
