/** What a connection may take up at the most, whichever door it came through. */
export { HIGH_WATER_BYTES, MAX_FRAME_BYTES, MAX_LIVE_CALLS } from '../../../contract/kernel/frames.ts';

/** Connections that one principal may have open. */
export const MAX_CONNECTIONS = 32;
/** Connections without a credential that may be open together; beyond it the oldest gives way. */
export const MAX_ANONYMOUS = 32;
/** Largest frame of a connection without a credential, bytes. */
export const MAX_ANONYMOUS_FRAME_BYTES = 64 * 1024;
