/** `Content-Disposition` (RFC 6266) for names that pages, servers and scripts chose. */
import { basename } from 'node:path';

/** An ASCII name for old clients, the real one in the encoding of RFC 8187; nothing in it can end the header. */
export function disposition(kind: 'inline' | 'attachment', name: string): string {
  const file = basename(name.toWellFormed());
  const plain = file.replace(/[^\x20-\x7e]|["\\%]/g, '_');
  const encoded = encodeURIComponent(file).replace(/['()*]/g, (c) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`);
  return `${kind}; filename="${plain}"; filename*=UTF-8''${encoded}`;
}
