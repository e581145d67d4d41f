/** What a connection may take up at the most, whichever door it came through. */
export { HIGH_WATER_BYTES, MAX_FRAME_BYTES, MAX_LIVE_CALLS } from '../../../contract/kernel/frames.ts';

/** Connections that one principal may have open. */
export const MAX_CONNECTIONS = 32;
