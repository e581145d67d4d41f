/** What the HTTP door is made of. */
import type { Contract } from '../../../contract/kernel/define.ts';
import type { Clock } from '../../core/clock.ts';
import type { Logger } from '../../core/log/logger.ts';
import type { Tickets } from '../../core/operation/tickets.ts';
import type { SettingsReader } from '../../core/settings.ts';
import type { Authenticator } from '../../features/connections/index.ts';
import type { DevtoolsDoor } from '../devtools.ts';
import type { ServerDispatcher } from '../dispatch/dispatcher.ts';
import type { RateLimiter } from '../dispatch/rate-limit.ts';
import type { WebSocketDoor } from '../ws.ts';
import type { Dialect } from './dialect.ts';
import type { MetricsPage } from './pages/metrics-page.ts';
import type { UploadSink } from './request/uploads.ts';

/** Dependencies of `createHttpDoor`. */
export interface HttpDeps {
  contract: Contract;
  dispatcher: ServerDispatcher;
  authenticator: Authenticator;
  limiter: RateLimiter;
  settings: SettingsReader;
  tickets: Tickets;
  uploads: UploadSink;
  metrics: MetricsPage;
  webSocket: WebSocketDoor;
  devtools: DevtoolsDoor;
  /** Hand-written wires. */
  dialects: readonly Dialect[];
  clock: Clock;
  log: Logger;
  version: string;
  /** Folder of the build, with `renderer/` and `docs/`. */
  outDir: string;
  /** Command line that makes a panel link, null where there is none. */
  panelLinkCommand: string | null;
  /** Origin of recorded and downloaded content, null while it is closed. */
  contentOrigin: () => string | null;
}
