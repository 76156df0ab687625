import type { z } from 'zod';
import type { Diagnostic } from '../diagnostic.ts';
import { freezeSystem } from '../freeze.ts';
import { modelFormat, systemSchema, type SystemModel } from '../nodes/system.ts';
import { locationOf, pathText } from './place.ts';

/** What came of parsing: a frozen system, or why there is none. */
export interface ParsedSystem {
  readonly system?: SystemModel;
  readonly diagnostics: readonly Diagnostic[];
}

/**
 * Makes a system of JSON, such as `dsl inspect --json` prints. Every problem is a diagnostic that names its path; it
 * stands where the nearest node around it says that it came from. Never throws.
 *
 * @example
 * ```ts
 * import { parseSystem } from 'millrace/model';
 *
 * const { system, diagnostics } = parseSystem(JSON.parse('{"kind": "system"}'));
 * ```
 */
export function parseSystem(json: unknown): ParsedSystem {
  const format = formatOf(json);
  if (format !== undefined && format !== modelFormat) {
    const message = `This is a model of format ${format}; this version of Millrace reads format ${modelFormat}.`;
    return {
      diagnostics: [
        diagnose(json, ['schemaVersion'], 'MR1215', message, 'Read the source again with `dsl inspect --json`.'),
      ],
    };
  }
  try {
    const result = systemSchema.safeParse(json);
    if (result.success) return { system: freezeSystem(result.data), diagnostics: [] };
    return {
      diagnostics: result.error.issues.flatMap((issue) => flatten(issue, [])).map((issue) => toDiagnostic(json, issue)),
    };
  } catch (error) {
    // A value that holds itself runs zod out of stack.
    const reason = error instanceof RangeError ? 'it is nested too deep or holds itself' : String(error);
    return { diagnostics: [diagnose(json, [], 'MR1200', `This is not a model: ${reason}.`)] };
  }
}

interface Problem {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** The problems behind an issue: of a union, those of the alternative that comes nearest. */
function flatten(issue: z.core.$ZodIssue, around: readonly PropertyKey[]): readonly Problem[] {
  const path = [...around, ...issue.path];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ path: [...path, key], message: `'${key}' is no member of this kind of node` }));
  }
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [{ path, message: issue.message }];
  const sameKind = issue.errors.filter(
    (errors) => !errors.some(({ path: [first], path: { length } }) => first === 'kind' && length === 1),
  );
  const [nearest = []] = (sameKind.length > 0 ? sameKind : issue.errors).toSorted((a, b) => a.length - b.length);
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

function formatOf(json: unknown): number | string | undefined {
  if (json === null || typeof json !== 'object') return undefined;
  const { kind, schemaVersion } = json as { kind?: unknown; schemaVersion?: unknown };
  return kind === 'system' && (typeof schemaVersion === 'number' || typeof schemaVersion === 'string')
    ? schemaVersion
    : undefined;
}
