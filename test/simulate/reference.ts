import type { JournalRow, RunRow, Tables } from 'millrace/store';
import type { Body, Spec, Step } from './spec.ts';

/**
 * What a flow must have done, worked out from its description alone. Where the world has a say (which event came, who won,
 * when somebody cancelled) the journal is asked, and everything else has to follow from that.
 */
export function judgeRun(tables: Tables, row: RunRow): string[] {
  const judge = new Judge(tables, row);
  judge.all();
  return judge.wrong.map((wrong) => `run ${row.id}: ${wrong}`);
}

/** `cut`: it was stopped from outside before its end. */
type Outcome =
  | { readonly end: 'value'; readonly value: string }
  | { readonly end: 'failed'; readonly messages: readonly string[] }
  | { readonly end: 'cut' };

interface Undo {
  readonly path: string;
  readonly seq: number;
}

const tries = 3;

class Judge {
  readonly wrong: string[] = [];
  readonly #tables: Tables;
  readonly #row: RunRow;
  readonly #lines: readonly JournalRow[];
  /** Finished steps that have an undo. */
  readonly #undoable: Undo[] = [];
  /** Where what was done is undone although the run goes on, and from which line on. */
  readonly #regions: { readonly prefix: string; readonly from: number }[] = [];
  readonly #stop: JournalRow | undefined;

  constructor(tables: Tables, row: RunRow) {
    this.#tables = tables;
    this.#row = row;
    this.#lines = tables.journal.of(row.id);
    this.#stop = this.#lines.find(({ kind }) => kind === 'stopping');
  }

