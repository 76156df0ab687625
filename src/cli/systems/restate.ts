import type { Config } from '../../project/config/config.ts';
import { CliError } from '../../project/kit/failure.ts';
import type { Io } from '../kit/io.ts';

/** Where a server of Restate is. */
export interface RestateAddresses {
  readonly admin: string;
  readonly ingress: string;
}

/**
 * Where the server of Restate is: what the command line says, `restate` of the config, the environment, or where one is that
 * nobody has told anything else.
 *
 * @throws CliError MR2003 for what is no address.
 */
export function restateAddresses(
  io: Pick<Io, 'env'>,
  config: Config,
  options: { readonly admin?: string; readonly ingress?: string },
): RestateAddresses {
  const { restate } = config;
  return {
    admin: address(
      '--admin',
      options.admin ?? restate?.admin ?? io.env['RESTATE_ADMIN_URL'] ?? 'http://127.0.0.1:9070',
    ),
    ingress: address(
      '--ingress',
      options.ingress ?? restate?.ingress ?? io.env['RESTATE_INGRESS_URL'] ?? 'http://127.0.0.1:8080',
    ),
  };
}

/** An address without a slash at its end. */
export function address(option: string, text: string): string {
  if (!URL.canParse(text) || !/^https?:$/.test(new URL(text).protocol)) {
    throw new CliError('MR2003', `${option} is an address such as http://127.0.0.1:9070, not '${text}'.`, {});
  }
  return text.replace(/\/+$/, '');
}
