import { startWireServer, type WireScenario } from '../../../testing/wire-server/index.ts';
import { CliError } from '../../../project/kit/failure.ts';
import type { Io } from '../../kit/io.ts';

/** The options of `dsl models play`. */
export interface PlayOptions {
  readonly port?: number;
  readonly answer?: string;
  readonly scenario?: WireScenario;
}

/** Plays a provider until it is interrupted. Exit code 0. */
export async function playModels(io: Io, { port, answer, scenario }: PlayOptions): Promise<number> {
  const { interrupted } = io;
  const server = await startWireServer({
    ...(port === undefined ? {} : { port }),
    ...(answer === undefined ? {} : { answer }),
    ...(scenario === undefined ? {} : { scenario }),
  }).catch((error: NodeJS.ErrnoException) => {
    throw new CliError('MR2055', `Nothing can listen on port ${port ?? 0} (${error.code ?? error.message}).`, {
      hint: 'Leave --port out to get one that is free.',
    });
  });
  const env = {
    ANTHROPIC_BASE_URL: server.baseURL('messages'),
    OPENAI_BASE_URL: server.baseURL('responses'),
    GEMINI_BASE_URL: server.baseURL('chat'),
  };
  if (io.json) io.document({ env });
  else for (const [name, value] of Object.entries(env)) io.out(`export ${name}=${value}`);
  io.note('Plays Anthropic, OpenAI and Gemini until Ctrl-C. No key is needed, and nothing is thought.');
  let told = 0;
  const tell = (): void => {
    for (const { n, protocol, model, scenario: did } of server.calls.slice(told))
      io.note(`${io.paint('cyan', '▸', 'note')} ${n}: ${model} (${protocol}): ${did}`);
    told = server.calls.length;
  };
  const telling = setInterval(tell, 100);
  await new Promise<void>((resolve) => {
    if (interrupted.aborted) resolve();
    interrupted.addEventListener('abort', () => resolve(), { once: true });
  });
  clearInterval(telling);
  tell();
  await server.close();
  io.note(`${server.calls.length} requests, of which ${server.paid()} would have been paid.`);
  return 0;
}
