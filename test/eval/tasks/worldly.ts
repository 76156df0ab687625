import { fails, gives, moduleOf, type EvalTask } from '../eval-task.ts';

const rates = (base: string, rate: number, status = 200) => ({
  fakes: { fetch: [{ url: `https://rates.test/${base}`, status, json: { rates: { EUR: rate } } }] },
});

export const convertMoney: EvalTask = {
  name: 'convertMoney',
  declaration: `/** Converts cents of a currency to cents of EUR: GET https://rates.test/USD gives { rates: { EUR: 0.92 } }. Rounds half up. When the service answers with anything but 200 it is NO_RATE. */
export const convertMoney = task('convertMoney', {
  input: z.object({ cents: z.int().min(0).max(1_000_000), currency: z.string().regex(/^[A-Z]{3}$/) }),
  output: z.object({ cents: z.int() }),
  errors: ['NO_RATE'],
  needs: { net: ['rates.test'] },
});`,
  hidden: [
    gives('dollars', { cents: 1000, currency: 'USD' }, { cents: 920 }, rates('USD', 0.92)),
    gives('half up', { cents: 1, currency: 'GBP' }, { cents: 2 }, rates('GBP', 1.5)),
    fails('unknown', { cents: 1, currency: 'XXX' }, 'NO_RATE', rates('XXX', 1, 404)),
  ],
  answers: [
    {
      code: moduleOf(
        'convertMoney',
        `async ({ cents, currency }, { fetch, signal }) => {
  const response = await fetch(\`https://rates.test/\${currency}\`, { signal });
  if (response.status !== 200) throw new NonRetryableError('There is no rate.', { code: 'NO_RATE' });
  const { rates } = Answer.parse(await response.json());
  return { cents: Math.round(cents * rates.EUR) };
}`,
        { imports: 'NonRetryableError', top: 'const Answer = z.object({ rates: z.object({ EUR: z.number() }) });' },
      ).replace("from 'millrace/tasks';", "from 'millrace/tasks';\nimport { z } from 'zod';"),
      cases: [
        gives('down', { cents: 100, currency: 'USD' }, { cents: 92 }, rates('USD', 0.92)),
        gives('rounds', { cents: 3, currency: 'GBP' }, { cents: 4 }, rates('GBP', 1.17)),
        gives('half', { cents: 1, currency: 'GBP' }, { cents: 1 }, rates('GBP', 0.5)),
        fails('down service', { cents: 1, currency: 'USD' }, 'NO_RATE', rates('USD', 1, 503)),
        fails('made, not given', { cents: 1, currency: 'USD' }, 'NO_RATE', rates('USD', 1, 201)),
      ],
    },
  ],
};

