/** What the server does with a request. */
export const wireScenarios = [
  'ok',
  'toolCall',
  'rateLimitShort',
  'rateLimitLong',
  'overloaded',
  'quota',
  'auth',
  'unknownModel',
  'contextTooLong',
  'serverError',
  'badGateway',
  'slowHeaders',
  'dropped',
  'cut',
  'stalled',
  'noEnd',
  'malformed',
  'errorMidStream',
  'refusal',
  'length',
  'notJson',
  'wrongSchema',
] as const;

/** The name of something that the server does with a request. */
export type WireScenario = (typeof wireScenarios)[number];

/** The protocols that it speaks: Anthropic's Messages, OpenAI's Responses, and chat completions. */
export type WireProtocol = 'messages' | 'responses' | 'chat';

/** An answer that is not one: its status, and what it says in the words of a protocol. */
export interface Rejection {
  readonly status: number;
  readonly type: string;
  readonly code?: string;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
}

const reject = (status: number, type: string, message: string, more: Partial<Rejection> = {}): Rejection => ({
  status,
  type,
  message,
  ...more,
});

const byProtocol = (messages: Rejection, others: Rejection): Readonly<Record<WireProtocol, Rejection>> => ({
  messages,
  responses: others,
  chat: others,
});

const same = (rejection: Rejection): Readonly<Record<WireProtocol, Rejection>> => byProtocol(rejection, rejection);

/** The scenarios in which there is no answer at all. The providers say the same thing in different ways. */
export const rejections: Partial<Record<WireScenario, Readonly<Record<WireProtocol, Rejection>>>> = {
  rateLimitShort: same(reject(429, 'rate_limit_error', 'Slow down.', { headers: { 'retry-after-ms': '50' } })),
  rateLimitLong: same(reject(429, 'rate_limit_error', 'Slow down.', { headers: { 'retry-after': '70' } })),
  overloaded: byProtocol(
    reject(529, 'overloaded_error', 'Overloaded'),
    reject(503, 'server_error', 'The server is overloaded.', { code: 'server_is_overloaded' }),
  ),
  quota: byProtocol(
    reject(400, 'invalid_request_error', 'Your credit balance is too low to access the API.'),
    reject(429, 'insufficient_quota', 'You exceeded your current quota.', { code: 'insufficient_quota' }),
  ),
  auth: byProtocol(
    reject(401, 'authentication_error', 'invalid x-api-key'),
    reject(401, 'invalid_request_error', 'Incorrect API key provided.', { code: 'invalid_api_key' }),
  ),
  unknownModel: byProtocol(
    reject(404, 'not_found_error', 'model: no such model'),
    reject(404, 'invalid_request_error', 'The model does not exist.', { code: 'model_not_found' }),
  ),
  contextTooLong: byProtocol(
    reject(400, 'invalid_request_error', 'prompt is too long: 250000 tokens > 200000 maximum'),
    reject(400, 'invalid_request_error', 'This model has a maximum context length of 128000 tokens.', {
      code: 'context_length_exceeded',
    }),
  ),
  serverError: byProtocol(
    reject(500, 'api_error', 'Internal server error'),
    reject(500, 'server_error', 'The server had an error.'),
  ),
};
