/** Public door of the HTTP server. */
export { PortInUseError } from './listen.ts';
export { createMetricsPage, type FeatureMetrics } from './metrics-page.ts';
export type { ContentHandler } from './operations.ts';
export { listRoutes } from './routes-list.ts';
export { createHttpDoor, type HttpDeps, type HttpDoor } from './server.ts';
export type { UploadSink } from './uploads.ts';
