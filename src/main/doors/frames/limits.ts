/** What a connection may take up at the most, whichever door it came through. */
export { MAX_FRAME_BYTES, MAX_LIVE_CALLS } from '../../../contract/kernel/frames.ts';

/** Connections that one principal may have open. */
export const MAX_CONNECTIONS = 32;
/** Bytes that may wait in a connection before nothing more is sent. */
export const HIGH_WATER_BYTES = 1024 * 1024;
