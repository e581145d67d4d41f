/** The origin of recorded and downloaded content: its addresses, what it answers, and the port that serves it to browsers. */
import type { Clock } from '../../core/clock.ts';
import type { Faults } from '../../core/faults.ts';
import type { Part } from '../../core/lifecycle.ts';
import type { Logger } from '../../core/log/logger.ts';
import { createContentLinks } from '../../core/web/content-links.ts';
import { type ContentSources, createContentPages } from '../../core/web/content-pages.ts';
import { createContentServer } from './content-server.ts';
import { keepPort, lastPort } from './kept-port.ts';

/** The origin. */
export interface ContentOrigin {
  /** Its address over HTTP, null while the port is closed. */
  url(): string | null;
  /** Address that shows an artifact, null while the port is closed. */
  urlOf(artifact: { id: string; name: string }): string | null;
  /** Answers the same addresses at another door; `frames` lists the origins that may frame the content. */
  pages(frames: () => string): (request: Request) => Promise<Response>;
  /** Opens `port` (0: the one of the last start, or any free one) with the host. One that is taken is logged: there are no previews then. */
  part(port: number): Part;
}

/** Creates the origin; nothing listens before `start`. `panels` lists the origins of the panel. */
export function createContentOrigin(deps: {
  clock: Clock;
  log: Logger;
  faults: Pick<Faults, 'report'>;
  viewerDir: string;
  openContent: ContentSources['openContent'];
  panels: () => readonly string[];
  /** Remembers the port. */
  portFile: string;
}): ContentOrigin {
  const { clock, log, faults, viewerDir, openContent, panels, portFile } = deps;
  const links = createContentLinks(clock);
  const pages: ContentOrigin['pages'] = (frames) => createContentPages({ viewerDir, openContent, links, frames });
  const server = createContentServer({ pages: pages(() => panels().join(' ')), faults });

  async function open(port: number): Promise<void> {
    const wanted = port === 0 ? lastPort(portFile) : port;
    try {
      await server.start(wanted);
    } catch (error) {
      if (wanted === port) throw error;
      // Another program has taken the port of the last start meanwhile.
      await server.start(0);
    }
    keepPort(portFile, server.url());
  }

  return {
    url: server.url,
    urlOf(artifact) {
      const url = server.url();
      return url === null ? null : url + links.pathOf(artifact).path;
    },
    pages,
    part: (port) => ({
      name: 'content',
      async start() {
        try {
          await open(port);
        } catch (error) {
          log.warn('content', 'no artifacts and traces are shown: the port of their origin cannot be opened', {
            error,
          });
        }
      },
      stop: server.stop,
    }),
  };
}
