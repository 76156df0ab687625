import type { ModelRequest, Usage } from '../../contract.ts';
import { estimateRequest, estimateTokens } from '../../tokens/estimate.ts';

/** What an answer has used when its server does not count: by the length of the texts. Nothing is for nothing. */
export function estimatedUsage(request: ModelRequest, said: readonly string[]): Usage {
  const input = estimateRequest(request);
  const output = said.reduce((sum, one) => sum + estimateTokens(one), 0);
  return { input, output, cacheRead: 0, cacheWrite: 0, total: input + output, estimated: true };
}

/** What the server says, unless it says nothing: a gateway may leave it out, or have 0 of everything. */
export const countedOr = (counted: Usage | undefined, estimate: () => Usage): Usage =>
  counted === undefined || counted.total === 0 ? estimate() : counted;
