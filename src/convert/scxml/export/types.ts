import { ts } from 'ts-morph';
import { parseExpression } from '../ecmascript/parse.ts';

/** The text without its types, on one line where that changes nothing. */
export function javascript(text: string): string {
  const parsed = parseExpression(text);
  if (parsed.message === undefined) return onOneLine(text);
  const { outputText } = ts.transpileModule(`(${text}\n)`, {
    compilerOptions: { target: ts.ScriptTarget.ESNext, module: ts.ModuleKind.ESNext },
  });
  const bare = outputText.trim().replace(/;$/, '');
  return onOneLine(bare.startsWith('(') && bare.endsWith(')') ? bare.slice(1, -1).trim() : bare);
}

// Line breaks mean something in comments, in templates and where a semicolon was left out.
const onOneLine = (text: string): string =>
  /\/\/|`|\{\s*\n[^]*[^;{},\s]\s*\n\s*\w/.test(text) ? text : text.replaceAll(/\s*\n\s*/g, ' ');
