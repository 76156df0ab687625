import type { RestateReader } from '../../../restate/index.ts';
import type { JournalRow, RunRow, Tables } from '../../../store/index.ts';
import { readConfig } from '../../../project/config/config.ts';
import { onRestate } from '../../systems/engine.ts';
import { readRestate } from '../../systems/on-restate.ts';
import { journalRow, runRow } from '../../systems/restate-rows.ts';
import { effective, rewoundOf } from '../../../runtime/rewind/rewound.ts';
import { runView } from '../../../runtime/views.ts';
import { usageOfRun, usageOfSteps } from '../../../runtime/models/usage.ts';
import type { UsageTotals } from '../../../llm/index.ts';
import { workViews, type WorkView } from '../../../runtime/workers/views.ts';
import { decisionsOf, type DecisionView } from '../../../runtime/decisions.ts';
import { CliError } from '../../../project/kit/failure.ts';
import type { Io } from '../../kit/io.ts';
import { nearest } from '../../../core/index.ts';
import { json, readStore, time } from '../../kit/read-store.ts';
import { shorten, span, table } from '../../kit/table.ts';
import { toolLines, toolsOfRun, type UsedTool } from './tools.ts';
import { usageDocument, usageText } from './usage-text.ts';
import { asks, summary } from './list.ts';
import { statusStyle } from './status-style.ts';

interface Options {
  readonly db?: string;
  readonly engine?: string;
  readonly system?: string;
}

/** Prints one run with its journal. */
export async function showRun(io: Io, id: string, options: Options): Promise<number> {
  const restate = onRestate(io, await readConfig(io.cwd), options);
  const found =
    restate === undefined
      ? await readStore(io, options.db, (tables, file) => inStore(tables, file, id))
      : await readRestate(io, restate, options.system, (reader, where) => inRestate(reader, where, id));
  if (io.json) {
    const counting = new Set(effective(found.journal));
    io.document({
      ...summary(found.run),
      ...asks(found.asked, id),
      input: json(found.run.input),
      output: json(found.run.output),
      errors: json(found.run.errors) ?? [],
      children: found.children.map((child) => child.id),
      ...(found.used === undefined
        ? {}
        : {
            usage: {
              ...usageDocument(found.used),
              steps: [...found.usedBy].map(([step, used]) => ({ step, ...usageDocument(used) })),
            },
          }),
      ...(found.tools.length === 0 ? {} : { tools: found.tools }),
      ...(found.untaken.length === 0 ? {} : { untaken: found.untaken.map(({ step, task }) => ({ step, task })) }),
      ...(found.run.forked === null ? {} : { forked: runView(found.run).forked }),
      journal: found.journal.map((row) => ({
        seq: row.seq,
        at: time(row.at),
        kind: row.kind,
        path: row.path,
        ...(row.name === null ? {} : { name: row.name }),
        attempt: row.attempt,
        ...(row.place === null ? {} : { place: row.place }),
        data: json(row.data),
        ...(counting.has(row) || row.kind === 'rewound' ? {} : { counts: false }),
      })),
    });
  } else {
    print(io, found);
    for (const { step, task } of found.untaken)
      io.note(
        `Nobody has taken ${step} for a long time: is there a worker for ${task}? \`dsl work FILE --tasks ${task}\``,
      );
  }
  return 0;
}

function inStore(tables: Tables, file: string, id: string): Found {
  const run = tables.runs.get(id);
  if (run === undefined) {
    const some = tables.runs.list({ limit: 1000 });
    throw noRun(
      id,
      file,
      some.map((row) => row.id),
    );
  }
  return {
    run,
    journal: tables.journal.of(id),
    children: tables.runs.list({ parent: id }),
    asked: decisionsOf(tables, id),
    used: usageOfRun(tables, id),
    usedBy: usageOfSteps(tables, id),
    tools: toolsOfRun(tables, id),
    untaken: workViews(tables).filter((work) => work.runId === id && work.untaken === true),
  };
}