export const archiveNote: EvalTask = {
  name: 'archiveNote',
  declaration: `/** Writes a note to notes/<id>.md: the title as a heading, an empty line, the text, and a line break at the end. Publishes noteArchived with the id and the number of characters of the text. A note that is there already is NOTE_EXISTS. */
export const archiveNote = task('archiveNote', {
  input: z.object({ id: z.string().regex(/^[a-z]{1,12}$/), title: z.string(), text: z.string() }),
  output: z.object({ path: z.string() }),
  errors: ['NOTE_EXISTS'],
  needs: { fs: ['notes/**'] },
});`,
  hidden: [
    gives(
      'a note',
      { id: 'mill', title: 'Mill', text: 'Race.' },
      { path: 'notes/mill.md' },
      {
        expect: {
          output: { path: 'notes/mill.md' },
          files: { 'notes/mill.md': '# Mill\n\nRace.\n' },
          emits: [{ event: 'noteArchived', payload: { id: 'mill', characters: 5 } }],
        },
      },
    ),
    fails('there already', { id: 'mill', title: 'Mill', text: '' }, 'NOTE_EXISTS', {
      fakes: { files: { 'notes/mill.md': 'x' } },
      expect: { error: 'NOTE_EXISTS', files: { 'notes/mill.md': 'x' } },
    }),
  ],
  answers: [
    {
      code: moduleOf(
        'archiveNote',
        `async ({ id, title, text }, { fs, emit }) => {
  const path = \`notes/\${id}.md\`;
  if (await fs.exists(path)) throw new NonRetryableError('The note is there already.', { code: 'NOTE_EXISTS' });
  await fs.write(path, \`# \${title}\\n\\n\${text}\\n\`);
  emit(noteArchived({ id, characters: text.length }));
  return { path };
}`,
        { imports: 'NonRetryableError', events: 'noteArchived' },
      ),
      cases: [
        gives(
          'writes',
          { id: 'a', title: 'T', text: 'xy' },
          { path: 'notes/a.md' },
          {
            expect: {
              output: { path: 'notes/a.md' },
              files: { 'notes/a.md': '# T\n\nxy\n' },
              emits: [{ event: 'noteArchived', payload: { id: 'a', characters: 2 } }],
            },
          },
        ),
        gives(
          'another',
          { id: 'b', title: '', text: '' },
          { path: 'notes/b.md' },
          {
            expect: {
              output: { path: 'notes/b.md' },
              emits: [{ event: 'noteArchived', payload: { id: 'b', characters: 0 } }],
            },
          },
        ),
        fails('exists', { id: 'a', title: 'T', text: 'x' }, 'NOTE_EXISTS', { fakes: { files: { 'notes/a.md': '' } } }),
      ],
    },
  ],
};

export const makeTicket: EvalTask = {
  name: 'makeTicket',
  declaration: `/** Makes a ticket: its id is a new id after the prefix of the variable TICKET_PREFIX ('T' when it is not set) and a '-'; it ends an hour from now, in ms since 1970. */
export const makeTicket = task('makeTicket', {
  input: z.object({ seat: z.int().min(1).max(500) }),
  output: z.object({ id: z.string(), seat: z.int(), until: z.int() }),
  needs: { env: ['TICKET_PREFIX'] },
});`,
  hidden: [
    gives(
      'no prefix',
      { seat: 1 },
      { id: 'T-00000000-0000-4000-8000-000000000001', seat: 1, until: 3_600_000 },
      { fakes: { now: 0 } },
    ),
    gives(
      'a prefix',
      { seat: 9 },
      { id: 'VIP-00000000-0000-4000-8000-000000000001', seat: 9, until: 3_600_005 },
      { fakes: { now: 5, env: { TICKET_PREFIX: 'VIP' } } },
    ),
  ],
  answers: [
    {
      // The time of the machine: refused by reading it, and mended.
      code: moduleOf(
        'makeTicket',
        `({ seat }, ctx) => ({ id: \`T-\${ctx.newId()}\`, seat, until: Date.now() + 3_600_000 })`,
      ),
      cases: [
        gives(
          'one',
          { seat: 1 },
          { id: 'T-00000000-0000-4000-8000-000000000001', seat: 1, until: 3_600_000 },
          { fakes: { now: 0 } },
        ),
      ],
    },
    {
      code: moduleOf(
        'makeTicket',
        `({ seat }, { env, now, newId }) => ({
  id: \`\${env('TICKET_PREFIX') ?? 'T'}-\${newId()}\`,
  seat,
  until: now() + 3_600_000,
})`,
      ),
      cases: [
        gives(
          'one',
          { seat: 1 },
          { id: 'T-00000000-0000-4000-8000-000000000001', seat: 1, until: 3_600_000 },
          { fakes: { now: 0 } },
        ),
        gives(
          'prefix',
          { seat: 2 },
          { id: 'X-00000000-0000-4000-8000-000000000001', seat: 2, until: 3_600_007 },
          { fakes: { now: 7, env: { TICKET_PREFIX: 'X' } } },
        ),
      ],
    },
  ],
};
