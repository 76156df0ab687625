import { nearest } from '../../core/index.ts';
import { CliError } from '../../project/kit/failure.ts';
import { missingVariables, type ProjectProvider } from './providers.ts';

/** Why no model can be asked, and what to set. */
export function noProvider(
  providers: readonly ProjectProvider[],
  what: string,
  needs: 'needs' | 'need' = 'needs',
): CliError {
  const reasons = providers.map(({ name, readiness }) => `${name}: ${readiness.ready ? 'ready' : readiness.reason}`);
  const variables = missingVariables(providers);
  const keys =
    variables.length === 0 ? 'Name a provider in `models` of dsl.config.ts' : `Set ${variables.join(', or ')}`;
  return new CliError('MR2052', `${what} ${needs} a model, and no provider can be asked (${reasons.join('; ')}).`, {
    hint: `${keys}; a server of your own needs its address (OLLAMA_BASE_URL, or \`models.providers\` in dsl.config.ts) and, in \`models.catalogue\`, what its models can do. \`dsl models play\` plays a provider on this machine, without any key; \`dsl models check\` tries what is set.`,
    exitCode: 1,
  });
}

/** @throws CliError MR2054 for a provider that there is not. */
export function mustBeKnown(provider: string, known: readonly string[]): void {
  if (known.includes(provider)) return;
  const like = nearest(provider, known);
  throw new CliError('MR2054', `There is no provider '${provider}'. There are ${known.join(', ')}.`, {
    hint: like === undefined ? '`models.providers` in dsl.config.ts adds one.' : `Did you mean '${like}'?`,
  });
}
