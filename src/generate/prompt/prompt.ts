import { basename, dirname } from 'node:path';
import { specifier } from '../../compiler/paths.ts';
import { taskStub } from '../../compiler/index.ts';
import {
  buildContext,
  contextMessages,
  estimateTokens,
  type ContextItem,
  type ContextReport,
} from '../../llm/index.ts';
import type { Diagnostic } from '../../model/index.ts';
import type { Subject } from '../contract.ts';
import type { CodeStyle, Places } from '../options.ts';
import { importable } from '../policy/names.ts';
import { sliceOf, weights } from '../slice/slice.ts';
import { digest } from '../keep/hash.ts';
import { promptVersion, renderPrompt, templatesHash } from './templates.ts';
import { worldLines } from './world.ts';

/** What is told to a model, and what had no room. */
export interface Prompt {
  readonly system: string;
  readonly message: string;
  readonly tokens: number;
  readonly version: string;
  /** Of its whole text. */
  readonly hash: string;
  readonly context: ContextReport;
}

/** With fewer, hardly any code can be told from code that is a little wrong. */
const fewest = 3;
/** A model mends the first problems; the others are often the same again. */
const mostProblems = 12;

/**
 * The prompt for one task: what always holds first, so that providers can cache it, then the contract, then what is
 * around it.
 *
 * @throws MillraceError MR4090 when what has to be there does not fit
 */
export function promptFor(subject: Subject, places: Places, style: CodeStyle, limitTokens: number): Prompt {
  const { includeComments = true, includeErrorHandling = true } = style;
  const contracts = specifier(dirname(subject.file), subject.contracts);
  const rules: ContextItem = {
    id: 'rules',
    kind: 'rules',
    pinned: true,
    text: renderPrompt('rules', {
      file: basename(subject.file),
      contract: subject.contract,
      imports: subject.imports.map((one) => `\`${one}\`${namesOf(one, contracts)}`).join(', '),
      world: worldLines(subject.task),
      needs: Object.values(subject.task.needs ?? {}).some((list) => list.length > 0),
      errorHandling: includeErrorHandling,
      comments: includeComments,
    }),
  };
  const question = renderPrompt('task', {
    task: subject.task.name,
    system: subject.system.name,
    skeleton: skeletonOf(subject, places),
    fewest,
  });
  const room = limitTokens - estimateTokens(question);
  const context = buildContext([rules, ...sliceOf(subject, places)], { limitTokens: room, weights });
  const { system, messages } = contextMessages(context, question);
  const message = messages[0].text;
  return {
    system,
    message,
    tokens: estimateTokens(system) + estimateTokens(message),
    version: promptVersion,
    hash: digest({ system, message, templates: templatesHash() }),
    context: context.report,
  };
}

/** What may be taken out of a module. */
function namesOf(module: string, contracts: string): string {
  if (module === contracts) return ' (the contracts)';
  const names = [...(importable.get(module) ?? ['*'])];
  return names.includes('*') ? '' : ` (${names.join(', ')})`;
}

/** The module as it begins: the imports that are right, and the type of the function. */
function skeletonOf(subject: Subject, places: Places): string {
  const { text } = taskStub(subject.system, subject.task.name, { ...places, toolVersion: '' });
  return text
    .replace(', NotImplementedError', '')
    .replace(/\(_input, \{ runId, step, attempt \}\) => \{[^]*$/, 'async (input, context) => {\n  …\n});')
    .trimEnd();
}

/** What goes back to the model: what is wrong, and nothing else. */
export function repairMessage(stage: string, problems: readonly Diagnostic[]): string {
  const shown = problems.slice(0, mostProblems).map(problemLine);
  return renderPrompt('repair', { stage, problems: shown, more: problems.length - shown.length });
}

/** Asks for cases that tell more, for the same code. */
export function moreCasesMessage(why: string, problems: readonly Diagnostic[]): string {
  return renderPrompt('more-cases', { why, problems: problems.slice(0, mostProblems).map(problemLine) });
}

function problemLine({ line, column, message, hint }: Diagnostic): string {
  const text = message.replaceAll('\n', '\n  ');
  return `line ${line}:${column}: ${text}${hint === undefined ? '' : ` (${hint})`}`.slice(0, 1200);
}
