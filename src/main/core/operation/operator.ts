/** The local operator: the command line and programs that hold the token of `host.json` have every right. */
import type { Principal } from './operation.ts';

/** Principal of the command line. */
export const OPERATOR: Principal = {
  kind: 'panel',
  id: 'cli',
  name: 'command line',
  scope: 'admin',
  areas: ['models', 'automation', 'host', 'any'],
  rateMultiplier: Number.POSITIVE_INFINITY,
};
