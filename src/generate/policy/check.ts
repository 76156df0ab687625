import { performance } from 'node:perf_hooks';
import { messageOf } from '../../core/index.ts';
import { shownPath } from '../../core/shown-path.ts';
import type { Diagnostic } from '../../model/index.ts';
import { ts } from '../../source/syntax/typescript.js';
import { problemIn } from '../codes.ts';
import type { GateReport, Subject } from '../contract.ts';
import { judgeImports } from './imports.ts';
import { judgeNames } from './names-used.ts';
import { judgeNeeds } from './needs.ts';
import { parseCode, type ParsedCode } from './parse.ts';
import { judgeShape } from './shape.ts';
import { judgeSyntax } from './syntax.ts';

/** What of a subject the policy looks at. */
export type PolicySubject = Pick<Subject, 'root' | 'file' | 'contracts' | 'contract' | 'imports' | 'task'>;

/** Tells a problem at a node. */
export type Tell = (node: ts.Node | number, code: string, message: string, hint?: string) => void;

/** Code for a task is a page or two. */
const longest = 100_000;

/**
 * Gate `policy`: what no task may do, by the text of its module. It looks at every name and follows none into other files;
 * what it cannot see through, it refuses. What it takes may still be wrong or mean: that is for the gates after it.
 */
export function checkPolicy(code: string, subject: PolicySubject): GateReport {
  const started = performance.now();
  const problems = judge(code, subject);
  return { gate: 'policy', ok: problems.length === 0, problems, took: performance.now() - started };
}

function judge(code: string, subject: PolicySubject): readonly Diagnostic[] {
  const file = shownPath(subject.file, subject.root);
  if (code.length > longest)
    return [
      problemIn(
        file,
        'MR5030',
        `The module has ${code.length} characters, and ${longest} is the most that is looked at.`,
      ),
    ];
  const problems: Diagnostic[] = [];
  for (const { index, 0: found } of code.matchAll(/[\u202a-\u202e\u2066-\u2069\u200b-\u200f\u2060\ufeff\u00ad]/gu))
    if (index > 0 || found !== '\ufeff')
      problems.push(
        problemIn(
          file,
          'MR5041',
          `The character U+${found.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')} cannot be seen, and makes code look like something else.`,
          spotOf(code, index),
          'Write it as an escape, such as \\u200b, where a text needs it.',
        ),
      );
  let parsed: ParsedCode;
  try {
    parsed = parseCode(code);
  } catch (error) {
    return [...problems, problemIn(file, 'MR5030', `The module cannot be read: ${messageOf(error)}.`)];
  }
  if (parsed.problems.length > 0)
    return [
      ...problems,
      ...parsed.problems.map(({ start, messageText }) =>
        problemIn(
          file,
          'MR5030',
          `The module is no TypeScript: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`,
          spotOf(code, start),
        ),
      ),
    ];
  const tell: Tell = (node, mr, message, hint) => {
    const at = typeof node === 'number' ? node : node.getStart(parsed.source);
    problems.push(problemIn(file, mr, message, spotOf(code, at), hint));
  };
  try {
    judgeSyntax(parsed, tell);
    judgeImports(parsed, subject, tell);
    judgeShape(parsed, subject, tell);
    judgeNames(parsed, tell);
    judgeNeeds(parsed, subject, tell);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    problems.push(problemIn(file, 'MR5030', 'The module is nested too deeply to be looked at.'));
  }
  return problems.sort((a, b) => a.line - b.line || a.column - b.column);
}

function spotOf(code: string, at: number): { readonly line: number; readonly column: number } {
  const before = code.slice(0, at).split(/\r\n|[\n\r\u2028\u2029]/);
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
