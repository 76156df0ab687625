import { event, flow, machine, system, task } from 'millrace';
import { z } from 'zod';

/** Changes to a folder of texts: proposed, reviewed by rule and by a person, changed again, merged. */
export default system('review', { version: '1.0.0', description: 'Code review with a loop' });

// Schemas ---------------------------------------------------------------------

const ChangeId = z.string().regex(/^[\w-]+$/, 'letters, digits, _ and - only');
/** `base` is the folder to be changed; `proposal` holds the files as the author wants them. */
const Folders = z.object({ base: z.string().min(1), proposal: z.string().min(1) });
const FileChange = z.object({
  path: z.string(),
  kind: z.enum(['added', 'changed']),
  /** Of the file in `base`, which is what was reviewed; empty when it is new. */
  baseHash: z.string(),
  added: z.array(z.object({ line: z.int(), text: z.string() })),
  removed: z.int(),
});
const Finding = z.object({ path: z.string(), line: z.int(), rule: z.string(), message: z.string() });

// Events ----------------------------------------------------------------------

export const changeSubmitted = event('changeSubmitted', {
  payload: Folders.extend({ changeId: ChangeId, author: z.string().min(1) }),
});
/** The author has worked on it and hands it in again. */
export const changeRevised = event('changeRevised', { payload: z.object({ changeId: ChangeId }) });
/** A person's word. The rules can ask for changes by themselves, but only a person lets a change in. */
export const verdictGiven = event('verdictGiven', {
  payload: z.object({ changeId: ChangeId, approved: z.boolean(), by: z.string(), comment: z.string().default('') }),
});
export const changeWithdrawn = event('changeWithdrawn', { payload: z.object({ changeId: ChangeId }) });
export const changeMerged = event('changeMerged', {
  payload: z.object({ changeId: ChangeId, files: z.array(z.string()) }),
});

// Tasks -----------------------------------------------------------------------

/** The owner of most of the changed files, but never the author; read from `OWNERS` in the base folder. */
export const pickReviewer = task('pickReviewer', {
  input: z.object({ base: z.string(), author: z.string(), paths: z.array(z.string()) }),
  output: z.object({ reviewer: z.string() }),
  idempotent: true,
});

/** Compares the proposal with the base, file by file and line by line. An empty change fails with NOTHING_CHANGED. */
export const diffChange = task('diffChange', {
  input: Folders,
  output: z.array(FileChange),
  errors: ['NOTHING_CHANGED'],
  idempotent: true,
});

/** Looks at the lines that were added: length, trailing blanks, tabs, leftover notes, broken links to files. */
export const lintFile = task('lintFile', {
  input: z.object({ proposal: z.string(), base: z.string(), change: FileChange }),
  output: z.array(Finding),
  retry: { attempts: 2, delay: '1s' },
  idempotent: true,
});

/** Writes what was found, for the author to read. */
export const writeComments = task('writeComments', {
  input: z.object({
    proposal: z.string(),
    changeId: ChangeId,
    round: z.int(),
    reviewer: z.string(),
    findings: z.array(Finding),
    comment: z.string(),
  }),
  output: z.object({ file: z.string() }),
  idempotent: true,
});

/** Copies the proposal over the base. A base that has moved on since the review fails with CONFLICT. */
export const mergeChange = task('mergeChange', {
  input: Folders.extend({ changeId: ChangeId, changes: z.array(FileChange) }),
  output: z.object({ files: z.array(z.string()) }),
  errors: ['CONFLICT'],
  idempotent: true,
});

// Flows -----------------------------------------------------------------------

