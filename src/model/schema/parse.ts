import type { z } from 'zod';
import { notJson } from '../../core/index.ts';
import type { Diagnostic } from '../diagnostic.ts';
import { freezeSystem } from '../freeze.ts';
import { bringUp, type FileFormat } from '../format/format.ts';
import { modelFile } from '../format/model-file.ts';
import { oldFormat } from '../format/notice.ts';
import { systemSchema, type SystemModel } from '../nodes/system.ts';
import { issueWords } from './issue-words.ts';
import { lostMember, noMember } from './lost-member.ts';
import { locationOf, pathText } from './place.ts';

/** What came of parsing: a frozen system, or why there is none. */
export interface ParsedSystem {
  readonly system?: SystemModel;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Makes a system of JSON, such as `dsl inspect --json` prints. Every problem is a diagnostic that names its path; it
 * stands where the nearest node around it says that it came from. A model of an older format is brought to the present one,
 * with a notice (MR1843); one of a newer format is refused (MR1215). Never throws.
 *
 * @example
 * ```ts
 * import { parseSystem } from 'millrace/model';
 *
 * const { system, diagnostics } = parseSystem(JSON.parse('{"kind": "system"}'));
 * ```
 */
export function parseSystem(json: unknown): ParsedSystem {
  return parseSystemFile(json, modelFile);
}

/** {@link parseSystem} for a file whose formats are known. */
export function parseSystemFile(json: unknown, format: FileFormat): ParsedSystem {
  const brought = isModel(json) ? bringUp(json, format) : { json };
  if ('problem' in brought) {
    return { diagnostics: [diagnose(json, ['schemaVersion'], 'MR1215', brought.problem, brought.hint)] };
  }
  const from = 'from' in brought ? brought.from : undefined;
  const notices = from === undefined ? [] : [oldFormat(locationOf(json, ['schemaVersion']), from)];
  try {
    const lost = lostMember(brought.json);
    if (lost !== undefined) return { diagnostics: [toDiagnostic(json, { path: lost, message: noMember })] };
    const result = systemSchema.safeParse(brought.json);
    if (result.success) return { system: freezeSystem(result.data), diagnostics: notices };
    return {
      diagnostics: result.error.issues.flatMap((issue) => flatten(issue, [])).map((issue) => toDiagnostic(json, issue)),
    };
  } catch (error) {
    // A value that holds itself, or is nested too deep, runs zod out of stack.
    const reason = error instanceof RangeError ? endless(json) : String(error);
    return { diagnostics: [diagnose(json, [], 'MR1200', `This is not a model: ${reason}.`)] };
  }
}

/** Why a value has no end: what contains itself, by its path, unless it is only nested too deep. */
function endless(json: unknown): string {
  try {
    return notJson(json) ?? 'it is nested too deep';
  } catch {
    return 'it is nested too deep';
  }
}

/** What is wrong with a value, and where in it. */
interface Problem {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** A part of a model as its schema makes it, or all that is wrong with it. */
export function parsePart(
  schema: z.ZodType,
  json: unknown,
): { readonly value: unknown } | { readonly problems: readonly Problem[] } {
  const result = schema.safeParse(json);
  return result.success
    ? { value: result.data }
    : { problems: result.error.issues.flatMap((issue) => flatten(issue, [])) };
}

/** The problems behind an issue: of a union, those of the alternative that comes nearest. */
function flatten(issue: z.core.$ZodIssue, around: readonly PropertyKey[]): readonly Problem[] {
  const path = [...around, ...issue.path];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: [...path, key], message: `'${key}' is no member of this kind of node` }));
  }
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [{ path, message: issueWords(issue) }];
  const sameKind = issue.errors.filter(
    (errors) => !errors.some(({ path: [first], path: { length } }) => first === 'kind' && length === 1),
  );
  // What is wrong further in is of the right kind itself: a list with a bad member is no bad text.
  const isFurtherIn = (errors: readonly z.core.$ZodIssue[]): boolean => errors.every((one) => one.path.length > 0);
  const [nearest = []] = (sameKind.length > 0 ? sameKind : issue.errors).toSorted(
    (a, b) => Number(isFurtherIn(b)) - Number(isFurtherIn(a)) || a.length - b.length,
  );
  return nearest.flatMap((inner) => flatten(inner, path));
}

function toDiagnostic(json: unknown, { path, message }: Problem): Diagnostic {
  const code = path.length === 1 && path[0] === 'version' ? 'MR1201' : 'MR1200';
  const where = pathText(path);
  return diagnose(json, path, code, `${where === '' ? 'The model' : `'${where}'`}: ${message}.`);
}

function diagnose(
  json: unknown,
  path: readonly PropertyKey[],
  code: string,
  message: string,
  hint?: string,
): Diagnostic {
  const { file, line, column, endLine, endColumn } = locationOf(json, path);
  return {
    code,
    severity: 'error',
    message,
    file,
    line,
    column,
    endLine,
    endColumn,
    ...(hint !== undefined && { hint }),
  };
}

/** Does it say of itself what it is, and of which format? Where it does not, the schema tells all that is missing. */
function isModel(json: unknown): json is Readonly<Record<string, unknown>> {
  if (json === null || typeof json !== 'object') return false;
  const { kind, schemaVersion } = json as { kind?: unknown; schemaVersion?: unknown };
  return kind === 'system' && (typeof schemaVersion === 'number' || typeof schemaVersion === 'string');
}
