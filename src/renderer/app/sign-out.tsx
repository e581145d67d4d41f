import { LogOut } from 'lucide-react';
import { AppError, errorOf, Problem } from '../../contract/kernel/errors.ts';
import { isDesktop } from '../lib/client/message-port.ts';
import { keepSession, readSession } from '../lib/client/session.ts';
import { useCan } from '../lib/use-can.ts';
import { errorToast } from '../ui/feedback/toast.tsx';

/**
 * Ends this browser's session on the host, then forgets it. Over HTTP, because the host closes the socket of a session that ends.
 * @throws AppError when the host did not end it
 */
async function signOut(): Promise<void> {
  const headers = { authorization: `Bearer ${readSession() ?? ''}` };
  const answer = await fetch('/v1/auth/logout', { method: 'POST', headers });
  if (!answer.ok && answer.status !== 401) {
    const problem = Problem.safeParse(await answer.json());
    throw problem.success ? errorOf(problem.data) : new AppError('internal-server-error');
  }
  keepSession(null);
  location.reload();
}

/** Signs a browser out; the desktop app has no session to end. */
export function SignOut() {
  const blocked = useCan('auth_logout');
  if (isDesktop()) return null;
  const run = () =>
    signOut().catch((cause: unknown) =>
      errorToast(
        'Could not sign out',
        cause instanceof AppError ? cause : new AppError('service-unavailable', 'The host cannot be reached.'),
      ),
    );
  return (
    <button
      type="button"
      title={blocked ?? 'End the session of this browser'}
      disabled={blocked !== null}
      onClick={run}
    >
      <LogOut size={12} /> Sign out
    </button>
  );
}
