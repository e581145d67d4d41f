/** Bytes of artifacts: with a principal's rights, or with a one-time ticket. */
import { basename } from 'node:path';
import type { FileContent } from '../../../core/operation/operation.ts';
import type { Exchange } from '../request/exchange.ts';
import { sendFile } from './file.ts';

/** Whatever a task brought home is data and never runs with the panel's rights. */
const SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; media-src 'self'; sandbox";

/** Sends a file that a task left, always to be saved, never to be run. */
export function sendContent(exchange: Exchange, content: FileContent): Promise<void> {
  return sendFile(exchange, content.path, {
    mime: content.mime,
    cacheControl: 'no-store',
    headers: ['content-disposition', attachment(content.name), 'content-security-policy', SANDBOX],
  });
}

/** `Content-Disposition` of RFC 6266: an ASCII name for old clients, the real one in the encoding of RFC 8187. */
export function attachment(name: string): string {
  const plain = basename(name).replace(/[^\x20-\x7e]|["\\%]/g, '_');
  const encoded = encodeURIComponent(basename(name)).replace(
    /['()*]/g,
    (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}
