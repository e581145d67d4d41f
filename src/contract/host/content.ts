/** Addresses of the content origin that both sides know. */

/** Folder of the trace viewer. */
export const VIEWER_FOLDER = '/trace-viewer/';

/** Name, below that folder, of the page that shows reports of Playwright Test. */
export const REPORT_PAGE = 'report/index.html';

/** Path that shows a report of the same origin, given by its path. */
export const reportPath = (report: string): string =>
  `${VIEWER_FOLDER}${REPORT_PAGE}?report=${encodeURIComponent(report)}`;

/** What the trace viewer's page tells the page around it when Escape was pressed in it. */
export const ESCAPE_MESSAGE = 'tabagent:escape';

/** Path that opens the trace viewer on a trace of the same origin, given by its path. */
export function viewerPath(trace: string): string {
  return `${VIEWER_FOLDER}index.html?trace=${encodeURIComponent(trace)}`;
}
