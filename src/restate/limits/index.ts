/**
 * When an attempt of a task with `concurrency`, `rateLimit` or a `breaker` may begin, over all endpoints of a system.
 *
 * @module
 */
export { inTurn, takeTurn, takeTurnWithin, type Turn, type TurnAsks } from './turn.ts';
export { limitServices } from './objects.ts';
