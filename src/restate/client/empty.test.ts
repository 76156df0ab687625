import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from 'vitest';
import { RestateReader } from './reader.ts';

type Rows = readonly Readonly<Record<string, unknown>>[];

const ends: (() => void)[] = [];
afterEach(() => {
  for (const end of ends.splice(0)) end();
});

/** A server whose tables hold what they are told to, query by query, and are empty for the first time. */
async function starting(rowsOf: (query: string) => Rows): Promise<RestateReader> {
  const asked = new Set<string>();
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      if (request.method === 'GET') {
        // Asked by its address, an invocation is there that has not ended.
        response.statusCode = 470;
        return response.end();
      }
      const { query } = JSON.parse(body) as { readonly query: string };
      const rows = asked.has(query) ? rowsOf(query) : [];
      asked.add(query);
      response.setHeader('content-type', 'application/json');
      return response.end(JSON.stringify({ rows }));
    });
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', () => done()));
  const url = `http://127.0.0.1:${(server.address() as { port: number }).port}`;
  const reader = new RestateReader(
    { name: 'sys', flows: ['f'], tasks: [], machines: [] },
    { ingress: url, admin: url },
  );
  ends.push(() => {
    void reader.close();
    server.closeAllConnections();
    server.close();
  });
  return reader;
}

const time = '2026-01-01T00:00:00Z';
const invocation = (id: string): Rows[number] => ({
  id,
  target_service_name: 'sys.flows.f',
  idempotency_key: id,
  status: 'completed',
  created_at: time,
  modified_at: time,
  completed_at: time,
});
const journal = (id: string): Rows => {
  const bytes = (value: unknown): number[] => [...Buffer.from(JSON.stringify(value))];
  const entry = (index: number, type: string, content: object) => ({
    id,
    index,
    entry_type: `Command: ${type}`,
    name: '',
    entry_json: JSON.stringify({ Command: { [type]: content } }),
    appended_at: time,
  });
  return [
    entry(0, 'Input', { payload: bytes({ run: id, at: 1 }) }),
    entry(1, 'Output', { result: { Success: bytes({ output: 7 }) } }),
  ];
};

describe('a server that starts while it is asked, and whose tables seem to be empty', () => {
  it('is not believed that a run has no journal, and so no result', async () => {
    const reader = await starting((query) => {
      if (query.includes('sys_journal')) return journal('r');
      return query.includes('restarted_from =') ? [] : [invocation('r')];
    });
    expect(await reader.status('r')).toMatchObject({ id: 'r', status: 'completed', output: 7 });
  });

  it('is asked for the journals that it has left out', async () => {
    const reader = await starting((query) => {
      if (!query.includes('sys_journal')) return [invocation('a'), invocation('b')];
      // One of its parts is there before the other.
      return query.includes("'a'") ? journal('a') : journal('b');
    });
    expect((await reader.list()).map(({ id, output }) => [id, output])).toEqual([
      ['a', 7],
      ['b', 7],
    ]);
  });

  it('is not believed that a run is gone that it has accepted', async () => {
    let behind = 0;
    const reader = await starting((query) => {
      if (query.includes('sys_journal')) return journal('r');
      return query.includes('restarted_from =') || behind-- > 0 ? [] : [invocation('r')];
    });
    expect(await reader.status('r')).toMatchObject({ id: 'r' });
    behind = 10;
    expect(await reader.status('r')).toMatchObject({ id: 'r' });
    expect(behind).toBeLessThan(0);
  });

  it('gives no run to whoever asks for none', async () => {
    const reader = await starting((query) => (query.includes('sys_journal') ? [] : [invocation('a')]));
    expect(await reader.list({ limit: 0, status: ['completed'] })).toEqual([]);
  });

  it('has no run that nobody finds twice', async () => {
    const reader = await starting(() => []);
    expect(await reader.status('r')).toBeUndefined();
  });
});
