import type { ProviderChoice } from '../../dsl/index.ts';
import {
  anthropicProvider,
  compatibleProvider,
  openaiProvider,
  type Provider,
  type ProviderSettings,
  type Readiness,
} from '../../llm/index.ts';
import {
  namedBy,
  providerVariables,
  reachedBy,
  valueOf,
  type ProviderVariables,
} from '../../llm/providers/environment.ts';
import type { Io } from '../kit/io.ts';

type Environment = Io['env'];
type Use = ProviderChoice['use'];

/** A provider of a project, and what one has to know of it. */
export interface ProjectProvider {
  readonly name: string;
  readonly provider: Provider;
  readonly readiness: Readiness;
  /** Where it is asked, when that is not the provider's own address. */
  readonly address?: string;
  /** What has its key: the name of a variable, never what it holds. */
  readonly keyFrom?: string;
  /** Who says that it is there. */
  readonly from: 'config' | 'environment';
  /** The variable that has to be set so that it can be asked, when it cannot. */
  readonly set?: string;
}

/**
 * The providers of a project: those of its config, or those of the environment.
 */
export function projectProviders(
  choices: readonly (ProviderChoice | Provider)[] | undefined,
  env: Environment,
): readonly ProjectProvider[] {
  if (choices !== undefined)
    return choices.map((one) =>
      'ask' in one
        ? { name: one.name, provider: one, readiness: one.readiness, from: 'config' }
        : chosen(one, env, 'config'),
    );
  return namedBy(env).map((use) => chosen({ use }, env, 'environment'));
}

/** The names of those that can be asked. */
export const readyNames = (providers: readonly ProjectProvider[]): ReadonlySet<string> =>
  new Set(providers.flatMap(({ name, readiness }) => (readiness.ready ? [name] : [])));

/** The variables that would let the others be asked. */
export const missingVariables = (providers: readonly ProjectProvider[]): readonly string[] => [
  ...new Set(providers.flatMap(({ set }) => (set === undefined ? [] : [set]))),
];

function chosen(choice: ProviderChoice, env: Environment, from: ProjectProvider['from']): ProjectProvider {
  const { use, name, headersMs, idleMs } = choice;
  const usual: ProviderVariables = use === 'compatible' ? {} : providerVariables[use];
  const keyFrom = choice.keyFrom ?? usual.key;
  const baseURL = choice.baseURL ?? valueOf(env, usual.address);
  const key = valueOf(env, keyFrom);
  const provider = made(use, {
    ...reachedBy(key, baseURL),
    ...(name === undefined ? {} : { name }),
    ...(headersMs === undefined ? {} : { headersMs }),
    ...(idleMs === undefined ? {} : { idleMs }),
  });
  const readiness = readinessOf(provider, choice.keyFrom, key, usual.key);
  return {
    name: provider.name,
    provider: { ...provider, readiness },
    readiness,
    from,
    ...(baseURL === undefined ? {} : { address: withoutSecrets(baseURL) }),
    ...(key === undefined || keyFrom === undefined ? {} : { keyFrom }),
    ...(readiness.ready || keyFrom === undefined ? {} : { set: keyFrom }),
  };
}

// Who names a variable means that a key is needed; the provider itself knows only the variable that usually has it.
function readinessOf(
  { readiness }: Provider,
  own: string | undefined,
  key: string | undefined,
  usual: string | undefined,
): Readiness {
  if (own === undefined) return readiness;
  if (key === undefined) return { ready: false, reason: `no key: set ${own}` };
  if (readiness.ready || usual === undefined) return readiness;
  return { ready: false, reason: readiness.reason.replace(usual, own) };
}

function made(use: Use, settings: ProviderSettings): Provider {
  switch (use) {
    case 'anthropic':
      return anthropicProvider(settings);
    case 'openai':
      return openaiProvider(settings);
    case 'compatible':
      return compatibleProvider({ ...settings, baseURL: settings.baseURL ?? '' });
    default:
      return compatibleProvider({ preset: use, ...settings });
  }
}

/** An address may have a password in it, which nobody is shown. */
function withoutSecrets(address: string): string {
  if (!URL.canParse(address)) return address;
  const url = new URL(address);
  if (url.username === '' && url.password === '' && url.search === '') return address;
  url.username = '';
  url.password = '';
  url.search = '';
  return url.href;
}
