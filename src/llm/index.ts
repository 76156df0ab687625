/**
 * Models behind one interface: who provides them, what they cost, which one is asked.
 *
 * @module
 */
export type * from './contract.ts';
export type * from './models.ts';
export * from './cassette/index.ts';
export { collect } from './collect.ts';
export { ModelError, type ModelErrorKind, type ModelErrorOptions } from './errors.ts';
export * from './converse/index.ts';
export * from './output/index.ts';
export * from './providers/anthropic/index.ts';
export * from './providers/chaos/index.ts';
export * from './providers/compatible/index.ts';
export { environmentProviders } from './providers/environment.ts';
export * from './providers/openai/index.ts';
export * from './providers/scripted/index.ts';
export * from './router/index.ts';
export type { ProviderSettings } from './providers/common/settings.ts';
export { AnswerCache, type CachedResult, type CacheOptions, type CacheStatistics } from './cache/cache.ts';
export { cacheKey, type CacheContext } from './cache/key.ts';
export { memoryAnswerStore, type AnswerStore, type CachedAnswer, type CacheMatch } from './cache/store.ts';
export { openCatalogue, type Catalogue } from './catalogue/catalogue.ts';
export type { ModelRole } from './catalogue/roles.ts';
export type { CatalogueModel, CatalogueOverrides } from './catalogue/schema.ts';
export { costOf, mostOf, type Prices, type Rates } from './money/cost.ts';
export { addMoney, compareMoney, formatMoney, money, parseMoney, subtractMoney, type Money } from './money/money.ts';
export { Budget, type BudgetCall, type BudgetState, type Reservation, type Settlement } from './budget/budget.ts';
export type { BudgetLimit, BudgetScope } from './budget/limits.ts';
export {
  memoryBudgetStore,
  type BudgetAccount,
  type BudgetBooks,
  type BudgetReservation,
  type BudgetStore,
} from './budget/store.ts';
export { estimateRequest, estimateTokens, type EstimateOptions, type Tokenizer } from './tokens/estimate.ts';
export { fitOf, TokenEstimator, type Calibration, type Fit } from './tokens/estimator.ts';
export {
  addUsage,
  memoryUsageStore,
  noUsage,
  type UsageRecord,
  type UsageSnapshot,
  type UsageStore,
  type UsageTotals,
} from './usage/usage.ts';
export {
  buildContext,
  contextLimit,
  contextMessages,
  type Context,
  type ContextOptions,
  type ContextReport,
  type ContextSection,
} from './context/build.ts';
export { compactMessages, type Compacted, type Compaction, type CompactionOptions } from './context/compact.ts';
export type { ContextForm, ContextItem } from './context/item.ts';
export { memoryNotes, RunMemory, type MemoryEntry, type MemoryStore } from './context/memory.ts';
export { outputItems, routeOutputs, type Dependency, type RoutedOutput, type RoutePolicy } from './context/route.ts';