async function inRestate(reader: RestateReader, where: string, id: string): Promise<Found> {
  const run = await reader.status(id);
  if (run === undefined) {
    const some = await reader.list({ limit: 200 });
    throw noRun(
      id,
      where,
      some.map((view) => view.id),
    );
  }
  const [journal, children, asked] = await Promise.all([
    reader.journal(id),
    reader.list({ parent: id }),
    reader.decisions(id),
  ]);
  return {
    run: runRow(run),
    journal: journal.map((line) => journalRow(id, line)),
    children: children.map(runRow),
    asked,
    used: undefined,
    usedBy: new Map(),
    tools: [],
    untaken: [],
  };
}

function noRun(id: string, where: string, some: readonly string[]): CliError {
  const like = nearest(id, some);
  return new CliError('MR2013', `There is no run '${id}' in ${where}.`, {
    hint: like === undefined ? '`dsl runs list` shows what there is.' : `Did you mean ${like}?`,
  });
}

/** What a line says that took others back. */
function wentBack(data: string | null): string {
  const { by, reason, drops } = rewoundOf({ data });
  return `${by === null || reason.includes(by) ? '' : `${by}: `}${reason}${drops.length === 0 ? '' : ` Again: ${drops.map((path) => (path === '' ? 'all of it' : path)).join(', ')}`}`;
}

/** What a line says, for people: times as times, the key of a wait without JSON in JSON. */
function readable({ kind, data }: JournalRow): string {
  if (kind === 'verified') return (json(data) as { readonly summary?: string } | null)?.summary ?? data ?? '';
  if (kind === 'rewound') return wentBack(data);
  if (kind === 'sleeping' && data !== null && /^\d+$/.test(data)) return `until ${time(Number(data))}`;
  if (kind !== 'waiting' && kind !== 'received') return data ?? '';
  const { key, ...more } = (json(data) ?? {}) as { readonly key?: string };
  if (key === undefined || !key.startsWith('{')) return data ?? '';
  return JSON.stringify({ key: json(key), ...more });
}

interface Found {
  readonly run: RunRow;
  readonly journal: readonly JournalRow[];
  readonly children: readonly RunRow[];
  readonly asked: readonly DecisionView[];
  readonly used: UsageTotals | undefined;
  readonly usedBy: ReadonlyMap<string, UsageTotals>;
  readonly tools: readonly UsedTool[];
  readonly untaken: readonly WorkView[];
}

function print(io: Io, { run, journal, children, asked, used, usedBy, tools }: Found): void {
  const fact = (name: string, value: string | null): void => {
    if (value !== null) io.out(`${io.paint('dim', name.padEnd(9))} ${value}`);
  };
  io.out(`${io.paint('bold', run.target)} ${run.id} ${io.paint(statusStyle[run.status], run.status)}`);
  fact('started', time(run.created));
  if (run.ended !== null) fact('ended', `${time(run.ended)} (${span(run.ended - run.created)})`);
  fact('input', run.input);
  fact('output', run.output);
  fact('error', run.error);
  fact('errors', run.errors);
  if (used !== undefined) fact('models', usageText(used));
  for (const [step, ofStep] of usedBy) fact('', `${step}: ${usageText(ofStep)}`);
  for (const line of toolLines(tools)) fact('tools', line);
  fact('parent', run.parent);
  if (run.forked !== null) fact('forked', (JSON.parse(run.forked) as { run: string }).run);
  if (run.machine !== null) fact('for', `${run.machine} ${run.instance ?? ''}`);
  if (children.length > 0) fact('children', children.map((child) => `${child.id} (${child.status})`).join(', '));
  for (const { step, message, form, until } of asked) {
    fact('decide', `${step}${message === undefined ? '' : `: ${message}`}`);
    if (form !== undefined) fact('  form', JSON.stringify(form));
    if (until !== undefined) fact('  until', time(until));
  }
  const counting = new Set(effective(journal));
  const lines = journal.map((row) => [
    // A fork keeps the times of what it was made of.
    io.paint('dim', row.at < run.created ? 'before' : `+${span(row.at - run.created)}`),
    counting.has(row) || row.kind === 'rewound' ? row.kind : io.paint('dim', `(${row.kind})`),
    row.path,
    row.name ?? '',
    row.attempt > 1 ? `attempt ${row.attempt}` : '',
    io.paint('dim', shorten(readable(row), 70)),
  ]);
  if (lines.length > 0) io.out(`\n${table(lines)}`);
}
