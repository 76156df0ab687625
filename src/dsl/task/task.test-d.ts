import { agent, resource, task, type Call, type Task } from 'millrace';
import { z } from 'zod';
import { is, type Equal } from '../../../test/support/type-equal.ts';

const db = resource('db', { kind: 'database', env: ['DB_URL'] });
const clerk = agent('clerk', { role: 'fast', maxTokens: 400 });

const Input = z.object({ path: z.string(), level: z.enum(['low', 'high']).default('low') });
const Output = z.object({ path: z.string(), sha256: z.string(), code: z.number() });
const convert = task('convert', {
  input: Input,
  output: Output,
  description: 'Converts a file.',
  retry: { attempts: 3, backoff: 'linear', delay: '1s', maxDelay: '1m', jitter: true },
  timeout: '30s',
  concurrency: 4,
  queue: 100,
  rateLimit: [
    { limit: 10, per: '1m' },
    { limit: 100, per: '1h' },
  ],
  breaker: { failures: 5, rate: 0.5, per: '1m', reset: '30s', halfOpen: 2 },
  priority: 2,
  idempotent: true,
  cache: { ttl: '1d' },
  errors: ['E_FORMAT'],
  needs: { net: ['api.test'], fs: ['out/**'], env: ['TOKEN'], resources: [db] },
  evidence: [
    { fileExists: { path: ({ output }) => output.path, type: 'file' } },
    { fileSha256: { path: ({ output }) => output.path, sha256: ({ output }) => output.sha256 } },
    { name: 'the tool was content', exitCode: { actual: ({ output }) => output.code } },
    {
      row: { resource: db, table: 'files', where: ({ input, output }) => ({ path: input.path, hash: output.sha256 }) },
    },
  ],
  examples: [
    { input: { path: 'a' }, output: { path: 'b', sha256: '', code: 0 } },
    { description: 'refused', input: { path: 'x', level: 'high' }, error: 'E_FORMAT' },
  ],
  tags: ['files', { key: 'team', value: 'platform', scope: 'org' }],
  metadata: { owner: 'me' },
  hints: { concepts: ['file'], rules: ['never twice'], related: ['convert'] },
});

is<Equal<typeof convert, Task<'convert', typeof Input, typeof Output>>>();
is<Equal<ReturnType<typeof convert>, Call<{ path: string; sha256: string; code: number }, 'task'>>>();
is<Equal<Parameters<typeof convert>, [input: { path: string; level?: 'low' | 'high' | undefined }]>>();

// A void input is left out; a branded output is read branded.
const tick = task('tick', { input: z.void(), output: z.string().brand<'Tick'>() });
tick();
is<Equal<ReturnType<typeof tick>['~result'], string & z.core.$brand<'Tick'>>>();

const sum = task('sum', {
  input: z.object({ text: z.string() }),
  output: z.object({ summary: z.string() }),
  model: {
    agent: clerk,
    prompt: ({ input }) => `Sum up: ${input.text}`,
    tools: [convert],
    context: { show: ['text'], strategy: 'summarise', memory: true },
    maxTokens: 200,
  },
});
is<Equal<(typeof sum)['name'], 'sum'>>();
