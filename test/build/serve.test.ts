/** A page whose machine is compiled by Vite's dev server, in a real browser. */
import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium, type Browser, type Page } from 'playwright-core';
import { createServer, type ViteDevServer } from 'vite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { millrace } from '../../src/unplugin/vite.ts';
import { isWithoutChromium, launchOptions } from '../browser/chromium.ts';
import { project, type Project } from '../cli/dsl.ts';

/** Where the pictures of this test go: outside of the repository. */
const pictures = process.env['SCREENSHOTS'] ?? join(tmpdir(), 'millrace-screenshots');

const lamp = (label: string): string => `import { event, machine, system } from 'millrace';
import { z } from 'zod';

export default system('lamp', { version: '1.0.0' });

export const pressed = event('pressed', { payload: z.object({ room: z.string() }) });

export const lamp = machine('lamp', {
  key: 'room',
  context: z.object({ times: z.int().default(0) }),
  events: { pressed },
  creates: ['pressed'],
}).states('off', {
  off: { on: { pressed: { target: '${label}', assign: ({ context }) => ({ times: context.times + 1 }) } } },
  ${label}: { on: { pressed: 'off' } },
});
`;

const files = {
  'dsl.config.ts':
    "import { defineConfig } from 'millrace';\n\nexport default defineConfig({ out: 'src/generated' });\n",
  'lamp.dsl.ts': lamp('lit'),
  'index.html': `<!doctype html><title>A lamp</title>
<style>body { font: 20px sans-serif; margin: 40px } output { font-weight: bold }</style>
<p>The lamp is <output></output></p><button>Press</button>
<script type="module" src="/src/page.ts"></script>`,
  'src/page.ts': `import { createActor } from 'millrace/machine';
import { lamp, type LampContext } from './generated/lamp/machines/lamp.ts';

const output = document.querySelector('output')!;
const open = (machine: typeof lamp, context: LampContext) => {
  const actor = createActor(machine, context);
  const draw = () => {
    const { state, context } = actor.getSnapshot();
    output.value = state.join() + ' ' + context.times;
  };
  actor.subscribe(draw);
  draw();
  return actor;
};
let actor = open(lamp, { times: 0 });
document.querySelector('button')!.addEventListener('click', () =>
  actor.send({ name: 'pressed', payload: { room: 'hall' } }),
);
// A new machine goes on with the context of the one before it.
import.meta.hot?.accept('./generated/lamp/machines/lamp.ts', (next) => {
  actor = open(next!.lamp, actor.getSnapshot().context);
});
`,
};

