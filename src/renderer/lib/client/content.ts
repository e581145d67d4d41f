/** Addresses of the content origin: what tasks recorded is shown there, never on the panel's own. */
import type { Artifact } from '../../../contract/automation/artifacts.ts';
import { ESCAPE_MESSAGE, reportPath, viewerPath } from '../../../contract/host/content.ts';
import { desktopInfo } from './message-port.ts';

/** Address that shows an artifact; undefined while the host has no content origin open. */
export function viewUrl({ view_url }: Pick<Artifact, 'view_url'>): string | undefined {
  if (view_url === null) return undefined;
  const desktop = desktopInfo();
  return desktop === null ? view_url : desktop.contentOrigin + new URL(view_url).pathname;
}

/** Whether a message is the trace viewer's in `frame`: Escape was pressed there, and nothing in it had a use for the key. */
export function isEscapeOf(frame: HTMLIFrameElement | null, { data, source, origin }: MessageEvent): boolean {
  return (
    data === ESCAPE_MESSAGE && frame !== null && source === frame.contentWindow && origin === new URL(frame.src).origin
  );
}

/** Address of the page that shows a trace, or a report of tests. */
export function viewerUrl(artifact: Pick<Artifact, 'view_url' | 'kind'>): string | undefined {
  const file = viewUrl(artifact);
  if (file === undefined) return undefined;
  const path = new URL(file).pathname;
  return file.slice(0, -path.length) + (artifact.kind === 'report' ? reportPath(path) : viewerPath(path));
}
