/** Clients of the HTTP door under test: `fetch`, plain requests, and bytes as they are. */
import { once } from 'node:events';
import http from 'node:http';
import net from 'node:net';

/** What {@link httpClient} talks to. */
interface Server {
  url: string;
  key: string;
}

/** An answer as it came over the wire. */
export interface Answer {
  status: number | undefined;
  headers: http.IncomingHttpHeaders;
  body: Buffer;
  json: Record<string, unknown>;
}

/** @param server asked at each call, because it is opened after the tests are declared */
export function httpClient(server: () => Server) {
  async function call(
    method: string,
    path: string,
    options: { body?: string | Uint8Array<ArrayBuffer>; headers?: Record<string, string> } = {},
  ) {
    const { url, key } = server();
    const response = await fetch(url + path, {
      method,
      headers: {
        'x-api-key': key,
        ...(typeof options.body === 'string' ? { 'content-type': 'application/json' } : {}),
        ...options.headers,
      },
      ...(options.body === undefined ? {} : { body: options.body }),
    });
    const text = await response.text();
    const json = /json/.test(response.headers.get('content-type') ?? '') && text !== '' ? JSON.parse(text) : undefined;
    return { status: response.status, headers: response.headers, text, json };
  }

  /** Sends bytes as they are and gives the whole answer. */
  async function raw(text: string): Promise<string> {
    const socket = net.connect(Number(new URL(server().url).port), '127.0.0.1');
    socket.end(text);
    let answer = '';
    for await (const chunk of socket) answer += String(chunk);
    return answer;
  }

  /** `fetch` sets encodings, lengths and origins of its own, so this speaks HTTP itself. */
  async function send(
    method: string,
    path: string,
    headers: Record<string, string | number> = {},
    write: (call: http.ClientRequest) => void = (request) => void request.end(),
  ): Promise<Answer> {
    const { url, key } = server();
    const request = http.request(url + path, { method, headers: { 'x-api-key': key, ...headers } });
    // The server hangs up on bodies that it refuses.
    request.on('error', () => {});
    const answered = once(request, 'response');
    write(request);
    const [response] = (await answered) as [http.IncomingMessage];
    const chunks: Buffer[] = [];
    for await (const chunk of response) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks);
    const json = /json/.test(response.headers['content-type'] ?? '') && !response.headers['content-encoding'];
    return {
      status: response.statusCode,
      headers: response.headers,
      body,
      json: json && body.length > 0 ? JSON.parse(body.toString()) : {},
    };
  }

  const postJson = (path: string, text: string, headers: Record<string, string> = {}) =>
    send(
      'POST',
      path,
      { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text), ...headers },
      (request) => request.end(text),
    );

  return { call, raw, send, postJson };
}

/** Statistics of a log with so many sources, an answer whose size a test decides. */
export const logStats = (sources: number, total = 1) => ({
  total_logs: total,
  by_level: {},
  by_source: Object.fromEntries(Array.from({ length: sources }, (_, index) => [`source-${index}`, index])),
  by_context: {},
  oldest_timestamp: null,
  newest_timestamp: null,
  dropped: 0,
});
