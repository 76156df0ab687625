/** The kinds of definition, which share one namespace, and the member of the system that holds each. */
export const definitionMaps = {
  event: 'events',
  task: 'tasks',
  agent: 'agents',
  resource: 'resources',
  flow: 'flows',
  machine: 'machines',
} as const;
