/** The one-time link `…/panel/#ticket=<43>`. */
import { contract } from '../../contract/index.ts';
import { errorOf, Problem } from '../../contract/kernel/errors.ts';
import { keepSession } from '../lib/client/session.ts';

const TICKET = /^#\/?ticket=([A-Za-z0-9_-]{43})$/;

/**
 * Takes the ticket out of the address, so that neither history nor a screenshot keeps it, and trades it for the session token.
 * @returns why it did not work, for the sign-in screen; `null` when there was no ticket or it worked
 */
export async function tradeTicket(): Promise<string | null> {
  const ticket = TICKET.exec(location.hash)?.[1];
  if (ticket === undefined) return null;
  history.replaceState(null, '', `${location.pathname}${location.search}#/`);
  try {
    const answer = await fetch('/v1/auth/login', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ ticket }),
    });
    const body: unknown = await answer.json();
    if (answer.ok) {
      keepSession(contract.auth_login.output.parse(body).token);
      return null;
    }
    const problem = Problem.safeParse(body);
    return problem.success
      ? `This link no longer works: ${errorOf(problem.data).message}`
      : 'This link no longer works.';
  } catch {
    return 'The host cannot be reached.';
  }
}
