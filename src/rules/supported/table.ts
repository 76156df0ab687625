/**
 * What the language can say, and whether what is compiled also does it. To switch a feature on, set it to true: then
 * nothing refuses it any more. The text is how a message names it; a second one says what to do when that is not plain.
 */
export const features = {
  'step.graph': [true, 'the step `graph`'],
  'step.race': [true, 'the step `race`'],
  'step.approve': [true, 'the step `approve`'],
  'event.failed': [true, '`failed(…)` as an event'],
  'flow.schedule': [true, 'starting a flow by a `schedule`'],
  'flow.http': [false, 'starting a flow by `http`'],
  'task.model': [true, 'a task that a `model` performs'],
  'task.concurrency': [true, '`concurrency` of a task'],
  'task.rateLimit': [true, '`rateLimit` of a task'],
  'task.priority': [true, '`priority` of a task'],
  'task.cache': [true, '`cache` of a task'],
  'task.evidence': [true, '`evidence` of a task'],
  'system.retention': [true, '`retention` of a system'],
  'system.budget': [true, '`budget` of a system'],
  'system.access': [
    false,
    '`access` of a system',
    'Who may do what is asked of a server, and there is none yet: whoever has the process or the file may do everything. Take it out, and decide in your own server before it calls the runtime.',
  ],
  agent: [true, 'an agent'],
  'resource.webhook': [
    false,
    'a resource of type `webhook`',
    'Write a flow with `on: event` and a task that posts: it is tried again, in whatever process, under one idempotencyKey.',
  ],
  'machine.several': [true, 'several initial states or targets'],
  'machine.wildcard': [true, 'reacting to `*` or to `name.*`'],
  'state.parallel': [true, 'a parallel state'],
  'state.history': [true, 'a history state'],
  'state.always': [true, '`always`'],
  'state.context': [true, 'a context schema of a state of its own'],
  'action.send': [true, 'the action `send`'],
  'action.cancel': [true, 'the action `cancel`'],
  'action.forEach': [true, 'the action `forEach`'],
  'run.machine': [true, 'running a machine in a state'],
  'run.task': [true, 'running a task in a state'],
} as const satisfies Readonly<Record<string, readonly [supported: boolean, what: string, hint?: string]>>;

export type Feature = keyof typeof features;
