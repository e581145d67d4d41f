/** The doors of the host, and the dispatcher behind all of them. */
export { createContentOrigin } from './content/content-origin.ts';
export { panelOrigins } from './content/panel-origins.ts';
export { createDoors, type Doors } from './doors.ts';
export type { FramePort } from './frames/frame-port.ts';
export { messagePort } from './frames/message-port.ts';
export type { Dialect, DialectCall } from './http/dialect.ts';
export type { StreamWire } from './http/reply/stream.ts';
export { readBody } from './http/request/read-body.ts';
export { createMemoryClient } from './memory.ts';
export { problemBody } from './wire/problem.ts';
