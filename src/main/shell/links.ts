/** Deep links that arrive from the operating system, before and after the window is there. */
import { app } from 'electron';
import { DEEP_LINK_SCHEME, deepLinkOf, parseDeepLink } from './deep-link.ts';

/** Routes that the OS asks to open; the last one before `listen` is kept. */
export interface Links {
  /** Takes over; called with null when a second start only wants the window. */
  listen(listener: (route: string | null) => void): void;
  /** Route of the link that started the program. */
  first(): string | null;
}

/** Listens to the operating system; call it before `ready`. */
export function receiveLinks(): Links {
  const firstLink = deepLinkOf(process.argv);
  let first = firstLink === null ? null : parseDeepLink(firstLink);
  let listener: ((route: string | null) => void) | null = null;
  const arrived = (link: string | null) => {
    const route = link === null ? null : parseDeepLink(link);
    if (listener) listener(route);
    else first = route ?? first;
  };
  app.on('second-instance', (_event, argv) => arrived(deepLinkOf(argv)));
  app.on('open-url', (event, url) => {
    event.preventDefault();
    arrived(url);
  });
  // While developing, the program that would be registered is Electron itself.
  if (app.isPackaged) app.setAsDefaultProtocolClient(DEEP_LINK_SCHEME);
  return {
    listen: (next) => {
      listener = next;
    },
    first: () => first,
  };
}
