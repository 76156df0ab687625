import { ts } from '../syntax/typescript.js';
import type { Suppression } from '../../model/index.ts';
import { span } from '../syntax/location.ts';
import type { Module } from '../syntax/module.ts';

const start = /\/\/[ \t]*millrace-ignore(?![\w-])/g;
const lineBreak = /\r\n|[\n\r\u2028\u2029]/;

/** The comments of a file that switch warnings off: `// millrace-ignore MR1221: the reason`. */
export function suppressionsIn(module: Module): readonly Suppression[] {
  const { text } = module;
  return [...text.matchAll(start)].flatMap(({ index, 0: word }) => {
    if (!isComment(module, index)) return [];
    const length = text.slice(index).search(lineBreak);
    const end = length < 0 ? text.length : index + length;
    const [codes = '', ...rest] = text.slice(index + word.length, end).split(':');
    const reason = rest.join(':').trim();
    return {
      codes: codes.split(/[\s,]+/).filter((code) => code !== ''),
      ...(reason !== '' && { reason }),
      line: lineOf(module, index),
      location: { file: module.file, ...span(module, index, end) },
      span: removal(text, index, end),
    };
  });
}

/** The line of code that a comment is about. */
function lineOf({ text, source }: Module, index: number): number {
  const starts = source.getLineStarts();
  const own = source.getLineAndCharacterOfPosition(index).line;
  const lineText = (line: number): string => text.slice(starts[line], starts[line + 1] ?? text.length);
  if (text.slice(starts[own], index).replace('\ufeff', '').trim() !== '') return own + 1;
  let line = own + 1;
  while (line < starts.length && /^(?:\/\/.*)?$/.test(lineText(line).trim())) line += 1;
  return line + 1;
}

/** A comment on a line of its own goes with its line, one behind code with the spaces before it. */
function removal(text: string, index: number, end: number): Suppression['span'] {
  const before = /[ \t]*$/.exec(text.slice(0, index))?.[0].length ?? 0;
  const from = index - before;
  const isAlone = from === 0 || lineBreak.test(text[from - 1] ?? '');
  const broken = lineBreak.exec(text.slice(end, end + 2));
  return { start: from, end: isAlone && broken?.index === 0 ? end + broken[0].length : end };
}

/** Is this the beginning of a comment, and not a part of a text, a template or another comment? */
function isComment({ source, text }: Module, index: number): boolean {
  let node: ts.Node = source;
  for (;;) {
    const inner: ts.Node | undefined = node
      .getChildren(source)
      .find((child) => child.pos <= index && index < child.end && !ts.isJSDoc(child));
    if (inner === undefined) break;
    node = inner;
  }
  const comments = [
    ...(ts.getLeadingCommentRanges(text, node.pos) ?? []),
    ...(ts.getTrailingCommentRanges(text, node.pos) ?? []),
  ];
  return comments.some(({ pos, kind }) => pos === index && kind === ts.SyntaxKind.SingleLineCommentTrivia);
}
