/** The person at the keyboard: the command line and whoever holds the token of `host.json` act with every right. */
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
