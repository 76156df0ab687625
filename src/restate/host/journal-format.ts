/**
 * The number of what flows write into their journals: which commands, in which order, under which names. It is part of how a
 * deployment is marked, so that runs in flight never meet an engine that would ask for something else.
 *
 * Raise it with any change by which the code of `src/restate` would, for the same flow, make another command, leave one out,
 * give one another name or type, or make them in another order: a wait that becomes a call, a record with another shape that
 * the present code cannot read. What only adds handlers, or changes what is outside of journals, does not raise it.
 */
export const journalFormat = 1;
