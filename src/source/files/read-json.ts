import { ts } from '../syntax/typescript.js';
import { deepFreeze } from '../../core/index.ts';
import { bringUp, type FileFormat } from '../../model/format/format.ts';
import { modelFile } from '../../model/format/model-file.ts';
import { oldFormat } from '../../model/format/notice.ts';
import { lostMember, noMember } from '../../model/schema/lost-member.ts';
import { isSnapshot, parseSnapshot, systemSchema, type Diagnostic, type SystemModel } from '../../model/index.ts';
import type { ReadResult } from '../options.ts';

type Path = readonly PropertyKey[];

/**
 * Reads a model that is written as JSON, as `dsl inspect --json` prints it, in the present format or an older one; or a
 * snapshot of one.
 */
export function readJson(path: string, shown: string, text: string, format: FileFormat = modelFile): ReadResult {
  const files = [path];
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (thrown) {
    const message = (thrown as Error).message;
    const [, line, column] = /line (\d+) column (\d+)/.exec(message) ?? [];
    const at = { line: Number(line ?? 1), column: Number(column ?? 1) };
    return {
      diagnostics: [
        problem('MR1009', shown, `This is not JSON: ${message}`, at, { line: at.line, column: at.column + 1 }),
      ],
      files,
    };
  }
  if (isSnapshot(value)) {
    const { snapshot, diagnostics } = parseSnapshot(value, shown);
    return { ...(snapshot !== undefined && { system: snapshot.model }), diagnostics, files };
  }
  if (!isModel(value)) {
    const message =
      "This is no model: a model is a JSON object with the kind 'system', as `dsl inspect --json` prints it.";
    return { diagnostics: [problem('MR1010', shown, message, { line: 1, column: 1 }, { line: 1, column: 2 })], files };
  }
  const source = ts.parseJsonText(path, text);
  const placeOf = (place: Path): Pick<Diagnostic, 'file' | 'line' | 'column' | 'endLine' | 'endColumn'> => {
    const node = nodeAt(source, place);
    const start = onePast(source.getLineAndCharacterOfPosition(node.getStart(source)));
    const end = onePast(source.getLineAndCharacterOfPosition(node.end));
    return { file: shown, ...start, endLine: end.line, endColumn: end.column };
  };
  // Without a format the schema says all that is missing, the format among it.
  const brought = 'schemaVersion' in value ? bringUp(value, format) : { json: value };
  if ('problem' in brought) {
    const { problem: message, hint } = brought;
    return {
      diagnostics: [{ code: 'MR1215', severity: 'error', message, ...placeOf(['schemaVersion']), hint }],
      files,
    };
  }
  const from = 'from' in brought ? brought.from : undefined;
  const notices = from === undefined ? [] : [oldFormat(placeOf(['schemaVersion']), from)];
  const lost = lostMember(brought.json);
  const parsed = systemSchema.safeParse(brought.json);
  const issues: readonly { readonly path: Path; readonly message: string }[] = [
    ...(lost === undefined ? [] : [{ path: lost, message: noMember }]),
    ...(parsed.success ? misnamed(parsed.data) : parsed.error.issues),
  ];
  if (issues.length === 0 && parsed.success) return { system: deepFreeze(parsed.data), diagnostics: notices, files };
  const diagnostics = issues.map(({ path: place, message }): Diagnostic => {
    const where = place.length === 0 ? 'The model' : `'${place.map(String).join('.')}'`;
    const told = `${where} is not as the model demands: ${message}`;
    return { code: 'MR1010', severity: 'error', message: told, ...placeOf(place) };
  });
  return { diagnostics: [...notices, ...diagnostics], files };
}

/** Does it say what it is? Then it is told what else is wrong with it. */
const isModel = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && 'kind' in value && value.kind === 'system';

/** Every definition is kept under its own name. */
function misnamed(system: SystemModel): { path: Path; message: string }[] {
  const { events, tasks, agents, resources, flows, machines, locals, imports, contexts } = system;
  const maps: Readonly<Record<string, Readonly<Record<string, { readonly name: string }>>>> = {
    events,
    tasks,
    agents,
    resources,
    flows,
    machines,
    locals,
    imports,
    contexts,
  };
  return Object.entries(maps).flatMap(([map, entries]) =>
    Object.entries(entries).flatMap(([key, { name }]) =>
      key === name ? [] : [{ path: [map, key, 'name'], message: `its key is '${key}', its name is '${name}'` }],
    ),
  );
}

function nodeAt(source: ts.JsonSourceFile, path: Path): ts.Node {
  let node: ts.Node = source.statements[0]?.expression ?? source;
  for (const key of path) {
    const inner: ts.Node | undefined = ts.isArrayLiteralExpression(node)
      ? node.elements[Number(key)]
      : ts.isObjectLiteralExpression(node)
        ? node.properties.find(
            (member): member is ts.PropertyAssignment =>
              ts.isPropertyAssignment(member) && 'text' in member.name && member.name.text === String(key),
          )?.initializer
        : undefined;
    if (inner === undefined) break;
    node = inner;
  }
  return node;
}

interface Place {
  readonly line: number;
  readonly column: number;
}

function onePast({ line, character }: ts.LineAndCharacter): Place {
  return { line: line + 1, column: character + 1 };
}

function problem(code: string, file: string, message: string, start: Place, end: Place): Diagnostic {
  return { code, severity: 'error', message, file, ...start, endLine: end.line, endColumn: end.column };
}
