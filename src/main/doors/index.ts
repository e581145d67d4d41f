/** The doors of the host, and the dispatcher behind all of them. */
export { createDoors, type Doors, type DoorsDeps } from './doors.ts';
export type { FramePort } from './frame-port.ts';
export { createMemoryClient, type MemoryClient } from './memory.ts';
export { messagePort } from './message-port.ts';
