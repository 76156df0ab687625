import type { Location } from '../../model/index.ts';
import type { Module, Site } from './module.ts';

/** Line and column of an offset, counted from 1. A byte order mark has no column. */
export function position(module: Module, offset: number): { line: number; column: number } {
  const { line, character } = module.source.getLineAndCharacterOfPosition(Math.min(offset, module.text.length));
  const mark = line === 0 && module.text.charCodeAt(0) === 0xfeff && character > 0 ? 1 : 0;
  return { line: line + 1, column: character + 1 - mark };
}

/** Where a span of a file lies. */
export function span(module: Module, start: number, end: number): Omit<Location, 'file'> {
  const from = position(module, start);
  const to = position(module, end);
  return { line: from.line, column: from.column, endLine: to.line, endColumn: to.column };
}

/** Where a node begins, without the spaces and comments before it. */
export function startOf({ node, module }: Site): number {
  return node.getStart(module.source);
}

/** The location of a node; with `end`, from one node to the end of another. */
export function locate(site: Site, end: Site['node'] = site.node): Location {
  return { file: site.module.file, ...span(site.module, startOf(site), end.end) };
}

/** The text of a node. Line breaks are `\n`, as JavaScript itself reads them. */
export function textOf({ node, module }: Site): string {
  return module.text.slice(node.getStart(module.source), node.end).replaceAll('\r\n', '\n');
}
