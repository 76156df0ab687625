import { toErrorRecord } from '../../../core/index.ts';
import { readConfig } from '../../../project/config/config.ts';
import type { Io } from '../../kit/io.ts';
import { span } from '../../kit/table.ts';
import { asData, inWords } from '../../models/in-words.ts';
import { noProvider } from '../../models/no-provider.ts';
import { openProjectModels } from '../../models/open.ts';
import type { ProjectProvider } from '../../models/providers.ts';

/** The options of `dsl models check`. */
export interface CheckOptions {
  readonly provider?: string;
}

type Tried = ReturnType<typeof asData> & {
  readonly words: string;
  readonly answers?: boolean;
  readonly took?: number;
  readonly error?: { readonly code: string; readonly message: string };
};

/** Tries the providers. Exit code 1 when none can be asked, or one does not answer. */
export async function checkModels(io: Io, _file: string | undefined, { provider }: CheckOptions): Promise<number> {
  const { providers } = openProjectModels(await readConfig(io.cwd), io, { provider });
  if (!providers.some(({ readiness }) => readiness.ready)) throw noProvider(providers, 'A check');
  const tried = await Promise.all(providers.map((one) => tryOut(one, io.interrupted)));
  const ok = tried.every(({ answers }) => answers !== false);
  if (io.json) io.document({ ok, providers: tried });
  else for (const one of tried) io.out(line(io, one));
  return ok ? 0 : 1;
}

function line(io: Io, { name, words, answers, took = 0, error }: Tried): string {
  if (error !== undefined) return `${io.paint('red', '✗')} ${name}: ${error.message} (${error.code})`;
  if (answers === true) return `${io.paint('green', '✓')} ${name}: ${words}; answered in ${span(took)}`;
  return `${io.paint('dim', '·')} ${name}: ${words}`;
}

async function tryOut(one: ProjectProvider, signal: AbortSignal): Promise<Tried> {
  const about = { ...asData(one), words: inWords(one) };
  if (!one.readiness.ready) return about;
  const begun = performance.now();
  try {
    await one.provider.check({ signal });
    return { ...about, answers: true, took: Math.round(performance.now() - begun) };
  } catch (error) {
    const { code, message } = toErrorRecord(error);
    return { ...about, answers: false, error: { code, message } };
  }
}