/** One round: what changed, what the rules say, who should look, and a file with comments when there is something to say. */
export const reviewRound = flow(
  'reviewRound',
  {
    input: Folders.extend({ changeId: ChangeId, author: z.string(), round: z.int() }),
    output: z.object({ reviewer: z.string(), changes: z.array(FileChange), findings: z.int() }),
  },
  (f) =>
    f
      .step('changes', ({ input }) => diffChange({ base: input.base, proposal: input.proposal }))
      .parallel('looked', {
        rules: (f) =>
          f.map(
            'files',
            ({ changes }) => changes,
            (f) =>
              f.step('linted', ({ input, item }) =>
                lintFile({ base: input.base, proposal: input.proposal, change: item }),
              ),
            { concurrency: 4 },
          ),
        person: (f) =>
          f.step('picked', ({ input, changes }) =>
            pickReviewer({ base: input.base, author: input.author, paths: changes.map((change) => change.path) }),
          ),
      })
      .branch('report', ({ looked }) => looked.rules.some((found) => found.length > 0), {
        true: (f) =>
          f.step('comments', ({ input, looked }) =>
            writeComments({
              proposal: input.proposal,
              changeId: input.changeId,
              round: input.round,
              reviewer: 'the rules',
              findings: looked.rules.flat(),
              comment: '',
            }),
          ),
        false: (f) => f.returns(() => undefined),
      })
      .returns(({ changes, looked }) => ({
        reviewer: looked.person.reviewer,
        changes,
        findings: looked.rules.flat().length,
      })),
);

/** A person said no: the author must be able to read why. */
export const tellAuthor = flow(
  'tellAuthor',
  {
    input: z.object({
      proposal: z.string(),
      changeId: ChangeId,
      round: z.int(),
      reviewer: z.string(),
      comment: z.string(),
    }),
  },
  (f) => f.step('comments', ({ input }) => writeComments({ ...input, findings: [] })),
);

// Machines --------------------------------------------------------------------

/** The life of one change. It ends `merged` or `abandoned`. */
export const change = machine('change', {
  key: 'changeId',
  context: z.object({
    base: z.string().default(''),
    proposal: z.string().default(''),
    changeId: z.string().default(''),
    author: z.string().default(''),
    reviewer: z.string().default(''),
    round: z.int().default(0),
    comment: z.string().default(''),
    changes: z.array(FileChange).default([]),
  }),
  events: { changeSubmitted, changeRevised, verdictGiven, changeWithdrawn },
  creates: ['changeSubmitted'],
  flows: { reviewRound, tellAuthor },
  tasks: { mergeChange },
}).states('proposed', {
  proposed: {
    on: {
      changeSubmitted: {
        target: 'open',
        assign: ({ event }) => ({
          base: event.base,
          proposal: event.proposal,
          changeId: event.changeId,
          author: event.author,
        }),
      },
    },
  },
  open: {
    initial: 'submitted',
    on: { changeWithdrawn: 'abandoned' },
    states: {
      /** The rules look first: they are faster than a person, and never tired. */
      submitted: {
        entry: { assign: ({ context }) => ({ round: context.round + 1 }) },
        run: {
          flow: 'reviewRound',
          input: ({ context }) => ({
            base: context.base,
            proposal: context.proposal,
            changeId: context.changeId,
            author: context.author,
            round: context.round,
          }),
          onDone: [
            {
              target: 'changesRequested',
              guard: ({ output }) => output.findings > 0,
              assign: ({ output }) => ({ comment: `${output.findings} findings of the rules` }),
            },
            { target: 'inReview', assign: ({ output }) => ({ reviewer: output.reviewer, changes: output.changes }) },
          ],
          onError: { target: 'changesRequested', assign: ({ error }) => ({ comment: error.message }) },
        },
      },
      /** A person looks. */
      inReview: {
        on: {
          verdictGiven: [
            { target: 'merging', guard: ({ event }) => event.approved },
            {
              target: 'changesRequested',
              assign: ({ event }) => ({ reviewer: event.by, comment: event.comment }),
              start: ({ context }) =>
                tellAuthor({
                  proposal: context.proposal,
                  changeId: context.changeId,
                  round: context.round,
                  reviewer: context.reviewer,
                  comment: context.comment,
                }),
            },
          ],
          // The author changed something while the reviewer was reading: what was read is not what would be merged.
          changeRevised: 'submitted',
        },
      },
      changesRequested: {
        on: { changeRevised: 'submitted' },
        after: { '30d': 'abandoned' },
      },
      merging: {
        run: {
          task: 'mergeChange',
          input: ({ context }) => ({
            base: context.base,
            proposal: context.proposal,
            changeId: context.changeId,
            changes: context.changes,
          }),
          onDone: {
            target: 'merged',
            emit: ({ context, output }) => changeMerged({ changeId: context.changeId, files: output.files }),
          },
          onError: { target: 'changesRequested', assign: ({ error }) => ({ comment: error.message }) },
        },
      },
    },
  },
  merged: { final: true },
  abandoned: { final: true },
});
