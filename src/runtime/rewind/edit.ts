import type { JournalRow, RunRow } from '../../store/index.ts';
import { decodeJson, encodeJson } from '../../tasks/index.ts';
import type { Context } from '../context.ts';
import { RunError } from '../../engine/index.ts';
import type { Schema } from '../../flow/index.ts';
import { stepsOf, type Taken } from './rewound.ts';

/** Another input, as it was asked for. */
interface EditAsks {
  readonly fromStep?: string | undefined;
  readonly input?: unknown;
  readonly by?: string | undefined;
}

/**
 * The input that somebody gives to a step, or to the run at its very start, checked by its schema.
 *
 * @throws RunError MR3255.
 */
export function checkedEdit(
  { registry }: Pick<Context, 'registry'>,
  row: RunRow,
  rows: readonly JournalRow[],
  { fromStep, input, by }: EditAsks,
  taken: Taken,
): { readonly input: unknown } | undefined {
  const refuse = (why: string): RunError =>
    new RunError('MR3255', `Run '${row.id}' cannot go on like that: ${why}`, {
      details: { run: row.id, ...(fromStep === undefined ? {} : { step: fromStep }) },
    });
  if (by !== undefined && (by.trim() === '' || by.length > 200))
    throw refuse("who wants it ('by') takes 1 to 200 characters.");
  if (input === undefined) return undefined;
  const drops = stepsOf(taken);
  const path = fromStep ?? (drops.length === 1 ? drops[0] : undefined);
  if (path === undefined) throw refuse('an input needs the step that it is for (fromStep).');
  const schema = schemaAt();
  const encoded = encodeJson(input);
  const checked = encoded.ok ? decodeJson(schema, encoded.value) : encoded;
  if (!encoded.ok || !checked.ok)
    throw refuse(
      `the input for ${path === '' ? 'it' : `'${path}'`} is not valid: ${checked.ok ? '' : checked.problems}`,
    );
  return { input: JSON.parse(encoded.value ?? 'null') as unknown };

  function schemaAt(): Schema {
    const first = rows.find((line) => line.path === path);
    const name = first?.name ?? '';
    const found =
      path === ''
        ? row.kind === 'flow'
          ? registry.flow(row.target)?.contract.input
          : registry.task(row.target)?.input
        : first?.kind === 'started'
          ? registry.task(name)?.input
          : first?.kind === 'called'
            ? registry.flow(name)?.contract.input
            : first?.kind === 'emitted'
              ? registry.event(name)?.payload
              : undefined;
    if (found !== undefined) return found;
    throw refuse(`'${path}' takes no input. Tasks, flows and events do.`);
  }
}
