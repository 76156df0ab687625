import { defineConfig } from 'millrace';
import { anthropicProvider, scriptedProvider } from 'millrace/llm';

defineConfig({ models: 'models.yaml' });
defineConfig({
  models: {
    providers: ['ollama', { use: 'compatible', name: 'lab', baseURL: 'http://10.0.0.7/v1', keyFrom: 'LAB_KEY' }],
    catalogue: ['roles.json', { models: [{ id: 'gpt-6-luna', role: 'fast', prices: null }] }],
    budgets: [{ scope: 'day', limit: '20 USD' }],
    cache: { ttl: '7d' },
    route: { fallbacks: { 'gpt-6-luna': ['claude-haiku-5-5'] }, limits: { openai: { concurrency: 4 } } },
  },
});
defineConfig({ models: { providers: [anthropicProvider({ apiKey: 'k' }), scriptedProvider(['x'])], cache: false } });
// @ts-expect-error -- no such provider
defineConfig({ models: { providers: ['antropic'] } });
// @ts-expect-error -- no such scope
defineConfig({ models: { budgets: [{ scope: 'hour', limit: '1 USD' }] } });
// @ts-expect-error -- no such role
defineConfig({ models: { catalogue: { models: [{ id: 'm', role: 'big' }] } } });
// @ts-expect-error -- a key never stands in a config
defineConfig({ models: { providers: [{ use: 'openai', apiKey: 'sk-secret' }] } });
// @ts-expect-error -- no such limit
defineConfig({ models: { route: { limits: { openai: { requestsPerHour: 4 } } } } });
