import { event, flow, system, task } from 'millrace';
import { z } from 'zod';

/** Keeps a search index of a folder of documents, reading again only what has changed. */
export default system('ingest', { version: '1.0.0', description: 'Document ingestion' });

// Schemas ---------------------------------------------------------------------

/** A folder of documents, and the folder in which its index is kept. */
const Job = z.object({ folder: z.string().min(1), index: z.string().min(1) });
const Document = z.object({ path: z.string(), bytes: z.int().min(0) });
const Summary = z.object({
  documents: z.int(),
  indexed: z.int(),
  unchanged: z.int(),
  words: z.int(),
  file: z.string(),
});

/** Documents of one format are read by one reader; what no reader knows is left out, and said to be. */
const formats: Readonly<Record<string, 'prose' | 'table'>> = { md: 'prose', txt: 'prose', csv: 'table' };
function formatOf(path: string): 'prose' | 'table' | 'other' {
  return formats[path.slice(path.lastIndexOf('.') + 1)] ?? 'other';
}

// Events ----------------------------------------------------------------------

/** Somebody put documents into a folder. */
export const documentsArrived = event('documentsArrived', { payload: Job });

export const folderIngested = event('folderIngested', { payload: Summary.extend({ folder: z.string() }) });

// Tasks -----------------------------------------------------------------------

/** Lists the documents of a folder and of those below it, in the order of their names. */
export const listDocuments = task('listDocuments', {
  input: z.object({ folder: z.string() }),
  output: z.array(Document),
  idempotent: true,
});

/** Hashes the content of a document and looks up whether the index already has it like that. */
export const fingerprint = task('fingerprint', {
  input: z.object({ folder: z.string(), index: z.string(), path: z.string() }),
  output: z.object({ hash: z.string(), state: z.enum(['new', 'changed', 'unchanged']) }),
  retry: { attempts: 3, delay: '1s' },
  concurrency: 8,
  idempotent: true,
});

/** Counts the words of a text. */
export const readProse = task('readProse', {
  input: z.object({ folder: z.string(), path: z.string() }),
  output: z.object({ title: z.string(), counts: z.record(z.string(), z.int()) }),
  retry: { attempts: 3, delay: '1s' },
  idempotent: true,
});

/** Counts the words in the cells of a table; its title is its header. */
export const readTable = task('readTable', {
  input: z.object({ folder: z.string(), path: z.string() }),
  output: z.object({ title: z.string(), counts: z.record(z.string(), z.int()) }),
  retry: { attempts: 3, delay: '1s' },
  idempotent: true,
});

/** Stores what was read of a document under the hash of its content. */
export const storeEntry = task('storeEntry', {
  input: z.object({
    index: z.string(),
    path: z.string(),
    hash: z.string(),
    title: z.string(),
    counts: z.record(z.string(), z.int()),
  }),
  output: z.object({ words: z.int() }),
  // However many documents there are, a few files are written at a time, and what was read goes before what is not.
  concurrency: 4,
  priority: 1,
  breaker: { failures: 5, per: '1m', reset: '30s' },
  idempotent: true,
});

/** Writes the index anew from the entries of the documents that are there. */
export const writeIndex = task('writeIndex', {
  input: z.object({ index: z.string(), paths: z.array(z.string()) }),
  output: z.object({ file: z.string(), words: z.int(), documents: z.int() }),
  idempotent: true,
});

// Flows -----------------------------------------------------------------------

/** Brings one document into the index, unless the index has it as it is. */
export const ingestDocument = flow(
  'ingestDocument',
  {
    input: z.object({ folder: z.string(), index: z.string(), path: z.string() }),
    output: z.object({ path: z.string(), outcome: z.enum(['indexed', 'unchanged', 'left out']) }),
  },
  (f) =>
    f
      .step('print', ({ input }) => fingerprint(input))
      .branch('reading', ({ input, print }) => (print.state === 'unchanged' ? 'unchanged' : formatOf(input.path)), {
        unchanged: (f) => f.returns(() => ({ outcome: 'unchanged' as const })),
        other: (f) => f.returns(() => ({ outcome: 'left out' as const })),
        prose: (f) =>
          f
            .step('text', ({ input }) => readProse({ folder: input.folder, path: input.path }))
            .step('stored', ({ input, print, text }) =>
              storeEntry({ index: input.index, path: input.path, hash: print.hash, ...text }),
            )
            .returns(() => ({ outcome: 'indexed' as const })),
        table: (f) =>
          f
            .step('cells', ({ input }) => readTable({ folder: input.folder, path: input.path }))
            .step('stored', ({ input, print, cells }) =>
              storeEntry({ index: input.index, path: input.path, hash: print.hash, ...cells }),
            )
            .returns(() => ({ outcome: 'indexed' as const })),
      })
      .returns(({ input, reading }) => ({ path: input.path, outcome: reading.outcome })),
);

/** A whole folder: killed in the middle, it goes on with the first document that is not done. */
export const ingestFolder = flow(
  'ingestFolder',
  { input: Job, output: Summary, on: documentsArrived, timeout: '1d' },
  (f) =>
    f
      .step('documents', ({ input }) => listDocuments({ folder: input.folder }))
      .map(
        'done',
        ({ documents }) => documents,
        (f) =>
          f.step('document', ({ input, item }) =>
            ingestDocument({ folder: input.folder, index: input.index, path: item.path }),
          ),
        { concurrency: 4 },
      )
      .step('written', ({ input, done }) =>
        writeIndex({
          index: input.index,
          paths: done.filter(({ outcome }) => outcome !== 'left out').map(({ path }) => path),
        }),
      )
      .emit('announced', ({ input, done, written }) =>
        folderIngested({ folder: input.folder, ...summarise(done, written) }),
      )
      .returns(({ done, written }) => summarise(done, written)),
);

function summarise(
  done: readonly { readonly outcome: 'indexed' | 'unchanged' | 'left out' }[],
  written: { readonly file: string; readonly words: number; readonly documents: number },
): z.infer<typeof Summary> {
  const count = (outcome: string): number => done.filter((one) => one.outcome === outcome).length;
  return { ...written, indexed: count('indexed'), unchanged: count('unchanged') };
}
