/** Signed deliveries, made here from what the two standards say and not from the product's own code. */
import { createHmac } from 'node:crypto';
import http from 'node:http';

/** Headers of Standard Webhooks. @param at unix ms */
export function standardHeaders(secret: string, id: string, body: string, at = Date.now()): Record<string, string> {
  const sent = Math.floor(at / 1000);
  const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${sent}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': String(sent), 'webhook-signature': `v1,${signature}` };
}

/** Headers of a delivery by GitHub. */
export function githubHeaders(secret: string, id: string, body: string, type = 'push'): Record<string, string> {
  const signature = createHmac('sha256', secret).update(body).digest('hex');
  return { 'x-hub-signature-256': `sha256=${signature}`, 'x-github-delivery': id, 'x-github-event': type };
}

/** What a host has answered. */
export interface Answer {
  status: number;
  headers: http.IncomingHttpHeaders;
  body: Record<string, unknown>;
}

/** Sends a request with exactly these headers, as a sender without any library does. */
export function post(url: string, body: string | Buffer, headers: Record<string, string>): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const length = String(Buffer.byteLength(body));
    const type = body.length === 0 ? {} : { 'content-type': 'application/json' };
    const sent = { ...type, 'content-length': length, ...headers };
    const request = http.request(url, { method: 'POST', headers: sent, agent: false }, (response) => {
      const pieces: Buffer[] = [];
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('error', reject);
      response.on('end', () => {
        const parsed = JSON.parse(Buffer.concat(pieces).toString('utf8')) as Record<string, unknown>;
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: parsed });
      });
    });
    request.on('error', reject);
    request.end(body);
  });
}
