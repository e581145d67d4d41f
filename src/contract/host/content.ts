/** Addresses of the content origin that both sides know. */

/** Folder of the trace viewer. */
export const VIEWER_FOLDER = '/trace-viewer/';

/** Path that opens the trace viewer on a trace of the same origin, given by its path. */
export function viewerPath(trace: string): string {
  return `${VIEWER_FOLDER}index.html?trace=${encodeURIComponent(trace)}`;
}
