/** One node of Restate: where it keeps its data and where it listens. */
export interface NodeConfig {
  readonly name: string;
  readonly cluster: string;
  /** Where it keeps its data. */
  readonly folder: string;
  /** The address that it binds. */
  readonly host: string;
  /** `node` is what the nodes of a cluster speak with each other by. */
  readonly ports: NodePorts;
  /** Of a cluster; absent: a single node. */
  readonly member?: {
    /** The addresses of all nodes, `http://host:port` of their ports `node`. */
    readonly addresses: readonly string[];
    /** Whether it sets up the cluster: exactly one does. */
    readonly provisions: boolean;
    /** How many nodes keep each record. */
    readonly replication: number;
    readonly partitions: number;
  };
  /** How much memory its store may take, such as `512 MiB`. Default: what the server thinks right. */
  readonly memory?: string;
}

/** Where a node listens. */
export interface NodePorts {
  readonly admin: number;
  readonly ingress: number;
  readonly node: number;
}

/** The ports that Restate has when nobody says otherwise. */
export const defaultPorts: NodePorts = { admin: 9070, ingress: 8080, node: 5122 };

/** The config file of a node, in TOML. It binds nothing but its host, and tells nobody that it runs. */
export function nodeConfig({ name, cluster, folder, host, ports, member, memory }: NodeConfig): string {
  const lines = [
    `node-name = ${text(name)}`,
    `cluster-name = ${text(cluster)}`,
    `base-dir = ${text(folder)}`,
    `bind-ip = ${text(host)}`,
    `bind-port = ${ports.node}`,
    `listen-mode = "tcp"`,
    'disable-telemetry = true',
    'log-disable-ansi-codes = true',
    `auto-provision = ${member?.provisions ?? true}`,
    ...(memory === undefined ? [] : [`rocksdb-total-memory-size = ${text(memory)}`]),
    ...(member === undefined
      ? [`advertised-host = ${text(host)}`]
      : [
          'roles = ["metadata-server", "admin", "worker", "log-server", "http-ingress"]',
          `advertised-address = ${text(`http://${host}:${ports.node}`)}`,
          `default-replication = ${member.replication}`,
          `default-num-partitions = ${member.partitions}`,
        ]),
    '[admin]',
    `bind-port = ${ports.admin}`,
    '[ingress]',
    `bind-port = ${ports.ingress}`,
    ...(member === undefined
      ? []
      : [
          '[bifrost]',
          'default-provider = "replicated"',
          '[metadata-client]',
          `addresses = [${member.addresses.map(text).join(', ')}]`,
        ]),
  ];
  return `${lines.join('\n')}\n`;
}

/** What a cluster is made of. */
export interface ClusterOptions {
  /** Each node keeps its data in a folder of its own in it. */
  readonly folder: string;
  /** One entry a node, such as three. */
  readonly ports: readonly NodePorts[];
  /** The address of each node. Default: `127.0.0.1`. */
  readonly hosts?: readonly string[];
  /** Default: `millrace`. */
  readonly name?: string;
  /** How many nodes keep each record. Default: 2. */
  readonly replication?: number;
  /** Default: 4. */
  readonly partitions?: number;
  /** Of each node. Default: `512 MiB`. */
  readonly memory?: string;
}

/**
 * The nodes of a cluster, of which the first sets it up. Each is started with `startServer`.
 *
 * @example
 * ```ts
 * import { clusterConfig } from 'millrace/restate';
 *
 * const nodes = clusterConfig({
 *   folder: '/var/lib/restate',
 *   ports: [
 *     { admin: 9070, ingress: 8080, node: 5122 },
 *     { admin: 9071, ingress: 8081, node: 5123 },
 *     { admin: 9072, ingress: 8082, node: 5124 },
 *   ],
 * });
 * nodes[1]?.name; // 'n2'
 * ```
 */
export function clusterConfig(options: ClusterOptions): readonly NodeConfig[] {
  const { folder, ports, hosts = [], name = 'millrace', replication = 2, partitions = 4, memory = '512 MiB' } = options;
  const hostOf = (index: number): string => hosts[index] ?? '127.0.0.1';
  const addresses = ports.map(({ node }, index) => `http://${hostOf(index)}:${node}`);
  return ports.map((own, index) => ({
    name: `n${index + 1}`,
    cluster: name,
    folder: `${folder}/n${index + 1}`,
    host: hostOf(index),
    ports: own,
    member: { addresses, provisions: index === 0, replication, partitions },
    memory,
  }));
}

// A basic string of TOML is written as JSON writes one.
const text = (value: string): string => JSON.stringify(value);
