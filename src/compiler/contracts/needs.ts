import type { SystemModel, TaskNode } from '../../model/index.ts';
import { array, object, type Doc } from '../../model/text/doc.ts';
import { json } from '../../model/text/json.ts';
import { quote } from '../../model/text/names.ts';
import { present } from '../flow/options.ts';

/** What a task may touch as code: its resources with all that the system says of them but secrets, which it only names. */
export function needs({ resources: declared }: SystemModel, { needs }: TaskNode): Doc | undefined {
  if (needs === undefined) return undefined;
  const { net, fs, env, resources } = needs;
  const found = resources?.flatMap((name) => declared[name] ?? []);
  return object(
    present({
      net: net && json(net),
      fs: fs && json(fs),
      env: env && json(env),
      resources:
        found &&
        array(
          found.map(({ name, type, env: secrets, options }) =>
            object(
              present({
                name: quote(name),
                type: quote(type),
                env: secrets && json(secrets),
                options: options && json(options),
              }),
            ),
          ),
        ),
    }),
  );
}
