import type { ServiceOptions } from '@restatedev/restate-sdk';
import type { AnyService } from './serve.ts';

/** The same services with options for what they say nothing of themselves. */
export function withOptions(
  services: readonly AnyService[],
  optionsFor: (service: string) => ServiceOptions,
): readonly AnyService[] {
  return services.map((service) => {
    // The types of a definition do not show its options.
    const { options } = service as object as { readonly options?: ServiceOptions };
    const all = { options: { ...optionsFor(service.name), ...options } };
    return { ...service, ...all };
  });
}
