export type { HealthOptions } from './breaker.ts';
export type { DecisionFor, RouterEvent, TargetName } from './events.ts';
export type { RateLimits } from './limits.ts';
export { openModels } from './open-models.ts';
export type { ModelsOptions, RetryOptions, RouteOptions } from './options.ts';
export type { ModelRouter, ProviderCheck } from './router.ts';
export type { TargetState } from './state.ts';
export type { CoolDown, LastError } from './target.ts';
