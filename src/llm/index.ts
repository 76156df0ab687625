/**
 * Models behind one interface: who provides them, what they cost, which one is asked.
 *
 * @module
 */
export type * from './contract.ts';
export { collect } from './collect.ts';
export { ModelError, type ModelErrorKind, type ModelErrorOptions } from './errors.ts';
export * from './providers/scripted/index.ts';
export { openCatalogue, type Catalogue } from './catalogue/catalogue.ts';
export type { CatalogueModel, CatalogueOverrides, ModelRole } from './catalogue/schema.ts';
export { costOf, mostOf, type Prices, type Rates } from './money/cost.ts';
export { addMoney, compareMoney, formatMoney, money, parseMoney, subtractMoney, type Money } from './money/money.ts';
