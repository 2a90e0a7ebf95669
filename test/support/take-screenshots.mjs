// Takes the README's screenshots anew, on the built gateway and the shipped model:
//   npm run build && node test/support/take-screenshots.mjs [FOLDER]     (default docs/images)
// Needs a Chromium on the PATH. Writes till.png, till-dark.png and agent.png, 1280 × 800.
import { execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const storeId = 's13';
const basket = ['CDR Regular Coffee', 'Club Blueberry Yogurt', 'Club Blueberry Yogurt', 'Excellent Cola'];
const shots = [
  { file: 'till.png', path: '/till', colorScheme: 'light' },
  { file: 'till-dark.png', path: '/till', colorScheme: 'dark' },
  { file: 'agent.png', path: '/agent', colorScheme: 'light' },
];

const folder = process.argv[2] ?? 'docs/images';
const dataDir = mkdtempSync(join(tmpdir(), 'basketlift-screenshots-'));
const gateway = spawn(process.execPath, ['dist/cli.js', 'serve', '--port', '0'], {
  env: {
    ...process.env,
    BASKETLIFT_DATA: dataDir,
    BASKETLIFT_HOLDOUT_SHARE: '0',
    BASKETLIFT_LOG_LEVEL: 'warn',
  },
  stdio: ['ignore', 'pipe', 'inherit'],
});
try {
  const url = await readyUrl();
  const browser = await chromium.launch({ executablePath: findChromium(), args: ['--no-sandbox'] });
  for (const shot of shots) await take(browser, url, shot);
  await browser.close();
} finally {
  gateway.kill();
  rmSync(dataDir, { recursive: true, force: true });
}

async function take(browser, url, { file, path, colorScheme }) {
  const viewport = { width: 1280, height: 800 };
  const context = await browser.newContext({ viewport, colorScheme, locale: 'en', reducedMotion: 'reduce' });
  const page = await context.newPage();
  await page.goto(url + path);
  await page.locator('[data-test=connection][data-status=connected]').waitFor();
  await page.locator('[data-test=store]').selectOption(storeId);
  for (const name of basket) {
    await page.locator('[data-test=search]').fill(name);
    await page.locator('[data-test=result]').filter({ hasText: name }).first().click();
  }
  await page.locator('[data-test=offer], [data-test=pitch]').first().waitFor();
  await page.mouse.move(0, 0);
  await page.waitForTimeout(1000);
  await page.screenshot({ path: join(folder, file) });
  await context.close();
}

async function readyUrl() {
  let said = '';
  for await (const chunk of gateway.stdout) {
    said += chunk;
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(said)?.[0];
    if (url) return url;
  }
  throw new Error(`The gateway ended before it was ready; it said: ${said}`);
}

function findChromium() {
  const names = ['chromium', 'chromium-browser', 'google-chrome'];
  const command = names.map((name) => `command -v ${name}`).join(' || ');
  return execFileSync('sh', ['-c', command], { encoding: 'utf8' }).trim();
}
