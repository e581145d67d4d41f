/** The doors of the host, and the dispatcher behind all of them. */
export { createDoors, type Doors } from './doors.ts';
export type { FramePort } from './frame-port.ts';
export { createMemoryClient } from './memory.ts';
export { messagePort } from './message-port.ts';
