import { spawnSync } from 'node:child_process';
import { expect, it } from 'vitest';

it('says how to install the SDK where it is missing', () => {
  const script = `
    import { registerHooks } from 'node:module';
    registerHooks({
      resolve: (name, context, next) => {
        if (name !== '@restatedev/restate-sdk') return next(name, context);
        throw Object.assign(new Error('not here'), { code: 'ERR_MODULE_NOT_FOUND' });
      },
    });
    await import(${JSON.stringify(new URL('index.ts', import.meta.url).href)}).then(
      () => console.log('loaded'),
      ({ code, message }) => console.log(code, message),
    );`;
  const { stdout, stderr } = spawnSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  expect(stderr).toBe('');
  expect(stdout).toBe(
    'MR5220 The SDK of Restate is not installed, and an engine on Restate needs it: npm install @restatedev/restate-sdk\n',
  );
});
