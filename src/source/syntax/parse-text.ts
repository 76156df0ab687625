import { ts } from './typescript.js';

/** The syntax of a text that stands on its own, also when it is half written. Nodes do not know what they stand in. */
export function parseText(text: string): ts.SourceFile {
  return ts.createSourceFile('text.ts', text, ts.ScriptTarget.ESNext, false, ts.ScriptKind.TS);
}