  all(): void {
    const { status, output, error } = this.#row;
    const { body } = JSON.parse(this.#row.input ?? '{"body":[]}') as Spec;
    const outcome = this.#body(body, '');
    const reason =
      this.#stop === undefined ? undefined : (JSON.parse(this.#stop.data ?? '{}') as { reason: string }).reason;
    const expected =
      reason === 'cancel'
        ? 'cancelled'
        : reason === 'timeout' || outcome.end === 'failed'
          ? 'failed'
          : outcome.end === 'value'
            ? 'completed'
            : 'stopped';
    if (status !== expected) this.wrong.push(`it is ${status}, and should be ${expected} (${JSON.stringify(outcome)})`);
    if (status === 'completed' && outcome.end === 'value' && output !== JSON.stringify(outcome.value))
      this.wrong.push(`its output is ${output ?? 'none'}, and should be "${outcome.value}"`);
    if (status === 'failed' && outcome.end === 'failed' && reason !== 'timeout') {
      const { message } = JSON.parse(error ?? '{}') as { readonly message: string };
      if (!outcome.messages.some((known) => message.includes(known)))
        this.wrong.push(`it failed with '${message}', and should have with one of ${outcome.messages.join(', ')}`);
    }
    if (this.#stop !== undefined && status === 'completed') this.wrong.push('it was stopped and is completed');
    if (this.#lines.some(({ seq }, index) => seq !== index + 1))
      this.wrong.push(`its lines have the numbers ${this.#lines.map(({ seq }) => seq).join()}`);
    this.#undos();
    this.#signals();
  }

  #body(body: Body, prefix: string): Outcome {
    let value = '';
    for (const [index, step] of body.entries()) {
      const outcome = this.#step(step, `${prefix}${step.do}${index}`);
      if (outcome.end === 'value') {
        value += outcome.value;
        continue;
      }
      for (const [later, next] of body.entries()) {
        const path = `${prefix}${next.do}${later}`;
        if (later > index && this.#touched(path))
          this.wrong.push(`'${path}' was begun although the step before it has not ended well`);
      }
      return outcome;
    }
    return { end: 'value', value };
  }

  #step(step: Step, path: string): Outcome {
    switch (step.do) {
      case 'work':
        return this.#work(step, path);
      case 'broken':
        return this.#work({ do: 'work', fails: 9, slow: 0, late: false, undo: false }, path);
      case 'sleep': {
        const [asked, slept] = [this.#line(path, 'sleeping'), this.#line(path, 'slept')];
        if (slept !== undefined && asked === undefined) this.wrong.push(`'${path}' has slept without beginning to`);
        if (asked !== undefined && Number(asked.data) !== asked.at + step.minutes * 60_000)
          this.wrong.push(`'${path}' sleeps until ${asked.data ?? ''}, not ${step.minutes} min from ${asked.at}`);
        return slept === undefined ? { end: 'cut' } : { end: 'value', value: '' };
      }
      case 'receive': {
        const got = this.#line(path, 'received');
        if (got !== undefined) {
          const { n } = (JSON.parse(got.data ?? '{}') as { readonly payload: { readonly n: number } }).payload;
          if (n !== step.n) this.wrong.push(`'${path}' waited for ${step.n} and took ${n}`);
          return { end: 'value', value: `got${step.n}` };
        }
        if (this.#line(path, 'timedOut') === undefined) return { end: 'cut' };
        if (!step.timeout) this.wrong.push(`'${path}' has no time limit and timed out`);
        return { end: 'value', value: 'none' };
      }
      case 'approve':
        return this.#line(path, 'decided') === undefined ? { end: 'cut' } : { end: 'value', value: 'ada' };
      case 'emit': {
        const source = `run ${this.#row.id} ${path}`;
        const told = this.#tables.events.list({}).filter((event) => event.source === source);
        const emitted = this.#line(path, 'emitted') !== undefined;
        if (told.length !== (emitted ? 1 : 0)) this.wrong.push(`'${path}' has published ${told.length} events`);
        return emitted ? { end: 'value', value: '' } : { end: 'cut' };
      }
      case 'child':
        return this.#child(step.body, path);
      case 'all':
        return this.#together(
          [
            [step.body, `${path}/a/`],
            [step.body.slice(1), `${path}/b/`],
          ],
          ([a, b]) => `(${a ?? ''}|${b ?? ''})`,
        );
      case 'map':
        return this.#together(
          [0, 1, 2].map((item) => [step.body, `${path}[${item}]/`] as const),
          (values) => `[${values.join()}]`,
        );
      case 'repeat': {
        const first = this.#body(step.body, `${path}[0]/`);
        const rest = first.end === 'value' && this.#line(`${path}[0]/~delay`, 'slept') !== undefined;
        const second = rest ? this.#body(step.body, `${path}[1]/`) : undefined;
        if (second === undefined && this.#touched(`${path}[1]`)) this.wrong.push(`'${path}' went on too early`);
        return second ?? (first.end === 'value' ? { end: 'cut' } : first);
      }
      case 'attempt':
        return this.#attempt(step.body, path);
      case 'race':
        return this.#race(step.body, path);
      case 'graph':
        return this.#graph(step.body, path);
      case 'branch': {
        const choice = String(step.body.length % 2 === 0);
        const chosen = this.#lines.find((line) => line.path === path && line.kind === 'chosen');
        if (chosen !== undefined && chosen.data !== choice)
          this.wrong.push(`'${path}' chose ${String(chosen.data)}, not ${choice}`);
        const other = `${path}/${choice === 'true' ? 'false' : 'true'}`;
        if (this.#touched(other)) this.wrong.push(`'${other}' was not chosen, and was begun`);
        if (chosen === undefined) return { end: 'cut' };
        return this.#body(choice === 'true' ? step.body : step.body.slice(1), `${path}/${choice}/`);
      }
    }
  }

  #work(step: Extract<Step, { do: 'work' }>, path: string): Outcome {
    const id = path.slice(path.lastIndexOf('/') + 1);
    const done = this.#line(path, 'completed');
    const failed = this.#line(path, 'failed');
    const bad = step.late ? Math.max(step.fails, 1) : step.fails;
    const retried = this.#lines.filter((line) => line.path === path && line.kind === 'retrying');
    const most = step.fails === 9 ? 0 : Math.min(bad, tries - 1);
    const wanted = done === undefined && failed === undefined ? retried.length : most;
    if (retried.some(({ attempt }, index) => attempt !== index + 1) || retried.length !== wanted || wanted > most)
      this.wrong.push(`'${path}' was put off after the tries ${retried.map(({ attempt }) => attempt).join()}`);
    if (done !== undefined) {
      if (bad >= tries) this.wrong.push(`'${path}' cannot have ended well`);
      if (done.attempt !== bad + 1) this.wrong.push(`'${path}' ended well at try ${done.attempt}, not ${bad + 1}`);
      if (done.data !== JSON.stringify(id)) this.wrong.push(`'${path}' gave ${done.data ?? 'nothing'}, not "${id}"`);
      if (step.undo) this.#undoable.push({ path, seq: done.seq });
      return { end: 'value', value: id };
    }
    if (failed === undefined) return { end: 'cut' };
    if (bad < tries) this.wrong.push(`'${path}' cannot have failed for good: ${failed.data ?? ''}`);
    return { end: 'failed', messages: [step.fails === 9 ? `broken ${id}` : `flaky ${id}`] };
  }

  #child(body: Body, path: string): Outcome {
    const rows = this.#tables.runs.list({ parent: this.#row.id }).filter(({ parentPath }) => parentPath === path);
    const [called, done, failed] = [
      this.#line(path, 'called'),
      this.#line(path, 'completed'),
      this.#line(path, 'failed'),
    ];
    if (rows.length !== (called === undefined ? 0 : 1)) this.wrong.push(`'${path}' has ${rows.length} runs`);
    const [row] = rows;
    if (row === undefined) return { end: 'cut' };
    if (JSON.stringify((JSON.parse(row.input ?? '{}') as Spec).body) !== JSON.stringify(body))
      this.wrong.push(`'${path}' was called with something else`);
    if (done !== undefined) {
      if (row.status !== 'completed' || done.data !== row.output)
        this.wrong.push(`'${path}' is told to be completed, and is ${row.status}`);
      return { end: 'value', value: JSON.parse(done.data ?? '""') as string };
    }
    if (failed === undefined) return { end: 'cut' };
    const { message } = JSON.parse(row.error ?? '{"message":""}') as { readonly message: string };
    return { end: 'failed', messages: [message] };
  }

  #together(parts: readonly (readonly [Body, string])[], join: (values: readonly string[]) => string): Outcome {
    const outcomes = parts.map(([body, prefix]) => this.#body(body, prefix));
    const messages = outcomes.flatMap((outcome) => (outcome.end === 'failed' ? outcome.messages : []));
    if (messages.length > 0) return { end: 'failed', messages };
    const values = outcomes.flatMap((outcome) => (outcome.end === 'value' ? [outcome.value] : []));
    return values.length < outcomes.length ? { end: 'cut' } : { end: 'value', value: join(values) };
  }

  #attempt(body: Body, path: string): Outcome {
    const tried = this.#body(body, `${path}/try/`);
    const caught = this.#line(path, 'caught');
    if (caught === undefined) {
      if (this.#touched(`${path}/catch`)) this.wrong.push(`'${path}' has caught nothing and went on`);
      return tried.end === 'failed' ? { end: 'cut' } : tried;
    }
    if (tried.end === 'value') this.wrong.push(`'${path}' has caught a failure, and there is none`);
    this.#regions.push({ prefix: `${path}/try/`, from: caught.seq });
    const handled = this.#body(body.slice(1), `${path}/catch/`);
    return handled.end === 'value' ? { end: 'value', value: `!${handled.value}` } : handled;
  }

  #race(body: Body, path: string): Outcome {
    const parts = { a: this.#body(body, `${path}/a/`), b: this.#body([...body, ...body], `${path}/b/`) };
    const won = this.#line(path, 'won');
    if (won === undefined) {
      const messages = Object.values(parts).flatMap((outcome) => (outcome.end === 'failed' ? outcome.messages : []));
      const lost = Object.values(parts).every(({ end }) => end === 'failed');
      return lost ? { end: 'failed', messages } : { end: 'cut' };
    }
    const winner = won.data === 'a' ? 'a' : 'b';
    const outcome = parts[winner];
    this.#regions.push({ prefix: `${path}/${winner === 'a' ? 'b' : 'a'}/`, from: won.seq });
    if (outcome.end === 'value') return { end: 'value', value: `${winner}:${outcome.value}` };
    this.wrong.push(`'${path}' was won by '${winner}', which has not ended well`);
    return outcome;
  }

  #graph(body: Body, path: string): Outcome {
    const node = { do: 'work', fails: 0, slow: 0, late: false, undo: false } as const;
    const [a, c] = [this.#work({ ...node, fails: 1 }, `${path}/a`), this.#child(body, `${path}/c`)];
    const begun = this.#line(`${path}/b`, 'started')?.seq ?? Infinity;
    for (const name of ['a', 'c'])
      if (begun < (this.#line(`${path}/${name}`, 'completed')?.seq ?? Infinity) && begun !== Infinity)
        this.wrong.push(`'${path}/b' was begun before the batch with '${name}' had ended`);
    const b = this.#work(node, `${path}/b`);
    if (c.end === 'failed') return c;
    if (a.end !== 'value' || b.end !== 'value' || c.end !== 'value') return { end: 'cut' };
    if (this.#line(path, 'closed') === undefined) return { end: 'cut' };
    return { end: 'value', value: `${a.value}${b.value}${c.value}` };
  }

  /** Each finished step is undone once where that is due, the newest first, and no other. */
  #undos(): void {
    const begun = this.#lines.filter(({ kind, path }) => kind === 'started' && path.endsWith('/~undo'));
    const of = (path: string) => this.#undoable.find((undo) => `${undo.path}/~undo` === path);
    for (const { path, seq } of this.#undoable) {
      const count = this.#lines.filter((line) => line.path === `${path}/~undo` && line.kind === 'completed').length;
      const due = this.#row.status !== 'completed' || this.#regions.some(({ prefix }) => path.startsWith(prefix));
      if (count !== (due ? 1 : 0))
        this.wrong.push(`'${path}' was undone ${count} times, and should be ${due ? 'once' : 'never'}`);
      const first = begun.find((line) => line.path === `${path}/~undo`);
      if (first !== undefined && first.seq < seq) this.wrong.push(`'${path}' was undone before it had ended`);
    }
    for (const { path } of begun) if (of(path) === undefined) this.wrong.push(`'${path}' undoes what was not done`);
    // What lost a race or failed within an attempt is undone for itself, also while the run is being stopped.
    const aside = (path: string): boolean => this.#regions.some(({ prefix }) => path.startsWith(prefix));
    const order = (prefix: string, from: number): void => {
      const due = begun.filter(
        ({ path, seq }) => path.startsWith(prefix) && seq > from && (prefix !== '' || !aside(path)),
      );
      const seqs = due.map(({ path }) => of(path)?.seq ?? 0);
      if (seqs.some((seq, index) => index > 0 && seq > (seqs[index - 1] ?? 0)))
        this.wrong.push(`below '${prefix}' it was undone in the order of lines ${seqs.join()}`);
    };
    order('', this.#stop?.seq ?? Infinity);
    for (const { prefix, from } of this.#regions) order(prefix, from);
  }

  /** Each event was taken once, the oldest first, none from before the run. */
  #signals(): void {
    const last = new Map<string, number>();
    const taken = new Set<string>();
    for (const { kind, path, data } of this.#lines) {
      if (kind !== 'received') continue;
      const { key, event: id } = JSON.parse(data ?? '{}') as { readonly key: string; readonly event: string };
      const event = this.#tables.events.get(id);
      if (event === undefined) this.wrong.push(`'${path}' has taken event ${id}, which does not exist`);
      else if (taken.has(id)) this.wrong.push(`'${path}' has taken event ${id}, which was taken before`);
      else if (event.seq <= this.#row.since)
        this.wrong.push(`'${path}' has taken event ${id}, which is older than the run`);
      else if (event.seq < (last.get(key) ?? 0)) this.wrong.push(`'${path}' has taken event ${id} after a newer one`);
      taken.add(id);
      last.set(key, event?.seq ?? 0);
    }
  }

  #line(path: string, kind: JournalRow['kind']): JournalRow | undefined {
    const found = this.#lines.filter((line) => line.path === path && line.kind === kind);
    if (found.length > 1) this.wrong.push(`'${path}' is '${kind}' ${found.length} times`);
    return found[0];
  }

  #touched(path: string): boolean {
    return this.#lines.some(
      (line) => line.path === path || line.path.startsWith(`${path}/`) || line.path.startsWith(`${path}[`),
    );
  }
}
