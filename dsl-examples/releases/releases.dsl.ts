import { event, flow, system, task } from 'millrace';
import { z } from 'zod';

/** Publishes a handbook every night: checks it, asks a person, and hands it to whichever mirror is up first. */
export default system('releases', { version: '1.0.0', description: 'Nightly releases' });

// Schemas ---------------------------------------------------------------------

/** Where the pages are, and where the parcels of releases go. */
const Job = z.object({ folder: z.string().min(1), mirrors: z.string().min(1) });
const Parcel = z.object({ file: z.string(), sha256: z.string(), bytes: z.int() });
const Verdict = z.object({ note: z.string().default('') });

// Events ----------------------------------------------------------------------

export const released = event('released', {
  payload: z.object({ mirror: z.string(), sha256: z.string(), by: z.string() }),
});

// Tasks -----------------------------------------------------------------------

/** Lists the pages of a handbook, in the order of their names. */
export const listPages = task('listPages', {
  input: z.object({ folder: z.string() }),
  output: z.array(z.string()),
  idempotent: true,
});

/** Looks whether every link between pages leads somewhere. One that does not fails with DEAD_LINK. */
export const checkLinks = task('checkLinks', {
  input: z.object({ folder: z.string(), pages: z.array(z.string()) }),
  output: z.object({ links: z.int() }),
  errors: ['DEAD_LINK'],
  idempotent: true,
});

/** Counts the words of all pages. */
export const countWords = task('countWords', {
  input: z.object({ folder: z.string(), pages: z.array(z.string()) }),
  output: z.object({ words: z.int() }),
  idempotent: true,
});

/** Puts all pages into one file, which is named by its content. */
export const pack = task('pack', {
  input: z.object({ folder: z.string(), pages: z.array(z.string()) }),
  output: Parcel,
  idempotent: true,
});

/** Waits until a mirror takes parcels: it has a file `open`. Until then the attempt fails with CLOSED, and is made again. */
export const knock = task('knock', {
  input: z.object({ mirrors: z.string(), mirror: z.string() }),
  output: z.object({ mirror: z.string() }),
  errors: ['CLOSED'],
  retry: { attempts: 60, backoff: 'fixed', delay: '10s' },
  idempotent: true,
});

/** Copies a parcel to a mirror. */
export const upload = task('upload', {
  input: z.object({ mirrors: z.string(), mirror: z.string(), parcel: Parcel }),
  output: z.object({ mirror: z.string(), file: z.string() }),
  idempotent: true,
});

/** Takes a parcel back from a mirror. */
export const withdraw = task('withdraw', {
  input: z.object({ file: z.string() }),
  output: z.void(),
  idempotent: true,
});

// Flows -----------------------------------------------------------------------

/** One release. It starts by itself at night, and a night that was missed is made good once. */
export const release = flow(
  'release',
  {
    input: Job,
    output: z.object({ outcome: z.enum(['released', 'refused', 'forgotten']), mirror: z.string().optional() }),
    schedule: {
      cron: '30 3 * * *',
      timeZone: 'Europe/Berlin',
      input: { folder: 'handbook', mirrors: 'mirrors' },
      missed: 'once',
      overlap: 'skip',
    },
  },
  (f) =>
    f
      .graph('built', (g) =>
        g
          .node('pages', ({ input }) => listPages({ folder: input.folder }))
          .node('links', ({ input, pages }) => checkLinks({ folder: input.folder, pages }), { needs: ['pages'] })
          .node('words', ({ input, pages }) => countWords({ folder: input.folder, pages }), { needs: ['pages'] })
          .node('parcel', ({ input, pages }) => pack({ folder: input.folder, pages }), {
            needs: ['pages', 'links', 'words'],
          }),
      )
      .approve('verdict', {
        message: ({ built }) =>
          `Release ${built.pages.length} pages of ${built.words.words} words, ${built.parcel.bytes} bytes?`,
        form: Verdict,
        timeout: '20h',
        onTimeout: 'continue',
      })
      .branch('end', ({ verdict }) => (verdict === undefined ? 'forgotten' : verdict.approved ? 'yes' : 'no'), {
        forgotten: (f) => f.returns(() => ({ outcome: 'forgotten' as const })),
        no: (f) => f.returns(() => ({ outcome: 'refused' as const })),
        yes: (f) =>
          f
            .race('taken', {
              north: (f) =>
                f
                  .step('up', ({ input }) => knock({ mirrors: input.mirrors, mirror: 'north' }))
                  .step('there', ({ input, built }) =>
                    upload({ mirrors: input.mirrors, mirror: 'north', parcel: built.parcel }),
                  )
                  .undo(({ there }) => withdraw({ file: there.file })),
              south: (f) =>
                f
                  .step('up', ({ input }) => knock({ mirrors: input.mirrors, mirror: 'south' }))
                  .step('there', ({ input, built }) =>
                    upload({ mirrors: input.mirrors, mirror: 'south', parcel: built.parcel }),
                  )
                  .undo(({ there }) => withdraw({ file: there.file })),
            })
            .emit('told', ({ taken, built, verdict }) =>
              released({ mirror: taken.winner, sha256: built.parcel.sha256, by: verdict?.by ?? '' }),
            )
            .returns(({ taken }) => ({ outcome: 'released' as const, mirror: taken.winner })),
      })
      .returns(({ end }) => end),
);
