import type { HttpBindings } from '@hono/node-server';
import type { Hono } from 'hono';
import type { Access } from './access.ts';

/** What every request carries: its id, when it came (`ticks()`), and, where a key is asked for, who asks. */
export interface GatewayEnv {
  /** Node's own objects for the request; absent where nothing listens. */
  Bindings: Partial<HttpBindings>;
  Variables: { requestId: string; arrivedAt: number; access: Access };
}

export type GatewayApp = Hono<GatewayEnv>;
