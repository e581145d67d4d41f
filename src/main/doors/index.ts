/** The doors of the host, and the dispatcher behind all of them. */
export { mergeHandlers } from './completeness.ts';
export { createDispatcher, type DispatcherDeps, type ServerDispatcher } from './dispatcher.ts';
export type { FramePort } from './frame-port.ts';
export * from './http/index.ts';
export { createIdempotency, createIdempotencyStore } from './idempotency/index.ts';
export { createMemoryClient, type MemoryClient } from './memory.ts';
export { messagePort } from './message-port.ts';
export { type CallMetrics, createCallMetrics } from './metrics.ts';
export { type FrameSession, openFrameSession } from './port.ts';
export { createRateLimiter, type RateLimiter } from './rate-limit.ts';
export { createWebSocketDoor, type WebSocketDoor } from './ws.ts';
