import { readFileSync } from 'node:fs';
import { extname } from 'node:path';
import { isMap, isNode, isScalar, isSeq, LineCounter, parseDocument, type Document, type Node } from 'yaml';
import { messageOf } from '../../core/index.ts';
import { shownPath } from '../../core/shown-path.ts';
import { CliError } from '../../project/kit/failure.ts';

/** What a JSON or YAML file says, and where it says it. */
export interface PolicyFile {
  readonly value: unknown;
  /** `file:line:column` of a member or item; of one that is not there, of what it should be in. */
  readonly placeOf: (path: readonly PropertyKey[]) => string;
}

/**
 * Reads a JSON (`.json`) or YAML file.
 *
 * @throws CliError MR2051 when it cannot be read or is neither, with the place.
 */
export function readPolicyFile(path: string, cwd: string): PolicyFile {
  const shown = shownPath(path, cwd);
  const text = textOf(path, shown);
  const isJson = extname(path).toLowerCase() === '.json';
  const lines = new LineCounter();
  // Anything that JSON allows is YAML, too: the parser of the one knows the places of both.
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false, strict: true, version: '1.2' });
  const placeOf = (path: readonly PropertyKey[]): string => at(nodeAt(document, path)?.range?.[0] ?? 0);
  const at = (offset: number): string => {
    const { line, col } = lines.linePos(offset);
    return `${shown}:${Math.max(1, line)}:${Math.max(1, col)}`;
  };
  const [problem] = [...document.errors, ...document.warnings];
  if (isJson) return { value: jsonOf(text, shown, at(problem?.pos[0] ?? 0)), placeOf };
  if (problem !== undefined) throw unreadable(`${at(problem.pos[0])}: this is not YAML: ${problem.message}`);
  return { value: valueOf(document, at(0)), placeOf };
}

function textOf(path: string, shown: string): string {
  try {
    return readFileSync(path, 'utf8').replace(/^\uFEFF/, '');
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    throw unreadable(
      code === 'ENOENT' ? `There is no file ${shown}.` : `${shown} cannot be read: ${messageOf(error)}`,
      'Paths count from the folder of dsl.config.ts.',
    );
  }
}

// Where the platform does not say the place, the other parser does.
function jsonOf(text: string, shown: string, place: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const message = messageOf(error);
    const [, line, column] = /line (\d+) column (\d+)/.exec(message) ?? [];
    const at = line === undefined ? place : `${shown}:${line}:${column}`;
    throw unreadable(`${at}: this is not JSON: ${message.replaceAll(/\s+/g, ' ')}`);
  }
}

// A few lines of YAML can mean gigabytes: the parser counts what its aliases make.
function valueOf(document: Document.Parsed, place: string): unknown {
  try {
    return document.toJS() as unknown;
  } catch (error) {
    throw unreadable(`${place}: this is not YAML that can be read: ${messageOf(error)}`);
  }
}

// Of a member its key, of an item the item; of what is not there, what it should be in.
function nodeAt(document: Document.Parsed, path: readonly PropertyKey[]): Node | undefined {
  let node: Node | undefined = document.contents ?? undefined;
  for (const [index, key] of path.entries()) {
    if (isMap(node)) {
      const pair: { readonly key: unknown; readonly value: unknown } | undefined = node.items.find(
        ({ key: own }) => String(isScalar(own) ? own.value : own) === String(key),
      );
      const inner: unknown = index === path.length - 1 ? pair?.key : pair?.value;
      if (!isNode(inner)) return node;
      node = inner;
    } else {
      const inner: unknown = isSeq(node) ? node.items[Number(key)] : undefined;
      if (!isNode(inner)) return node;
      node = inner;
    }
  }
  return node;
}

function unreadable(message: string, hint?: string): CliError {
  return new CliError('MR2051', message, {
    hint: hint ?? 'A policy is a .json or a .yaml file; docs/cli.md shows what it may say.',
    exitCode: 1,
  });
}
