/** Stop orders, limited to the generations that the caller may end. */
import type { Operations } from '../../../../contract/index.ts';
import type { OutputOf } from '../../../../contract/kernel/define.ts';
import { reachesScope } from '../../../../contract/kernel/rights.ts';
import { iso } from '../../../core/clock.ts';
import type { Principal } from '../../../core/operation/operation.ts';
import type { Live } from './live.ts';

/** Answers put one of these before the id of their request. */
const PREFIX = /^(?:chatcmpl-|cmpl-|resp_)/;

/** Null, which means all callers, for the scope `manage`; others reach only their own generations. */
const callerOf = (principal: Principal) => (reachesScope(principal, 'manage') ? null : principal.id);

export function createStopping(live: Live) {
  return {
    stop(
      input: { request_id?: string | undefined; session_id?: string | undefined },
      principal: Principal,
      stopId: string,
    ): OutputOf<Operations['stop_generation']> {
      const requestId = input.request_id?.replace(PREFIX, '');
      const stopped = live.stop({ requestId, sessionId: input.session_id, caller: callerOf(principal) });
      return {
        status: stopped > 0 ? 'stopped' : 'not_running',
        request_id: requestId ?? null,
        stop_request_id: stopId,
        success: true,
        message: stopped > 0 ? `${stopped} stopped.` : 'Nothing was running.',
        stopped_requests: stopped,
      };
    },
    status(sessionId: string | undefined, principal: Principal): OutputOf<Operations['get_halt_status']> {
      const active = live.active({ sessionId, caller: callerOf(principal) });
      const at = live.stoppedAt(sessionId);
      const halted = at !== null && active === 0;
      return {
        halted,
        status: halted ? 'halted' : 'running',
        is_halted: halted,
        active_requests: active,
        last_halt_time: at === null ? null : iso(at),
      };
    },
  };
}
