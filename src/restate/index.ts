/**
 * The engine for more than one machine: the same compiled modules on Restate. Flows are services, machine instances are
 * virtual objects, and what a run has done is in Restate's own journal.
 *
 * @module
 */
export type { CancelGives } from './client/cancel.ts';
export { RestateClient } from './client/client.ts';
export type { JournalLine } from './client/lines.ts';
export { systemsOn } from './client/on-server.ts';
export { RestateReader, type Declared, type RestateClientOptions } from './client/reader.ts';
export type { RestateRunView } from './client/views.ts';
export { createEndpoint, type Endpoint, type EndpointAddress, type EndpointOptions } from './endpoint/create.ts';
export { olderDeployments, type OlderDeployment } from './endpoint/deployments.ts';
export { misfits, type Misfit } from './endpoint/misfits.ts';
export type { NewestDeployment } from './endpoint/newest.ts';
export { registerDeployment, type Registered, type RegisterOptions } from './endpoint/register.ts';
export type { ServedEndpoint } from './endpoint/serve.ts';
export { RestateError } from './errors.ts';
export { ingressOf } from './ingress/ingress.ts';
export { namesOf, type Names } from './names.ts';
export { findServer } from './server/binary.ts';
export { askAdmin } from './server/admin.ts';
export { clusterConfig, type ClusterOptions, type NodeConfig } from './server/config.ts';
export { startServer, type RestateServer, type ServerOptions } from './server/start.ts';
export { freePorts } from './server/taken.ts';
