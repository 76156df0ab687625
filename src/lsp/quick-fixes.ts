import { resolve } from 'node:path';
import { CodeActionKind, type CodeAction, type Range } from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { Diagnostic, Fix } from '../model/index.ts';
import { fixOf } from '../rules/index.ts';
import { rangeOf, toLsp } from './diagnostics.ts';
import { textWith, uriOf, type Overlay } from './overlay.ts';

/** What `dsl check --fix` would do of the problems in a range. */
export function quickFixes(
  diagnostics: readonly Diagnostic[],
  range: Range,
  root: string,
  overlay: Overlay,
): readonly CodeAction[] {
  return diagnostics
    .filter((each) => touches(rangeOf(each), range))
    .flatMap((diagnostic): CodeAction[] => {
      if (diagnostic.file.endsWith('.json')) return [];
      const fix = fixOf(diagnostic, textWith(overlay, resolve(root, diagnostic.file)));
      if (fix === undefined) return [];
      return [
        {
          title: fix.title,
          kind: CodeActionKind.QuickFix,
          diagnostics: [toLsp(diagnostic, root)],
          isPreferred: true,
          edit: { changes: changesOf(fix, root, overlay) },
        },
      ];
    });
}

function changesOf({ edits }: Fix, root: string, overlay: Overlay) {
  const changes: Record<string, { range: Range; newText: string }[]> = {};
  for (const { file, start, end, text } of edits) {
    const path = resolve(root, file);
    const document = TextDocument.create(uriOf(path), 'typescript', 0, textWith(overlay, path));
    const range = { start: document.positionAt(start), end: document.positionAt(end) };
    (changes[uriOf(path)] ??= []).push({ range, newText: text });
  }
  return changes;
}

function touches(a: Range, b: Range): boolean {
  const isBefore = (x: Range, y: Range): boolean =>
    x.end.line < y.start.line || (x.end.line === y.start.line && x.end.character < y.start.character);
  return !isBefore(a, b) && !isBefore(b, a);
}
