/** One-time tickets for bytes: they let an address be fetched once without a credential in it. */
import type { OperationId } from '../../../contract/index.ts';
import { type Clock, deadlineAt } from '../clock.ts';
import { randomToken } from '../ids.ts';

/** Issues and redeems tickets; they live in memory and die with the host. */
export interface Tickets {
  /**
   * Opens `op` on the entity `id`, once.
   * @returns the ticket (43 characters) and when it ends, unix ms
   */
  issue(op: OperationId, id: string): { ticket: string; expiresAt: number };
  /** True once per ticket, before it ends, for exactly this operation and id. */
  redeem(op: OperationId, id: string, ticket: string): boolean;
}

const TTL_MS = 5 * 60_000;
const MAX_TICKETS = 100_000;

/** Creates an empty ticket box. */
export function createTickets(clock: Clock): Tickets {
  const open = new Map<string, { subject: string; isOver: () => boolean }>();

  return {
    issue(op, id) {
      // Insertion order is expiry order: drop from the front.
      for (const [ticket, entry] of open) {
        if (!entry.isOver() && open.size < MAX_TICKETS) break;
        open.delete(ticket);
      }
      const ticket = randomToken(32);
      const expiresAt = clock.now() + TTL_MS;
      open.set(ticket, { subject: `${op}:${id}`, isOver: deadlineAt(clock, expiresAt) });
      return { ticket, expiresAt };
    },
    redeem(op, id, ticket) {
      const entry = open.get(ticket);
      if (!entry || entry.subject !== `${op}:${id}`) return false;
      open.delete(ticket);
      return !entry.isOver();
    },
  };
}
