import { globSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';

/** One step of a test: an event, and the leaf states that its macrostep ends in. */
interface CaseStep {
  /** Milliseconds that pass before the event. */
  readonly after?: number;
  readonly event: { readonly name: string; readonly data?: unknown };
  readonly nextConfiguration: readonly string[];
}

/** What a test expects. */
export interface Expectation {
  readonly initialConfiguration: readonly string[];
  readonly events: readonly CaseStep[];
}

/** One document of the suite with what it expects. */
export interface Case {
  readonly group: string;
  readonly name: string;
  readonly folder: string;
  readonly text: string;
  readonly expected: Expectation;
  /** Why the expectation is not the one of the file, if so. */
  readonly note?: string;
  /** Does it need the data model's scripts? */
  readonly script: boolean;
}

/** On these the suite's own engine and the Recommendation differ; the file has both, and the Recommendation counts. */
const followsRecommendation = new Set(['more-parallel/test10', 'more-parallel/test10b']);

/** Tests that a person judges by the log. Their documents have no state `pass`: they end in `final`. */
const manual = new Set(['w3c-ecma/test230.txml', 'w3c-ecma/test250.txml', 'w3c-ecma/test307.txml']);

const require = createRequire(import.meta.url);
const suite = join(dirname(require.resolve('@scion-scxml/test-framework/package.json')), 'test');

/** All pairs of a document and an expectation, by name. */
export function readCases(): readonly Case[] {
  return globSync('*/*.scxml', { cwd: suite })
    .map((path) => path.replaceAll('\\', '/').replace(/\.scxml$/, ''))
    .sort()
    .flatMap((path): readonly Case[] => {
      const folder = join(suite, dirname(path));
      const file = readOr(join(suite, `${path}.json`));
      if (file === undefined) return [];
      const written = JSON.parse(file) as Expectation & { readonly legacySemantics?: Expectation };
      const text = readFileSync(join(suite, `${path}.scxml`), 'utf8');
      const common = { group: dirname(path), name: basename(path), folder, text, script: /<script[\s>]/.test(text) };
      if (followsRecommendation.has(path))
        return [{ ...common, expected: written.legacySemantics ?? written, note: 'as the Recommendation has it' }];
      if (manual.has(path))
        return [{ ...common, expected: manualExpectation(path), note: 'judged by a person; ends in `final`' }];
      return [{ ...common, expected: written }];
    });
}

/** The state in which a document rests that is not for machines to judge, and when. */
function manualExpectation(path: string): Expectation {
  const end: readonly CaseStep[] = [{ after: 5000, event: { name: 'ignored' }, nextConfiguration: ['final'] }];
  if (path.includes('230')) return { initialConfiguration: ['s01'], events: end };
  if (path.includes('250')) return { initialConfiguration: ['s0'], events: end };
  return { initialConfiguration: ['final'], events: [] };
}

function readOr(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
