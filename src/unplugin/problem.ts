import { resolve } from 'node:path';
import { textIfThere } from '../core/if-there.ts';
import type { Diagnostic, Severity } from '../model/index.ts';
import { describeFailure } from '../project/kit/failure.ts';
import { codeFrame, linesOf } from '../rules/report/excerpt.ts';

/** Something that a bundler has to tell. Lines and columns count from 1. */
export interface Problem {
  readonly code: string;
  readonly severity: Severity;
  /** With the code in front and the hint behind. */
  readonly text: string;
  /** Absent where no file is at fault. */
  readonly place?: Place;
}

interface Place {
  /** Absolute. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
  /** How much of the line is meant, in UTF-16 units. */
  readonly length: number;
  /** The line, when it can be read. */
  readonly lineText: string;
  /** The line with the place marked; absent when the whole file is meant. */
  readonly frame?: string;
}

/** A diagnostic as bundlers tell it. Paths in it are relative to the working directory. */
export function problemOf(diagnostic: Diagnostic): Problem {
  const { code, severity, message, hint, file, line, column, endLine, endColumn, related = [] } = diagnostic;
  const others = related.map((other) => `\n  ${other.file}:${other.line}:${other.column} ${other.message}`).join('');
  const text = `${code}: ${message}${hint === undefined ? '' : `\nhint: ${hint}`}${others}`;
  if (file === '') return { code, severity, text };
  const path = resolve(file);
  const source = textIfThere(path) ?? '';
  const lineText = linesOf(source)[line - 1] ?? '';
  const end = endLine === line ? endColumn : lineText.length + 1;
  const frame = codeFrame(diagnostic, source);
  const place = { file: path, line, column, length: Math.max(0, end - column), lineText };
  return { code, severity, text, place: frame === undefined ? place : { ...place, frame } };
}

/** What was thrown, as bundlers tell it. */
export function failureOf(thrown: unknown): Problem {
  const { code, message, hint } = describeFailure(thrown);
  return { code, severity: 'error', text: `${code}: ${message}${hint === undefined ? '' : `\nhint: ${hint}`}` };
}

/** A problem in full, for bundlers that take nothing but text. */
export function inFull({ text, place }: Problem): string {
  if (place === undefined) return text;
  const frame = place.frame === undefined ? '' : `\n${place.frame}`;
  const [message = '', ...rest] = text.split('\n');
  return [`${message}\n${place.file}:${place.line}:${place.column}${frame}`, ...rest].join('\n');
}
