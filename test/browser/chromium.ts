import { existsSync } from 'node:fs';

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

/** May tests that need a browser be passed over? Not in CI, which must have one. Says so. */
export function isWithoutChromium(): boolean {
  if (executablePath !== undefined || process.env['CI'] === 'true') return false;
  console.warn(`The tests in a browser are passed over. ${missing}`);
  return true;
}
