import { readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { canonicalJson } from '../../core/index.ts';
import { openSqlite, type JournalRow, type Tables } from '../../store/index.ts';
import { checkDatabase } from '../check/index.ts';
import { effective } from '../../runtime/rewind/rewound.ts';
import type { Told, Try } from './evidence.ts';

/** What is wrong, in words, by kind. */
export interface Verdict {
  /** What was acknowledged and is not there, or is there as something else. */
  readonly lost: string[];
  /** Steps, and tries, that were done again after their end was on the disk. */
  readonly repeated: string[];
  /** Everything else that must not be. */
  readonly violations: string[];
}

interface Standing {
  /** Steps that have ended. */
  readonly finished: ReadonlySet<string>;
  /** Of steps that are under way, which try: only this one may be made again. */
  readonly underWay: ReadonlyMap<string, number>;
}

/** Holds what a script told, and the effects that it left, against its database. */
export class Judge {
  readonly verdict: Verdict = { lost: [], repeated: [], violations: [] };
  /** How many effects there are, and how many of them are the second of a try that was under way at a kill. */
  effects = 0;
  again = 0;
  readonly #db: string;
  readonly #file: string;
  readonly #done = new Set<string>();
  readonly #told: Told[] = [];
  #before: Standing = { finished: new Set(), underWay: new Map() };

  constructor(db: string, file: string) {
    this.#db = db;
    this.#file = file;
  }

  get told(): readonly Told[] {
    return this.#told;
  }

  /** Judges what has come since the last time. The script is not running. False: there is nothing yet. */
  judge(told: readonly Told[], round: number): boolean {
    const { violations } = this.verdict;
    this.#told.push(...told);
    // Killed before it had made anything of its file.
    if (!this.#told.some(isPromise) && isEmpty(this.#db)) return false;
    for (const { at, message } of checkDatabase(this.#db)) violations.push(`round ${round}: ${at}: ${message}`);
    const store = openSqlite(this.#db, { readOnly: true });
    try {
      const { tables } = store;
      const now = standing(tables);
      this.#judgeEffects(tables, round);
      for (const each of this.#told) this.#judgeTold(tables, each, round);
      this.#before = now;
      return true;
    } finally {
      store.close();
    }
  }

  #judgeEffects(tables: Tables, round: number): void {
    const { repeated, violations } = this.verdict;
    const now = new Set<string>();
    const journals = new Map<string, readonly JournalRow[]>();
    const journal = (run: string): readonly JournalRow[] => {
      const rows = journals.get(run) ?? tables.journal.of(run);
      journals.set(run, rows);
      return rows;
    };
    for (const { runId, step, attempt } of effectsOf(this.#file).slice(this.effects)) {
      this.effects++;
      const key = `${runId} ${step}`;
      const one = `${key} ${attempt}`;
      const what = `round ${round}: try ${attempt} of '${step}' of run '${runId}'`;
      if (!journal(runId).some(({ path }) => path === step))
        violations.push(`${what} was made before the journal knew of it`);
      if (now.has(one)) violations.push(`${what} was made twice by one process`);
      now.add(one);
      if (this.#before.finished.has(key)) repeated.push(`${what} was made although the step had ended`);
      else if (this.#done.has(one)) {
        if (this.#before.underWay.get(key) === attempt) this.again++;
        else repeated.push(`${what} was made again although it was not under way`);
      }
      this.#done.add(one);
    }
  }

  #judgeTold({ runs, events }: Tables, told: Told, round: number): void {
    const { lost } = this.verdict;
    if (told.told === 'accepted' && runs.get(told.runId) === undefined)
      lost.push(`round ${round}: run '${told.runId}' was accepted and is not there`);
    if (told.told === 'sent' && events.get(told.eventId) === undefined)
      lost.push(`round ${round}: event '${told.eventId}' was acknowledged and is not there`);
    if (told.told !== 'ended') return;
    const row = runs.get(told.runId);
    const output = row?.output ?? 'null';
    if (row === undefined || row.ended === null || (row.status === 'completed') !== told.success)
      lost.push(`round ${round}: run '${told.runId}' had ended and is ${row?.status ?? 'not there'}`);
    else if (told.success && canonicalJson(JSON.parse(output)) !== canonicalJson(told.output))
      lost.push(`round ${round}: run '${told.runId}' had ended with ${JSON.stringify(told.output)} and has ${output}`);
  }
}

const isPromise = ({ told }: Told): boolean => told !== 'begun' && told !== 'effect';

function isEmpty(file: string): boolean {
  const db = new DatabaseSync(file, { readOnly: true, timeout: 5000 });
  try {
    return db.prepare('SELECT count(*) AS n FROM sqlite_schema').get()?.['n'] === 0;
  } finally {
    db.close();
  }
}

function standing(tables: Tables): Standing {
  const finished = new Set<string>();
  const underWay = new Map<string, number>();
  for (const { id } of tables.runs.list({})) {
    for (const { path, kind, attempt } of effective(tables.journal.of(id))) {
      const key = `${id} ${path}`;
      if (kind === 'started') underWay.set(key, 1);
      else if (kind === 'retrying') underWay.set(key, attempt + 1);
      else if (kind === 'completed' || kind === 'failed' || kind === 'cancelled') {
        underWay.delete(key);
        finished.add(key);
      }
    }
  }
  return { finished, underWay };
}

function effectsOf(file: string): Try[] {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return [];
  }
  // A line that the kill has cut off was never written to its end: its effect had not begun.
  return text
    .slice(0, text.lastIndexOf('\n') + 1)
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Try);
}
