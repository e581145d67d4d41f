/** Hands the open browser of a profile to another program: one-time tickets for a WebSocket onto its debugging pipe. No port is opened. */
import { AppError } from '../../../../contract/kernel/errors.ts';
import { reaches } from '../../../../contract/kernel/rights.ts';
import type { ProfileId } from '../../../../contract/kernel/scalars.ts';
import { type Clock, deadlineAt, iso } from '../../../core/clock.ts';
import { randomToken } from '../../../core/ids.ts';
import type { Principal } from '../../../core/operation/operation.ts';
import type { ManualBrowsers } from '../manual.ts';
import type { Channel } from './channel.ts';
import type { Message } from './messages.ts';

const TTL_MS = 60_000;
const MAX_TICKETS = 10_000;
/** Who may write commands may run programs here anyway. */
const PROGRAMS = { scope: 'manage', area: 'automation' } as const;

/** What the door that speaks WebSocket asks. */
export interface DevtoolsRelay {
  /** Who a ticket was given to, once, while it is valid; null otherwise. */
  redeem(id: string, ticket: string): { id: ProfileId; principal: Principal } | null;
  /** Opens a channel to the browser, with the rights that `principal` has. `ended` is called when the browser has gone. @throws AppError `invalid-state`, `browser-failed` */
  attach(
    id: ProfileId,
    hooks: { principal: Principal; deliver(message: Message): void; ended(): void },
  ): Promise<Channel>;
}

/** Creates the relay. */
export function createRelay(deps: {
  clock: Clock;
  manual: Pick<ManualBrowsers, 'openBrowser'>;
  baseUrl: () => string;
  /** @throws AppError `not-found` */
  require(id: ProfileId): { name: string };
}) {
  const { clock, manual, baseUrl, require } = deps;
  const tickets = new Map<string, { id: ProfileId; principal: Principal; isOver: () => boolean }>();

  function requireOpen(id: ProfileId) {
    const { name } = require(id);
    const browser = manual.openBrowser(id);
    if (browser) return browser;
    throw new AppError('invalid-state', `The browser of ${name} is not open; start the profile first.`, {
      extra: { expected: 'running', actual: 'stopped' },
    });
  }

  return {
    /** @throws AppError `not-found`, `invalid-state` when the browser is not open by hand */
    connect(id: ProfileId, principal: Principal): { ws_url: string; expires_at: string } {
      requireOpen(id);
      for (const [ticket, { isOver }] of tickets) {
        if (!isOver() && tickets.size < MAX_TICKETS) break;
        tickets.delete(ticket);
      }
      const ticket = randomToken(32);
      const expiresAt = clock.now() + TTL_MS;
      tickets.set(ticket, { id, principal, isOver: deadlineAt(clock, expiresAt) });
      const url = `${baseUrl().replace(/^http/, 'ws')}/v1/profiles/${id}/devtools?ticket=${ticket}`;
      return { ws_url: url, expires_at: iso(expiresAt) };
    },
    devtools: {
      redeem(id, ticket) {
        const found = tickets.get(ticket);
        if (!found || found.id !== id) return null;
        tickets.delete(ticket);
        return found.isOver() || found.principal.grant?.ended ? null : found;
      },
      async attach(id, { principal, deliver, ended }) {
        const browser = requireOpen(id);
        const channel = await browser.cdp.attach({ deliver, isConfined: !reaches(principal, PROGRAMS) });
        void browser.exited.then(ended);
        return channel;
      },
    } satisfies DevtoolsRelay,
  };
}