describe.skipIf(isWithoutChromium())('a page with a machine, served by Vite', () => {
  let made: Project;
  let server: ViteDevServer;
  let browser: Browser;
  let page: Page;
  const said: string[] = [];

  beforeAll(async () => {
    made = project(files);
    const say = (text: string): void => void said.push(text);
    const customLogger = { info: say, warn: say, warnOnce: say, error: say, hasWarned: false };
    server = await createServer({
      root: made.root,
      configFile: false,
      customLogger: { ...customLogger, clearScreen: () => {}, hasErrorLogged: () => false },
      server: { host: '127.0.0.1', port: 0, fs: { strict: false } },
      plugins: [millrace()],
    });
    await server.listen();
    browser = await chromium.launch(launchOptions());
    page = await browser.newPage({ viewport: { width: 700, height: 420 } });
    mkdirSync(pictures, { recursive: true });
  });
  afterAll(async () => {
    await browser?.close();
    await server?.close();
    made?.[Symbol.dispose]();
  });

  const write = (path: string, text: string): void => writeFileSync(join(made.root, path), text);
  const shows = (text: string): Promise<void> => page.getByText(text, { exact: true }).waitFor({ timeout: 10_000 });
  const press = (): Promise<void> => page.locator('button').click();
  const overlay = () => page.locator('vite-error-overlay');
  /** Would be lost if the page were loaded anew. */
  const mark = (): Promise<void> => page.evaluate("window.mark = 'still here'");
  const isMarked = (): Promise<unknown> => page.evaluate('window.mark');

  it('compiles before the page is served, and drives the machine', async () => {
    await page.goto(server.resolvedUrls?.local[0] ?? '');
    await shows('off 0');
    await press();
    await shows('lit 1');
    await press();
    await page.screenshot({ path: join(pictures, 'served.png') });
  });

  it('loads an edit of the source hot', async () => {
    await mark();
    write('lamp.dsl.ts', lamp('bright'));
    await expect.poll(() => said.join('\n')).toContain('hmr update');
    await press();
    await shows('bright 2');
    expect(await isMarked()).toBe('still here');
  });

  it('shows what is wrong over the page, which goes on as it was, until it is mended', async () => {
    await press();
    write('lamp.dsl.ts', lamp('bright').replace("target: 'bright'", "target: 'brite'"));
    await overlay().waitFor({ timeout: 10_000 });
    const text = await overlay().locator('.window').innerText();
    expect(text).toContain("MR1301: A transition of state 'off' of machine 'lamp' goes to 'brite'");
    expect(text).toMatch(/lamp\.dsl\.ts:14:\d+/);
    expect(text).toContain('^^^^^^^');
    await page.screenshot({ path: join(pictures, 'overlay.png') });
    // Beneath it the page works.
    await page.evaluate("document.querySelector('button').click()");
    await shows('bright 3');
    // As it was before it broke: nothing is generated anew.
    write('lamp.dsl.ts', lamp('bright'));
    await overlay().waitFor({ state: 'detached', timeout: 10_000 });
    expect(await isMarked()).toBe('still here');
    await press();
    await shows('off 3');
  });

  it('lets a page keep its state that has seen no update before', async () => {
    const other = await browser.newPage();
    await other.goto(server.resolvedUrls?.local[0] ?? '');
    await other.locator('button').click();
    write('lamp.dsl.ts', lamp('bright').replace("target: 'bright'", "target: 'brite'"));
    await other.locator('vite-error-overlay').waitFor({ timeout: 10_000 });
    write('lamp.dsl.ts', lamp('bright'));
    await other.locator('vite-error-overlay').waitFor({ state: 'detached', timeout: 10_000 });
    expect(await other.locator('output').textContent()).toBe('bright 1');
    await other.close();
  });

  it('shows it on a page that is opened meanwhile', async () => {
    write('lamp.dsl.ts', 'export default 1;\n');
    await overlay().waitFor({ timeout: 10_000 });
    const other = await browser.newPage();
    await other.goto(server.resolvedUrls?.local[0] ?? '');
    await other.locator('vite-error-overlay').waitFor({ timeout: 10_000 });
    expect(await other.locator('output').textContent()).toBe('off 0');
    await other.close();
    write('lamp.dsl.ts', lamp('bright'));
    await overlay().waitFor({ state: 'detached', timeout: 10_000 });
  });

  it('sees a file that is renamed, deleted and put back', async () => {
    const at = (path: string): string => join(made.root, path);
    const before = said.length;
    renameSync(at('lamp.dsl.ts'), at('light.dsl.ts'));
    await expect.poll(() => said.slice(before).join('\n')).toContain('hmr update');
    rmSync(at('light.dsl.ts'));
    await overlay().waitFor({ timeout: 10_000 });
    expect(await overlay().locator('.window').innerText()).toContain('MR2007');
    write('light.dsl.ts', lamp('dim'));
    await overlay().waitFor({ state: 'detached', timeout: 10_000 });
    await page.reload();
    await press();
    await shows('dim 1');
  });

  it('refuses code that imports the source itself', async () => {
    write('src/page.ts', `${files['src/page.ts']}\nimport * as source from '../light.dsl.ts';\nconsole.log(source);\n`);
    await overlay().waitFor({ timeout: 10_000 });
    expect(await overlay().locator('.window').innerText()).toMatch(/MR5101.*src\/generated\/lamp\/index\.ts/s);
    write('src/page.ts', files['src/page.ts']);
    await overlay().waitFor({ state: 'detached', timeout: 10_000 });
  });

  it('refuses two configs', async () => {
    write('dsl.config.js', 'export default {};\n');
    await overlay().waitFor({ timeout: 10_000 });
    expect(await overlay().locator('.window').innerText()).toMatch(/MR5102.*dsl\.config\.ts and dsl\.config\.js/s);
    rmSync(join(made.root, 'dsl.config.js'));
    await overlay().waitFor({ state: 'detached', timeout: 10_000 });
  });

  it('compiles only when a source has changed: what it writes is no reason', () => {
    // Each of the reasons above was told once.
    expect(said.filter((text) => text.includes('MR1301'))).toHaveLength(2);
    expect(said.filter((text) => text.includes('MR5102'))).toHaveLength(1);
  });
});
