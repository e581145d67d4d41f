/** Bytes of artifacts: with a principal's rights, or with a one-time ticket. */
import { parseMediaType } from '../../../../contract/automation/report/media-type.ts';
import type { FileContent } from '../../../core/operation/operation.ts';
import { ARTIFACT_CSP } from '../../../core/web/content-policy.ts';
import { disposition } from '../../../core/web/disposition.ts';
import type { Exchange } from '../request/exchange.ts';
import { sendFile } from './file.ts';

/** Sends a file that a task left, always to be saved, never to be run. */
export function sendContent(exchange: Exchange, content: FileContent): Promise<void> {
  return sendFile(exchange, content.path, {
    root: content.root,
    mime: parseMediaType(content.mime),
    cacheControl: 'no-store',
    headers: ['content-disposition', disposition('attachment', content.name), 'content-security-policy', ARTIFACT_CSP],
  });
}
