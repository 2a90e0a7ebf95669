import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions } from 'playwright-core';
import { afterAll, beforeAll, onTestFinished } from 'vitest';
import { launchChromium } from './chromium.ts';
import { runCli } from './cli-run.ts';
import { type GatewayProcess, startGateway } from './gateway-process.ts';
import { PageVisit } from './page-visit.ts';

export interface BrowsedGatewayOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Puts into the data folder what the gateway is to find there when it starts. */
  readonly prepare?: (dataDir: string) => void;
}

/** A built gateway on a data folder of its own, and a browser that looks at its pages. */
export class BrowsedGateway {
  readonly #options: BrowsedGatewayOptions;
  #dataDir = '';
  #process: GatewayProcess | undefined;
  #browser: Browser | undefined;

  constructor(options: BrowsedGatewayOptions) {
    this.#options = options;
  }

  get url(): string {
    return this.#process!.url;
  }

  async start(): Promise<void> {
    this.#dataDir = mkdtempSync(join(tmpdir(), 'basketlift-browsed-'));
    this.#options.prepare?.(this.#dataDir);
    [this.#process, this.#browser] = await Promise.all([this.#serve(), launchChromium()]);
  }

  async close(): Promise<void> {
    await this.#browser?.close();
    await this.#process?.stop();
    rmSync(this.#dataDir, { recursive: true, force: true });
  }

  /** On a page that has connected, until the test ends. */
  async open(path: string, options: BrowserContextOptions = {}): Promise<PageVisit> {
    const visit = await this.arrive(path, options);
    await visit.connected();
    return visit;
  }

  /** On a page that may not let the visitor in, until the test ends. */
  async arrive(path: string, options: BrowserContextOptions = {}): Promise<PageVisit> {
    const visit = await PageVisit.arrive(this.#browser!, this.url + path, options);
    onTestFinished(() => visit.leave());
    return visit;
  }

  /** SIGKILL: what a power cut leaves behind. */
  async kill(): Promise<void> {
    await this.#process!.kill();
  }

  /** Serves again, on the same port and data folder. */
  async comeBack(): Promise<void> {
    this.#process = await this.#serve(this.#process!.port);
  }

  /** @param flags such as `--scope`, `agent` */
  createKey(...flags: readonly string[]): Promise<{ id: string; key: string }> {
    return this.#keys('create', ...flags);
  }

  async revokeKey(id: string): Promise<void> {
    await this.#keys('revoke', id);
  }

  async #keys(...args: readonly string[]): Promise<{ id: string; key: string }> {
    const env = { ...this.#options.env, BASKETLIFT_DATA: this.#dataDir };
    const { stdout } = await runCli(['keys', ...args, '--json'], { env });
    return JSON.parse(stdout);
  }

  #serve(port = 0): Promise<GatewayProcess> {
    // It offers to every basket, so that no test meets a silent one by chance.
    const env = { BASKETLIFT_HOLDOUT_SHARE: '0', BASKETLIFT_MIN_VALUE: '0', ...this.#options.env };
    return startGateway({ dataDir: this.#dataDir, port, env });
  }
}

/** Runs a gateway and a browser for the tests of a `describe`. */
export function useBrowsedGateway(options: BrowsedGatewayOptions = {}): BrowsedGateway {
  const gateway = new BrowsedGateway(options);
  beforeAll(() => gateway.start());
  afterAll(() => gateway.close());
  return gateway;
}
