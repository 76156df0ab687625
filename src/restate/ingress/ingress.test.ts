import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import { RecordedError } from '../../core/index.ts';
import { freePorts } from '../server/taken.ts';
import { ingressOf } from './ingress.ts';

interface Asked {
  readonly method: string;
  readonly url: string;
  readonly key: string | undefined;
}

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

/** A server that answers one request after the other as it is told, and notes what it was asked. */
async function answering(
  ...answers: readonly ((response: ServerResponse, request: IncomingMessage) => void)[]
): Promise<{ readonly url: string; readonly asked: readonly Asked[] }> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    const { method = '', url = '', headers } = request;
    asked.push({ method, url, key: headers['idempotency-key'] as string | undefined });
    request.resume();
    request.on('end', () => answers[Math.min(asked.length, answers.length) - 1]?.(response, request));
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', () => done()));
  ends.push(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as { port: number }).port}`, asked };
}

const gives =
  (status: number, body?: unknown) =>
  (response: ServerResponse): void => {
    response.statusCode = status;
    response.end(body === undefined ? '' : JSON.stringify(body));
  };

describe('calls through the ingress', () => {
  it('write keys of objects so that they stay one part of the path', async () => {
    const { url, asked } = await answering(gives(200, 1), gives(200));
    expect(await ingressOf(url).call({ service: 's', key: 'a/b c', handler: 'h', body: {} })).toBe(1);
    expect(await ingressOf(url).call({ service: 's', handler: 'h' })).toBeUndefined();
    expect(asked.map(({ url: path }) => path)).toEqual(['/s/a%2Fb%20c/h', '/s/h']);
  });

  it('ask again under the same key when a connection breaks, and give what it then gives', async () => {
    const { url, asked } = await answering(
      (response) => response.destroy(),
      gives(503, { message: 'no' }),
      gives(200, 'ok'),
    );
    expect(await ingressOf(url).call({ service: 's', handler: 'h' })).toBe('ok');
    expect(asked).toHaveLength(3);
    expect(asked[0]?.key).toMatch(/^x-/);
    expect(new Set(asked.map(({ key }) => key)).size).toBe(1);
  });

  it('join what is under way already', async () => {
    const { url, asked } = await answering(
      gives(409, { message: 'already invoked' }),
      gives(202, { invocationId: 'inv_1', status: 'PreviouslyAccepted' }),
      gives(200, 'joined'),
    );
    const asks = { service: 's', handler: 'run', idempotencyKey: 'r1' };
    expect(await ingressOf(url).call(asks)).toBe('joined');
    expect(asked.map(({ method, url: path }) => `${method} ${path}`)).toEqual([
      'POST /s/run',
      'POST /s/run/send',
      'GET /restate/invocation/inv_1/attach',
    ]);
  });

  it('fail with what the handler failed with, also when its status is one of those above', async () => {
    const error = { name: 'RunError', message: 'cancelled', code: 'MR3203', retryable: false, fault: 'input' };
    const ours = (status: number) =>
      gives(status, { message: 'm', metadata: { millrace: JSON.stringify({ status: 'cancelled', error }) } });
    const { url, asked } = await answering(ours(409), ours(503));
    for (const _ of [1, 2]) {
      const refused = ingressOf(url).call({ service: 's', handler: 'h' });
      await expect(refused).rejects.toBeInstanceOf(RecordedError);
      await expect(refused).rejects.toMatchObject({ code: 'MR3203', message: 'cancelled' });
    }
    expect(asked).toHaveLength(2);
  });

  it('say what else a handler failed with', async () => {
    const { url } = await answering(gives(500, { message: 'broken' }));
    await expect(ingressOf(url).call({ service: 's', handler: 'h' })).rejects.toMatchObject({
      code: 'MR5217',
      message: "'s/h' failed on Restate: 500 broken",
    });
  });

  it('wait for a server that is away, for as long as the signal lets them', async () => {
    const [port] = await freePorts(1);
    const ingress = ingressOf(`http://127.0.0.1:${port}`, { patienceMs: 200 });
    await expect(ingress.call({ service: 's', handler: 'h' })).rejects.toMatchObject({
      code: 'MR5210',
      retryable: true,
    });
    const controller = new AbortController();
    const call = ingress.call({ service: 's', handler: 'h', signal: controller.signal });
    let over = false;
    void call.catch(() => (over = true));
    await new Promise((done) => setTimeout(done, 500));
    expect(over).toBe(false);
    controller.abort();
    await expect(call).rejects.toMatchObject({ code: 'MR5210' });
  });
});
