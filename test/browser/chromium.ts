import { existsSync } from 'node:fs';
import { describe } from 'vitest';

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** The browser of this machine: `CHROMIUM`, or where distributions put it. */
const executablePath = [process.env['CHROMIUM'] ?? '', ...places].find((path) => existsSync(path));

const missing = `There is no Chromium: neither in CHROMIUM nor at ${places.join(', ')}.`;

/** How a browser is started: without a window, and without anything that it does over the network by itself. */
export function launchOptions() {
  if (executablePath === undefined) throw new Error(missing);
  const quiet = ['no-first-run', 'disable-background-networking', 'disable-component-update', 'disable-sync'];
  const args = ['no-sandbox', 'disable-gpu', 'disable-quic', ...quiet].map((flag) => `--${flag}`);
  return { executablePath, headless: true, args };
}

/** Tests that need a browser. CI must have one; elsewhere they are passed over, and say so. */
export function describeInChromium(name: string, tests: () => void): void {
  if (executablePath === undefined && process.env['CI'] !== 'true') {
    console.warn(`${name}: passed over. ${missing}`);
    describe.skip(name, tests);
  } else describe(name, tests);
}
