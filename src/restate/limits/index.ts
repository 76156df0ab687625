/**
 * When an attempt of a task with `concurrency`, `rateLimit` or a `breaker` may begin, over all endpoints of a system.
 *
 * @module
 */
export { giveBack, inTurn, isLimited, takeTurn, takeTurnWithin, type Turn } from './turn.ts';
export { limitServices } from './objects.ts';
