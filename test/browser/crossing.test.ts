import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { chromium, type Browser, type Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { isWithoutChromium, launchOptions } from './chromium.ts';

const folder = fileURLToPath(new URL('../../dsl-examples/crossing/page/', import.meta.url));

describe.skipIf(isWithoutChromium())('the crossing in a page', () => {
  let server: Server;
  let browser: Browser;
  let page: Page;
  let problems: string[];

  beforeAll(async () => {
    const { outputFiles } = await build({
      entryPoints: [`${folder}main.ts`],
      bundle: true,
      write: false,
      logLevel: 'silent',
    });
    const html = readFileSync(`${folder}index.html`);
    server = createServer(({ url }, response) => {
      const isScript = url === '/main.js';
      response.setHeader('content-type', isScript ? 'text/javascript' : 'text/html');
      response.end(isScript ? outputFiles[0]?.text : html);
    });
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    browser = await chromium.launch(launchOptions());
  });
  afterAll(async () => {
    await browser?.close();
    server?.close();
  });
  beforeEach(async () => {
    page = await browser.newPage({ viewport: { width: 560, height: 560 } });
    problems = [];
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text());
    });
  });
  afterEach(async () => {
    await page.close();
    expect(problems).toEqual([]);
  });

  const address = (): string => `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const states = (): Promise<string> => page.locator('body').getAttribute('class').then(String);

  it('goes through its lights, in time, and counts', async () => {
    await page.clock.install({ time: 0 });
    await page.goto(address());
    expect(await states()).toBe('carsGo walkersWait quiet');
    await page.getByRole('button', { name: 'Cross' }).click();
    expect(await states()).toBe('carsGo walkersWait called');
    expect(await page.locator('#press').isDisabled()).toBe(true);
    const seen: string[] = [];
    for (let second = 0; second <= 20; second += 1) {
      seen.push(await states());
      await page.clock.runFor(1000);
    }
    expect(seen.filter((each, index) => each !== seen[index - 1])).toEqual([
      'carsGo walkersWait called',
      'carsSlow walkersWait called',
      'carsStop walkersSafe called',
      'carsStop walkersGo quiet',
      'carsStop walkersHurry quiet',
      'carsReady walkersOver quiet',
      'carsGo walkersWait quiet',
    ]);
    expect(await page.locator('output').textContent()).toBe('1');
  });

  it('goes on where it was when the page is loaded anew', async () => {
    await page.clock.install({ time: 0 });
    await page.goto(address());
    await page.locator('#press').click();
    await page.clock.runFor(10_000);
    expect(await states()).toBe('carsStop walkersGo quiet');
    await page.reload();
    expect(await states()).toBe('carsStop walkersGo quiet');
    await page.clock.runFor(3000);
    expect(await states()).toBe('carsStop walkersGo quiet');
    await page.clock.runFor(2000);
    expect(await states()).toBe('carsStop walkersHurry quiet');
    expect(await page.locator('output').textContent()).toBe('1');
  });

  it('flashes at night, by the clock on the wall', async () => {
    await page.goto(address());
    await page.getByRole('button', { name: 'Night falls' }).click();
    const started = performance.now();
    for (const each of ['amber', 'dark', 'amber']) await page.waitForSelector(`body.${each}`, { timeout: 5000 });
    expect(performance.now() - started).toBeGreaterThan(1200);
    await page.getByRole('button', { name: 'Day breaks' }).click();
    expect(await states()).toBe('carsGo walkersWait quiet');
    const { SCREENSHOT } = process.env;
    if (SCREENSHOT !== undefined) await page.screenshot({ path: SCREENSHOT });
  });

  it('starts anew when what is stored is broken', async () => {
    await page.goto(address());
    await page.locator('#press').click();
    await page.evaluate(() => {
      const { localStorage } = globalThis as unknown as { readonly localStorage: Record<string, string> };
      localStorage['crossing'] = localStorage['crossing']?.replace('carsGo', 'carsFly') ?? '';
    });
    await page.reload();
    expect(await states()).toBe('carsGo walkersWait quiet');
  });
});
